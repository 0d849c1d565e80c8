package io.tftpdc.event;

/** The form of names that become parts of topic names. Checked by hand: every record that is read brings some. */
final class Names {
    private Names() {}

    /** Whether it is 1 to {@code max} of a-z, 0-9 and '-', not starting or ending with '-'. */
    static boolean isName(String value, int max) {
        int length = value.length();
        if (length == 0 || length > max || value.charAt(0) == '-' || value.charAt(length - 1) == '-') {
            return false;
        }
        for (int i = 0; i < length; i++) {
            char c = value.charAt(i);
            if (!(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-')) {
                return false;
            }
        }
        return true;
    }
}
