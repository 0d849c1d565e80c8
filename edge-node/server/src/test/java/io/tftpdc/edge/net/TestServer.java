package io.tftpdc.edge.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tftpdc.edge.content.TransferReport;
import io.tftpdc.edge.policy.LimitSettings;
import io.tftpdc.edge.policy.Refusal;
import io.tftpdc.edge.policy.RequestPolicy;
import io.tftpdc.edge.policy.Verdict;
import io.tftpdc.edge.upload.Uploads;
import io.tftpdc.tftp.transfer.NegotiationPolicy;
import io.tftpdc.tftp.transfer.RetransmitPolicy;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A server on loopback, with what it reports. Closing it checks that it kept nothing. */
final class TestServer implements AutoCloseable {

    /** Retransmits so late that no test sees it. */
    static final RetransmitPolicy LATE =
            new RetransmitPolicy(Duration.ofSeconds(30), Duration.ofSeconds(30), 1, Duration.ofSeconds(30));

    /** Retransmits so early that no test waits for it. */
    static final RetransmitPolicy EARLY = new RetransmitPolicy(Duration.ofMillis(30), Duration.ofMillis(60), 3);

    final InMemoryFiles files;
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final BlockingQueue<TransferReport> reports = new LinkedBlockingQueue<>();
    private final TftpListener listener;

    private TestServer(TftpSettings settings, InMemoryFiles files, Uploads uploads) throws IOException {
        this.files = files;
        this.listener = TftpListener.bind(settings, files, uploads, reports::add, meters);
    }

    static TestServer start(InMemoryFiles files) throws IOException {
        return start(settings("127.0.0.1", LATE), files);
    }

    static TestServer start(TftpSettings settings, InMemoryFiles files) throws IOException {
        return new TestServer(settings, files, Uploads.NONE);
    }

    /** One that takes uploads. */
    static TestServer start(TftpSettings settings, Uploads uploads) throws IOException {
        return new TestServer(settings, new InMemoryFiles(), uploads);
    }

    static TftpSettings settings(String address, RetransmitPolicy retransmit) {
        return settings(address, retransmit, true, 100, Duration.ofSeconds(30));
    }

    static TftpSettings settings(
            String address, RetransmitPolicy retransmit, boolean nativeTransport, int maxTransfers, Duration wait) {
        return settings(address, retransmit, nativeTransport, maxTransfers, wait, new PortPolicy.Ephemeral());
    }

    static TftpSettings settings(
            String address,
            RetransmitPolicy retransmit,
            boolean nativeTransport,
            int maxTransfers,
            Duration wait,
            PortPolicy ports) {
        return new TftpSettings(
                List.of(new InetSocketAddress(address, 0)),
                2,
                nativeTransport,
                maxTransfers,
                4,
                ports,
                1 << 20,
                RequestPolicy.sameForAll(new NegotiationPolicy(65464, 64, retransmit)),
                LimitSettings.DEFAULT,
                Duration.ofSeconds(5),
                wait);
    }

    /** With these rules for names, profiles and limits. */
    static TftpSettings settings(RetransmitPolicy retransmit, RequestPolicy policy, LimitSettings limits) {
        TftpSettings usual = settings("127.0.0.1", retransmit);
        return new TftpSettings(
                usual.listen(),
                usual.eventLoops(),
                usual.nativeTransport(),
                usual.maxTransfers(),
                usual.portsPerLoop(),
                usual.ports(),
                usual.receiveBufferBytes(),
                policy,
                limits,
                usual.dally(),
                usual.contentWait());
    }

    InetSocketAddress address() {
        return listener.addresses().getFirst();
    }

    TestClient client() throws IOException {
        return new TestClient(address());
    }

    /** The next report, however long it takes to come in. */
    TransferReport report() throws InterruptedException {
        TransferReport report = reports.poll(TestClient.PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        if (report == null) {
            throw new AssertionError("no report within " + TestClient.PATIENCE_MILLIS + " ms");
        }
        return report;
    }

    boolean nothingReported() {
        return reports.isEmpty();
    }

    double count(TftpMeters meter) {
        return meters.get(meter.meterName()).counter().count();
    }

    /** Requests that ended so. */
    double outcomes(TransferReport.Outcome outcome) {
        return meters.get(TftpMeters.TRANSFERS.meterName())
                .tag(TftpMeters.OUTCOME, outcome.name().toLowerCase(Locale.ROOT))
                .counter()
                .count();
    }

    /** Names that were refused for this reason. */
    double refused(Refusal why) {
        return meters.get(TftpMeters.REFUSED_NAMES.meterName())
                .tag(TftpMeters.REASON, why.label())
                .counter()
                .count();
    }

    void use(RequestPolicy policy, LimitSettings limits) {
        listener.use(policy, limits);
    }

    /** Requests that were dropped for this reason. */
    double dropped(Verdict why) {
        return meters.get(TftpMeters.DROPPED.meterName())
                .tag(TftpMeters.REASON, why.label())
                .counter()
                .count();
    }

    double active() {
        return meters.get(TftpMeters.ACTIVE.meterName()).gauge().value();
    }

    void stop() {
        listener.close();
    }

    @Override
    public void close() {
        listener.close();
        assertThat(files.open).as("files left open").hasValue(0);
        assertThat(active()).as("slots left taken").isZero();
    }
}
