package io.tftpdc.cli;

import io.tftpdc.event.Tenant;
import io.tftpdc.tftp.packet.BlockNumber;
import io.tftpdc.tftp.packet.Decoded;
import io.tftpdc.tftp.packet.TftpPacket;
import io.tftpdc.tftp.packet.TftpPacketCodec;
import io.tftpdc.tftp.packet.TransferMode;
import io.tftpdc.topic.Topics;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures a running system from outside. */
@Command(
        name = "bench",
        description = "Measure a running system from outside.",
        mixinStandardHelpOptions = true,
        subcommands = BenchCommand.PublishLatency.class)
public final class BenchCommand {

    /**
     * From producing a record to the first DATA packet of the file: small files, one after the other, each asked for
     * over TFTP again and again until it is served.
     */
    @Command(
            name = "publish-latency",
            description = "Time from producing a record to the file being served over TFTP.",
            mixinStandardHelpOptions = true)
    @SuppressWarnings("NullAway.Init") // picocli sets the options before call()
    static final class PublishLatency implements Callable<Integer> {
        private static final int FILE_BYTES = 400;
        private static final int REPLY_TIMEOUT_MILLIS = 250;
        private static final long BETWEEN_QUESTIONS_NANOS = 1_000_000;

        @Spec
        private CommandSpec spec;

        @Option(
                names = "--bootstrap",
                description = "Kafka. Default: ${DEFAULT-VALUE}",
                defaultValue = "localhost:9092")
        private String bootstrap;

        @Option(names = "--tftp-host", description = "Edge. Default: ${DEFAULT-VALUE}", defaultValue = "127.0.0.1")
        private String host;

        @Option(names = "--tftp-port", description = "Default: ${DEFAULT-VALUE}", defaultValue = "6969")
        private int port;

        @Option(names = "--tenant", description = "Default: ${DEFAULT-VALUE}", defaultValue = "default")
        private String tenant;

        @Option(names = "--count", description = "Files. Default: ${DEFAULT-VALUE}", defaultValue = "500")
        private int count;

        @Option(
                names = "--warm-up",
                description = "Files before those that count. Default: ${DEFAULT-VALUE}",
                defaultValue = "50")
        private int warmUp;

        @Option(
                names = "--give-up-seconds",
                description = "Longest wait for one file. Default: ${DEFAULT-VALUE}",
                defaultValue = "30")
        private int giveUpSeconds;

        @Override
        public Integer call() throws Exception {
            String topic = Topics.publish(new Tenant(tenant)).name();
            String folder = "bench/" + Long.toHexString(System.nanoTime());
            InetSocketAddress edge = new InetSocketAddress(host, port);
            long[] nanos = new long[count];
            Random random = new Random(1);
            try (Producer<String, byte[]> producer = new KafkaProducer<>(
                    Map.of(
                            ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                            bootstrap,
                            ProducerConfig.ACKS_CONFIG,
                            "all",
                            ProducerConfig.LINGER_MS_CONFIG,
                            0,
                            ProducerConfig.MAX_BLOCK_MS_CONFIG,
                            10_000),
                    new StringSerializer(),
                    new ByteArraySerializer())) {
                for (int i = -warmUp; i < count; i++) {
                    String path = folder + "/" + (i + warmUp);
                    byte[] content = new byte[FILE_BYTES];
                    random.nextBytes(content);
                    long start = System.nanoTime();
                    producer.send(new ProducerRecord<>(topic, path, content));
                    awaitServed(edge, path, content, start);
                    if (i >= 0) {
                        nanos[i] = System.nanoTime() - start;
                    }
                }
                for (int i = 0; i < warmUp + count; i++) {
                    producer.send(new ProducerRecord<>(topic, folder + "/" + i, null));
                }
                producer.flush();
            }
            report(nanos);
            return 0;
        }

        private void report(long[] nanos) {
            Arrays.sort(nanos);
            PrintWriter out = spec.commandLine().getOut();
            out.printf(
                    "%d files of %d bytes, from produce to served over TFTP, ms: p50 %.1f  p90 %.1f  p99 %.1f  max %.1f%n",
                    nanos.length,
                    FILE_BYTES,
                    millis(nanos, 0.50),
                    millis(nanos, 0.90),
                    millis(nanos, 0.99),
                    millis(nanos, 1.0));
            out.flush();
        }

        private static double millis(long[] sorted, double share) {
            int index = (int) Math.ceil(share * sorted.length) - 1;
            return sorted[Math.max(0, index)] / 1e6;
        }

        private void awaitServed(InetSocketAddress edge, String path, byte[] content, long start) throws IOException {
            long deadline = start + TimeUnit.SECONDS.toNanos(giveUpSeconds);
            while (!served(edge, path, content)) {
                if (System.nanoTime() > deadline) {
                    throw new IOException(path + " was not served within " + giveUpSeconds
                            + " s; is the edge ready, and does its status show the same Kafka?");
                }
                LockSupport.parkNanos(BETWEEN_QUESTIONS_NANOS);
            }
        }

        /** Asks once, from a port of its own. */
        private static boolean served(InetSocketAddress edge, String path, byte[] content) throws IOException {
            try (DatagramSocket socket = new DatagramSocket()) {
                socket.setSoTimeout(REPLY_TIMEOUT_MILLIS);
                send(socket, edge, new TftpPacket.ReadRequest(path, TransferMode.OCTET, List.of()));
                DatagramPacket reply = new DatagramPacket(new byte[1024], 1024);
                socket.receive(reply);
                Decoded decoded = TftpPacketCodec.decode(ByteBuffer.wrap(reply.getData(), 0, reply.getLength()));
                if (!(decoded instanceof TftpPacket.Data data)) {
                    return false;
                }
                if (!data.payload().equals(ByteBuffer.wrap(content))) {
                    throw new IOException(path + " was served with other bytes than were published");
                }
                send(socket, (InetSocketAddress) reply.getSocketAddress(), new TftpPacket.Ack(BlockNumber.of(1)));
                return true;
            } catch (SocketTimeoutException noReply) {
                return false;
            }
        }

        private static void send(DatagramSocket socket, InetSocketAddress to, TftpPacket packet) throws IOException {
            byte[] bytes = TftpPacketCodec.encode(packet).array();
            socket.send(new DatagramPacket(bytes, bytes.length, to));
        }
    }
}
