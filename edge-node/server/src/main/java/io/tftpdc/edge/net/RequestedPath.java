package io.tftpdc.edge.net;

import io.tftpdc.event.FilePath;

/** Makes a path of the name in a request. */
final class RequestedPath {

    private RequestedPath() {}

    /**
     * Slashes and backslashes are one thing, and those in front, doubled or at the end mean nothing, so {@code \boot\x},
     * {@code /boot//x} and {@code ./boot/x} all ask for {@code boot/x}. Names that could leave the tenant, and control
     * characters, stay and make the path invalid.
     */
    static FilePath.Parsed of(String requestedName) {
        StringBuilder path = new StringBuilder(requestedName.length());
        for (String segment : requestedName.replace('\\', '/').split("/", -1)) {
            if (!segment.isEmpty() && !segment.equals(".")) {
                path.append(path.isEmpty() ? "" : "/").append(segment);
            }
        }
        return FilePath.parse(path.toString());
    }
}
