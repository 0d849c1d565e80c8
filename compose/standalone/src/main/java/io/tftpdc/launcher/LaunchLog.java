package io.tftpdc.launcher;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/** What a person sees on standard output while the system starts. Nothing else writes there. */
final class LaunchLog {

    private final PrintStream out;
    private final long begin = System.nanoTime();

    LaunchLog(PrintStream out) {
        this.out = out;
    }

    /** A part has started: how long it took, and where it is. */
    void started(Component component, long nanos) {
        line("  %-9s %5.1f s  %s", component.name(), seconds(nanos), component.detail());
    }

    void lines(List<String> lines) {
        lines.forEach(out::println);
        out.flush();
    }

    void line(String format, Object... values) {
        out.println(String.format(Locale.ROOT, format, values).stripTrailing());
        out.flush();
    }

    double secondsSinceBegin() {
        return seconds(System.nanoTime() - begin);
    }

    private static double seconds(long nanos) {
        return nanos / 1e9;
    }
}
