package io.tftpdc.edge.benchmark;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tftpdc.edge.content.Lookup;
import io.tftpdc.edge.content.OpenFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What a block of a file costs between the content store and the packet, and what opening a file costs. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ContentBenchmark {

    private static final int FILE_BYTES = 16 << 20;
    private static final String FILE = "firmware.bin";

    @Param({"512", "1428"})
    int blockSize;

    private final ByteBuf packet = Unpooled.directBuffer(2048);
    private final InetSocketAddress client = new InetSocketAddress(InetAddress.getLoopbackAddress(), 2000);

    private Path directory;
    private OfflineEdge edge;
    private OpenFile file;
    private long offset;

    @Setup(Level.Trial)
    public void open() throws IOException {
        directory = Files.createTempDirectory("content-benchmark");
        Path files = Files.createDirectory(directory.resolve("files"));
        byte[] bytes = new byte[FILE_BYTES];
        new Random(1).nextBytes(bytes);
        Files.write(files.resolve(FILE), bytes);
        edge = new OfflineEdge(files, directory.resolve("data"));
        file = find();
    }

    private OpenFile find() {
        Lookup lookup = edge.files().open(client, FILE).toCompletableFuture().join();
        if (lookup instanceof Lookup.Found found) {
            return found.file();
        }
        throw new IllegalStateException("expected the file, got " + lookup);
    }

    /** The next block, copied into a packet. */
    @Benchmark
    public ByteBuf read() {
        file.read(next(), blockSize, packet.clear());
        return packet;
    }

    /** Where the next block lies, which is sent without being copied. */
    @Benchmark
    public long address() {
        return file.address(next());
    }

    /** From the name to the first chunk and back: the tenant, the index, the pin. */
    @Benchmark
    public long openAndClose() {
        try (OpenFile opened = find()) {
            return opened.size();
        }
    }

    private long next() {
        offset += blockSize;
        if (offset + blockSize > FILE_BYTES) {
            offset = 0;
        }
        return offset;
    }

    @TearDown(Level.Trial)
    public void close() throws IOException {
        packet.release();
        file.close();
        edge.close();
        try (var all = Files.walk(directory)) {
            all.sorted(Comparator.reverseOrder()).forEach(path -> {
                try {
                    Files.delete(path);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
