package io.tftpdc.runtime;

import java.util.List;

/** A configuration that cannot be used. The message lists every problem found, one a line, each with its place and fix. */
public final class ConfigException extends RuntimeException {

    private final transient List<String> problems;

    ConfigException(List<String> problems) {
        super(String.join(System.lineSeparator(), problems));
        this.problems = List.copyOf(problems);
    }

    /** One complete sentence or two for each problem, ready to be printed. */
    public List<String> problems() {
        return problems;
    }
}
