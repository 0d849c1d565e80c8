package io.tftpdc.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.runtime.HealthCheck;
import io.tftpdc.runtime.HealthSwitch;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;

class StreamsMonitorTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final HealthSwitch kafka = new HealthSwitch(HealthCheck.Status.up("answered at start"));

    @Test
    void aLookThatFailsInWhateverWayIsNotTheLast() throws InterruptedException {
        AtomicInteger calls = new AtomicInteger();
        Admin admin = admin(() -> new IllegalStateException("surprise " + calls.incrementAndGet()));
        try (StreamsMonitor monitor = new StreamsMonitor(admin, Map.of(), List.of(), kafka)) {
            monitor.start();

            TestSite.await("another look", PATIENCE, () -> calls.get() >= 2);
            TestSite.await(
                    "what came of it", PATIENCE, () -> kafka.check().detail().contains("surprise "));
            assertThat(kafka.check().up()).isFalse();
        }
    }

    @Test
    void whatWasSaidLastDoesNotStandWhenNobodyLooksAnyMore() throws InterruptedException {
        Admin admin = admin(() -> new LinkageError("half a class path"));
        try (StreamsMonitor monitor = new StreamsMonitor(admin, Map.of(), List.of(), kafka)) {
            monitor.start();

            TestSite.await("the end", PATIENCE, () -> kafka.check().detail().contains("nobody looks any more"));
            assertThat(kafka.check().up()).isFalse();
        }
    }

    /** Answers nothing. */
    private static Admin admin(Supplier<Throwable> failure) {
        return (Admin) Proxy.newProxyInstance(
                Admin.class.getClassLoader(), new Class<?>[] {Admin.class}, (proxy, method, arguments) -> {
                    throw failure.get();
                });
    }
}
