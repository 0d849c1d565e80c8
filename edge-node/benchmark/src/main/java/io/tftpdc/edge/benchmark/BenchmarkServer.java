package io.tftpdc.edge.benchmark;

import io.tftpdc.edge.content.TransferReport;
import io.tftpdc.edge.net.TftpListener;
import io.tftpdc.edge.net.TftpSettings;
import io.tftpdc.runtime.Metrics;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * The TFTP side of the edge node with its default settings, on an {@link OfflineEdge}: index, content store, uploads,
 * listener and meters are the product's, only the journal of transfers is replaced by a counter.
 *
 * <p>Prints its port when it is ready. For each line of its standard input it deletes all uploads, and prints a line when
 * that is done. Ends when its standard input does, and then says on standard error how the transfers ended.
 */
public final class BenchmarkServer {

    private final Map<TransferReport.Outcome, LongAdder> outcomes = new EnumMap<>(TransferReport.Outcome.class);

    private BenchmarkServer() {
        for (TransferReport.Outcome outcome : TransferReport.Outcome.values()) {
            outcomes.put(outcome, new LongAdder());
        }
    }

    /**
     * Serves.
     *
     * @param arguments the folder with the files, an empty folder for index, content and spool, the IPv4 address to listen on
     */
    @SuppressWarnings("SystemOut") // the lines that a script waits for
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 3) {
            System.err.println("Usage: BenchmarkServer FILES-FOLDER EMPTY-FOLDER ADDRESS");
            System.exit(2);
        }
        BenchmarkServer server = new BenchmarkServer();
        TftpSettings settings =
                TftpSettings.listeningOn(List.of(new InetSocketAddress(InetAddress.getByName(arguments[2]), 0)));
        try (OfflineEdge edge = new OfflineEdge(Path.of(arguments[0]), Path.of(arguments[1]));
                Metrics metrics = Metrics.create("benchmark", "node", "edge");
                TftpListener listener =
                        TftpListener.bind(settings, edge.files(), edge.uploads(), server::count, metrics.registry())) {
            System.out.println(listener.addresses().getFirst().getPort());
            BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            while (orders.readLine() != null) {
                edge.forgetUploads();
                System.out.println("forgotten");
            }
        }
        server.outcomes.forEach((outcome, count) -> {
            if (count.sum() > 0) {
                System.err.println(outcome + " " + count.sum());
            }
        });
    }

    private void count(TransferReport report) {
        LongAdder count = outcomes.get(report.outcome());
        if (count != null) {
            count.increment();
        }
    }
}
