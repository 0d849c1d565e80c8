package io.tftpdc.launcher;

/** One part of the standalone. Started and closed by the launcher's thread, never both at once. */
public interface Component {

    /** One word for the launch lines, as in {@code registry}. */
    String name();

    /**
     * Returns when the part works.
     *
     * @throws LaunchException with what is wrong and what to do, where that is known
     */
    void start() throws Exception;

    /** Where it can be reached, for the launch lines; asked after the start. */
    default String detail() {
        return "";
    }

    /** Ends it in an orderly way within seconds; also called when the start failed half way. */
    void close();
}
