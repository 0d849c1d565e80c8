package io.tftpdc.client;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;

/**
 * Looks which topics there are, and whether one is still the one that it was: after a topic was deleted there may be
 * another one of its name, in which an offset means something else. One thread; {@link #close} may come from any.
 */
final class FollowedTopics implements AutoCloseable {
    private static final int ANSWER_SECONDS = 30;

    private final Admin admin;
    private final Pattern names;

    /**
     * @param kafka what every client of the cluster needs
     * @param names of those that are followed
     */
    FollowedTopics(Map<String, ?> kafka, Pattern names) {
        this.admin = Admin.create(new HashMap<>(kafka));
        this.names = names;
    }

    /**
     * By name.
     *
     * @throws KafkaException when the cluster does not answer, or this was closed
     */
    Map<String, TopicDescription> look() {
        try {
            List<String> wanted = admin.listTopics().names().get(ANSWER_SECONDS, TimeUnit.SECONDS).stream()
                    .filter(name -> names.matcher(name).matches())
                    .toList();
            return PresentTopics.describe(admin, wanted, Duration.ofSeconds(ANSWER_SECONDS));
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException kafka ? kafka : new KafkaException(e.getCause());
        } catch (TimeoutException e) {
            throw new KafkaException("the cluster did not say within " + ANSWER_SECONDS + " s which topics it has", e);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    /** A look that waits for an answer fails. */
    @Override
    public void close() {
        admin.close(Duration.ZERO);
    }
}
