package io.tftpdc.event;

/**
 * The name of a site: one datacenter with its own Kafka cluster. It is MirrorMaker's cluster alias too, so it may hold no
 * dot, which separates the alias from the topic.
 */
public record SiteName(String value) implements Comparable<SiteName> {
    private static final int MAX_LENGTH = 32;

    public SiteName {
        if (!Names.isName(value, MAX_LENGTH)) {
            throw new IllegalArgumentException("site name is '" + value
                    + "'; expected 1 to 32 of a-z, 0-9 and '-', not starting or ending with '-'");
        }
    }

    @Override
    public int compareTo(SiteName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
