package io.tftpdc.objects;

import java.util.Set;

/**
 * Makes stores of one type. A plugin names its implementation in {@code META-INF/services} and lies with what it needs in
 * a directory of its own below {@code lib/plugins}; it gets a class loader of its own that shares this package, the event
 * model, the configuration types and SLF4J, and nothing else. It is loaded when a configuration names its type.
 *
 * <p>Called once for each configured store, at start, by the starting thread. Must not ask the store yet: a store that is
 * away must not keep a node from starting.
 */
public interface ObjectStoreFactory {

    /** What configurations call it, such as {@code s3}. */
    String type();

    /**
     * Which of {@link ObjectStoreConfig#OPTIONS} its stores look at, as configurations write them. Others are refused at
     * start; without an answer of its own all are taken.
     */
    default Set<String> options() {
        return ObjectStoreConfig.OPTIONS;
    }

    /**
     * @return closed by the program
     * @throws IllegalArgumentException when the configuration cannot be used; the message says what was expected
     */
    ObjectStore create(ObjectStoreConfig config);
}
