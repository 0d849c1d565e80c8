package io.tftpdc.broker;

import io.tftpdc.broker.BrokerConfig.FatalFaults;
import io.tftpdc.broker.EmbeddedKafka.BrokerStartException;
import io.tftpdc.runtime.ClassDataArchive;
import io.tftpdc.runtime.directory.DataDirectory;
import io.tftpdc.runtime.directory.UnusableDirectoryException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The broker as a process of its own: {@code BrokerMain DATA-DIRECTORY HOST PORT ADVERTISED-HOST INTERNAL-PORT
 * [PROXIED-PORT:ADVERTISED-PORT...]}, as {@link BrokerConfig} has them.
 *
 * <p>It lives as long as its standard input is open, so it never outlives the program that started it, not even one
 * that was killed. What it has to say to that program are lines on standard output:
 *
 * <pre>
 *   ready 127.0.0.1:9092        clients may connect
 *   port-taken 9092             it ends, another program listens there
 *   failed REASON               it ends
 * </pre>
 *
 * <p>Everything else goes to the log. A start right after a kill finds the former broker still ending, and waits for it.
 */
public final class BrokerMain {

    private static final Logger LOG = LoggerFactory.getLogger(BrokerMain.class);

    /** Names the layout below the directory; a new number when a version can no longer read the former one. */
    static final String FORMAT = "tftpdc-kafka/1";

    private static final Duration PATIENCE_WITH_FORMER_BROKER = Duration.ofSeconds(20);
    /** Ctrl-C reaches parent and child at once; the parent still needs the broker for an orderly end. */
    private static final Duration PATIENCE_WITH_PARENT = Duration.ofSeconds(15);

    /** A broker that cannot stop in this time is ended: its log is recovered at the next start. */
    private static final Duration PATIENCE_WITH_KAFKA = Duration.ofSeconds(20);

    private BrokerMain() {}

    public static void main(String[] arguments) throws InterruptedException {
        if (arguments.length < 5) {
            System.err.println("usage: BrokerMain DATA-DIRECTORY HOST PORT ADVERTISED-HOST INTERNAL-PORT"
                    + " [PROXIED-PORT:ADVERTISED-PORT...]");
            System.exit(2);
        }
        BrokerConfig config = new BrokerConfig(
                Path.of(arguments[0]),
                arguments[1],
                Integer.parseInt(arguments[2]),
                arguments[3],
                Integer.parseInt(arguments[4]),
                Arrays.stream(arguments)
                        .skip(5)
                        .map(BrokerConfig.Proxied::parse)
                        .toList(),
                Map.of(),
                FatalFaults.END_THE_PROCESS);
        CountDownLatch end = new CountDownLatch(1);
        startDaemon("parent-watch", () -> watchParent(end));
        if (start(config, end)) {
            end.await();
            System.exit(0);
        }
        System.exit(1);
    }

    private static boolean start(BrokerConfig config, CountDownLatch end) throws InterruptedException {
        try {
            DataDirectory directory = DataDirectory.claim(config.dataDirectory(), FORMAT, PATIENCE_WITH_FORMER_BROKER);
            EmbeddedKafka kafka = new EmbeddedKafka(config);
            kafka.start();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(kafka, directory, end), "stop"));
            startDaemon("kafka-watch", () -> {
                kafka.awaitStop();
                end.countDown();
            });
            say("ready " + kafka.bootstrapServers());
            return true;
        } catch (BrokerStartException e) {
            LOG.atError().setCause(e).log("The broker did not start");
            say(e.isPortTaken() ? "port-taken " + config.port() : "failed " + e.getMessage());
        } catch (UnusableDirectoryException | IOException e) {
            LOG.atError().setCause(e).log("The broker cannot use its directory");
            say("failed " + e.getMessage());
        }
        return false;
    }

    private static void stop(EmbeddedKafka kafka, DataDirectory directory, CountDownLatch end) {
        try {
            if (!end.await(PATIENCE_WITH_PARENT.toSeconds(), TimeUnit.SECONDS)) {
                LOG.atWarn().log("Told to end while the parent process still runs");
            }
            kafka.stop();
            directory.close();
            ClassDataArchive.writeIfWanted();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.atWarn().setCause(e).log("The lock on the data directory ends with the process");
        }
    }

    /** Reads until the parent closes its end of the pipe, which the operating system does when the parent dies. */
    private static void watchParent(CountDownLatch end) {
        try (InputStream in = System.in) {
            while (in.read() >= 0) {
                // nothing is said to us
            }
        } catch (IOException e) {
            LOG.atDebug().setCause(e).log("Standard input broke");
        }
        end.countDown();
        try {
            Thread.sleep(PATIENCE_WITH_KAFKA);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(1);
    }

    private static void startDaemon(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    private static void say(String line) {
        System.out.println(line.replace('\n', ' '));
        System.out.flush();
    }
}
