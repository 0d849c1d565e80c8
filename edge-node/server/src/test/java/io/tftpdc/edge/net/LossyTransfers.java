package io.tftpdc.edge.net;

import io.tftpdc.tftp.transfer.RetransmitPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Reads and uploads at once, in a process of its own that somebody has put where packets are lost. Ends with 0 and says
 * how many were repeated when every byte arrived.
 */
final class LossyTransfers {
    private static final RetransmitPolicy POLICY =
            new RetransmitPolicy(Duration.ofMillis(250), Duration.ofSeconds(1), 20, RetransmitPolicy.SHORTEST_DELAY);
    private static final int[] WINDOWS = {1, 4, 16};
    private static final int TRANSFERS = 12;
    private static final int BLOCK_SIZE = 1428;
    private static final int READ_BYTES = 300_000;
    private static final int WRITTEN_BYTES = 60_000;

    private LossyTransfers() {}

    public static void main(String[] arguments) throws Exception {
        byte[] read = bytes(READ_BYTES);
        FakeUploads uploads = FakeUploads.storing();
        try (TestServer files = TestServer.start(
                        TestServer.settings("127.0.0.1", POLICY), new InMemoryFiles().with("f", read));
                TestServer writes = TestServer.start(TestServer.settings("127.0.0.1", POLICY), uploads);
                ExecutorService clients = Executors.newFixedThreadPool(2 * TRANSFERS)) {
            List<Future<Boolean>> readings = new ArrayList<>();
            List<Future<?>> writings = new ArrayList<>();
            for (int i = 0; i < TRANSFERS; i++) {
                int number = i;
                int window = WINDOWS[i % WINDOWS.length];
                readings.add(clients.submit(() -> {
                    try (LossyClient client = new LossyClient(files.address(), BLOCK_SIZE, window)) {
                        return Arrays.equals(client.read("f"), read);
                    }
                }));
                writings.add(clients.submit(() -> {
                    try (LossyClient client = new LossyClient(writes.address(), BLOCK_SIZE, window)) {
                        client.write("w" + number, bytes(WRITTEN_BYTES + number));
                    }
                    return true;
                }));
            }
            for (Future<Boolean> reading : readings) {
                require(reading.get(), "what was read differs");
            }
            for (Future<?> writing : writings) {
                writing.get();
            }
            for (int i = 0; i < TRANSFERS; i++) {
                FakeUploads.Sink sink = uploads.sink();
                int number = Integer.parseInt(sink.path().substring(1));
                require(
                        Arrays.equals(sink.content(), bytes(WRITTEN_BYTES + number)),
                        "what was written to " + sink.path() + " differs");
            }
            require(uploads.noneBegan(), "an upload was stored twice");
            System.out.printf(
                    "all came; repeated %.0f of reads, %.0f of uploads%n",
                    files.count(TftpMeters.RETRANSMISSIONS), writes.count(TftpMeters.RETRANSMISSIONS));
            files.stop();
            writes.stop();
        }
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new IllegalStateException(otherwise);
        }
    }

    private static byte[] bytes(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }
}
