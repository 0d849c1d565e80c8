package io.tftpdc.edge.index;

import java.time.Duration;
import java.util.Arrays;

/**
 * Decides which of some clusters a node follows, from which of them answer. Number 0 is the site's own; the others are
 * peers', the best first.
 *
 * <pre>
 *                own is silent for failoverAfter, a peer answers
 *          ┌────────────────────────────────────────────────────►┐
 *   follows own                                            follows a peer ◄─┐ this one is silent for
 *          └◄────────────────────────────────────────────────────┘──────────┘ failoverAfter, another answers
 *                own answers for failbackAfter without a break
 * </pre>
 *
 * Pure but for its own state; for one thread.
 */
final class ClusterChoice {
    private static final long SILENT = -1;

    private final long failoverMillis;
    private final long failbackMillis;
    private final long[] lastAnswered;
    private final long[] answersSince;
    private int followed;

    /**
     * @param clusters how many there are
     * @param now milliseconds of a clock that never goes back
     */
    ClusterChoice(int clusters, Duration failoverAfter, Duration failbackAfter, long now) {
        failoverMillis = failoverAfter.toMillis();
        failbackMillis = failbackAfter.toMillis();
        lastAnswered = new long[clusters];
        answersSince = new long[clusters];
        Arrays.fill(lastAnswered, now);
        Arrays.fill(answersSince, SILENT);
    }

    int followed() {
        return followed;
    }

    /**
     * @param answers whether each cluster answered just now
     * @return the cluster to follow from now on
     */
    int heard(boolean[] answers, long now) {
        for (int i = 0; i < answers.length; i++) {
            if (answers[i]) {
                lastAnswered[i] = now;
                answersSince[i] = answersSince[i] == SILENT ? now : answersSince[i];
            } else {
                answersSince[i] = SILENT;
            }
        }
        if (followed != 0 && answersSince[0] != SILENT && now - answersSince[0] >= failbackMillis) {
            followed = 0;
        } else if (now - lastAnswered[followed] >= failoverMillis) {
            followed = firstThatAnswers();
        }
        return followed;
    }

    /** The one that is followed already when none does. */
    private int firstThatAnswers() {
        for (int i = 0; i < answersSince.length; i++) {
            if (answersSince[i] != SILENT) {
                return i;
            }
        }
        return followed;
    }
}
