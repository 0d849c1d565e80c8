package io.tftpdc.event;

/** An isolated namespace of files, clients, quotas and credentials. It is the last part of a publish topic's name. */
public record Tenant(String value) implements Comparable<Tenant> {
    private static final int MAX_LENGTH = 63;

    /** The tenant of everybody who names none. */
    public static final Tenant DEFAULT = new Tenant("default");

    public Tenant {
        if (!isValid(value)) {
            throw new IllegalArgumentException(
                    "tenant is '" + value + "'; expected 1 to 63 of a-z, 0-9 and '-', not starting or ending with '-'");
        }
    }

    public static boolean isValid(String value) {
        return Names.isName(value, MAX_LENGTH);
    }

    @Override
    public int compareTo(Tenant other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
