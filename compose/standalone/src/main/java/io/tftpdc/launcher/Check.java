package io.tftpdc.launcher;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * Waits until nothing is missing any more: the last thing before {@code ready}. As long as it {@linkplain Advance
 * advances} it may take any time, since a site may have much to read in, or a link to wait for.
 */
abstract class Check implements Component {

    private static final Duration BETWEEN_TRIES = Duration.ofMillis(50);
    private static final Duration BETWEEN_WORDS = Duration.ofSeconds(10);

    private final Duration patience;
    private final LaunchLog out;

    /**
     * @param patience with what does not advance
     * @param out where is said what is waited for, which also tells a parent that we live
     */
    Check(Duration patience, LaunchLog out) {
        this.patience = patience;
        this.out = out;
    }

    @Override
    public final String name() {
        return "check";
    }

    /** Done once, before the first look. */
    void prepare() throws LaunchException, IOException, InterruptedException {}

    /** What does not work yet; empty when all is well. */
    abstract List<String> missing() throws IOException, InterruptedException;

    /** In front of what is missing, when there is no more hope. */
    abstract String complaint();

    @Override
    public final void start() throws LaunchException, IOException, InterruptedException {
        prepare();
        Advance advance = new Advance();
        long advanced = System.nanoTime();
        long said = advanced;
        for (List<String> missing = missing(); !missing.isEmpty(); missing = missing()) {
            String words = String.join("; ", missing);
            long now = System.nanoTime();
            if (advance.in(words)) {
                advanced = now;
            } else if (now - advanced > patience.toNanos()) {
                throw new LaunchException(
                        complaint() + ", and nothing came of it for " + patience.toSeconds() + " s: " + words);
            }
            if (now - said > BETWEEN_WORDS.toNanos()) {
                out.line("  waiting           %s", words);
                said = now;
            }
            Thread.sleep(BETWEEN_TRIES);
        }
    }
}
