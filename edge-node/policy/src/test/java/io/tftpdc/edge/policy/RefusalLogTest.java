package io.tftpdc.edge.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RefusalLogTest {
    private static final long SECOND = 1_000_000_000L;

    private long now = Long.MAX_VALUE - SECOND;
    private final RefusalLog log = new RefusalLog(now);

    private boolean isNews(String client, Refusal reason) {
        return log.isNews(new InetSocketAddress(Addresses.of(client), 1234), reason, now);
    }

    @Test
    void aClientAndAReasonAreNewsOnceInTenMinutes() {
        assertThat(isNews("10.0.0.1", Refusal.TRAVERSAL)).isTrue();
        assertThat(isNews("10.0.0.1", Refusal.TRAVERSAL)).isFalse();
        assertThat(isNews("10.0.0.1", Refusal.NOT_UTF8)).isTrue();
        assertThat(isNews("10.0.0.2", Refusal.TRAVERSAL)).isTrue();
        now += Duration.ofMinutes(10).toNanos() - 1;
        assertThat(isNews("10.0.0.1", Refusal.TRAVERSAL)).isFalse();
        now += 1;
        assertThat(isNews("10.0.0.1", Refusal.TRAVERSAL)).isTrue();
        assertThat(isNews("10.0.0.1", Refusal.TRAVERSAL)).isFalse();
    }

    @Test
    void manyClientsMakeAMinutesWorthOfLinesThenOneASecond() {
        int lines = 0;
        for (int i = 0; i < 5_000; i++) {
            lines += isNews("10.1." + i / 200 + "." + i % 200, Refusal.TRAVERSAL) ? 1 : 0;
        }
        assertThat(lines).isEqualTo(60);
        now += 10 * SECOND;
        for (int i = 0; i < 5_000; i++) {
            lines += isNews("10.2." + i / 200 + "." + i % 200, Refusal.TRAVERSAL) ? 1 : 0;
        }
        assertThat(lines).isEqualTo(70);
    }

    @Test
    void aNameCannotForgeALine() {
        assertThat(RefusalLog.printable("a\nb\u001B[2J\u202E\uFFFD~")).isEqualTo("a?b?[2J??~");
        assertThat(RefusalLog.printable("x".repeat(101))).isEqualTo("x".repeat(100) + "...");
    }
}
