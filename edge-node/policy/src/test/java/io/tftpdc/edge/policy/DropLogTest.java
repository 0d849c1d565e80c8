package io.tftpdc.edge.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.event.Tenant;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DropLogTest {
    private static final long SECOND = 1_000_000_000L;
    private static final Tenant LAB = new Tenant("lab");

    private long now = Long.MAX_VALUE - SECOND;
    private final List<String> written = new ArrayList<>();
    private final DropLog log =
            new DropLog(42, now, (peer, limit, unlogged) -> written.add(peer + " " + limit + " " + unlogged));

    private boolean isNews(String client, Verdict verdict) {
        return log.isNews(ClientAddress.of(Addresses.of(client)), verdict, now);
    }

    @Test
    void aClientAndALimitAreNewsOnceInTenMinutes() {
        assertThat(isNews("10.0.0.1", Verdict.CLIENT_RATE)).isTrue();
        assertThat(isNews("10.0.0.1", Verdict.CLIENT_RATE)).isFalse();
        assertThat(isNews("10.0.0.1", Verdict.CLIENT_UNANSWERED)).isTrue();
        assertThat(isNews("2001:db8::1", Verdict.CLIENT_RATE)).isTrue();
        now += Duration.ofMinutes(10).toNanos() - 1;
        assertThat(isNews("10.0.0.1", Verdict.CLIENT_RATE)).isFalse();
        now += 1;
        assertThat(isNews("10.0.0.1", Verdict.CLIENT_RATE)).isTrue();
    }

    @Test
    void manyClientsMakeAMinutesWorthOfLines() {
        int lines = 0;
        for (int i = 0; i < 5_000; i++) {
            lines += isNews("10.1." + i / 200 + "." + i % 200, Verdict.CLIENT_RATE) ? 1 : 0;
        }
        assertThat(lines).isEqualTo(60);
    }

    @Test
    void everyLimitOfAClientOrItsNetworkHasItsKey() {
        assertThat(Stream.of(Verdict.values())
                        .filter(verdict -> DropLog.isOfClient(verdict) || DropLog.isOfSubnet(verdict))
                        .map(DropLog::key))
                .containsExactly(
                        "tftp.limits.transfers-per-client",
                        "tftp.limits.transfers-per-subnet",
                        "tftp.limits.requests-per-client",
                        "tftp.limits.requests-per-subnet",
                        "tftp.limits.unanswered-per-client",
                        "tftp.limits.unanswered-per-subnet");
    }

    @Test
    void anAddressIsWrittenAsTheConfigurationWritesIt() {
        assertThat(DropLog.literal(ClientAddress.of(Addresses.of("192.0.2.1")))).isEqualTo("192.0.2.1");
        assertThat(DropLog.literal(ClientAddress.of(Addresses.of("2001:db8::1"))))
                .isEqualTo("2001:db8:0:0:0:0:0:1");
    }

    /** Ten thousand machines behind one address start at once, and none of them answers for the moment. */
    @Test
    void machinesBehindOneAddressMakeALineForEachLimitTheyMeet() {
        LoopLimits loop = loop();
        int admitted = 0;
        for (int machine = 0; machine < 10_000; machine++) {
            now += SECOND / 100;
            if (loop.admitsRequest(Addresses.of("192.0.2.1"), now)
                    && loop.open(Addresses.of("192.0.2.1"), LAB, now).isPresent()) {
                admitted++;
            }
        }
        assertThat(admitted).isEqualTo(16);
        assertThat(written).containsExactly("192.0.2.1 tftp.limits.unanswered-per-client 0");

        for (int i = 0; i < 2_000; i++) {
            loop.admitsRequest(Addresses.of("192.0.2.1"), now);
        }
        assertThat(written)
                .containsExactly(
                        "192.0.2.1 tftp.limits.unanswered-per-client 0",
                        "192.0.2.1 tftp.limits.requests-per-client 9983");
    }

    /** However many machines of it are turned away. */
    @Test
    void aNetworkMakesOneLine() {
        LoopLimits loop = loop();
        for (int machine = 0; machine < 2_048 + 500; machine++) {
            now += SECOND / 5_000;
            loop.open(Addresses.of("2001:db8:0:7::" + Integer.toHexString(machine + 1)), LAB, now);
        }
        assertThat(written).containsExactly("2001:db8:0:7:0:0:0:0 tftp.limits.unanswered-per-subnet 0");
    }

    @Test
    void theExemptMakeNoLine() {
        LoopLimits loop = loop();
        for (int i = 0; i < 5_000; i++) {
            assertThat(loop.admitsRequest(Addresses.of("127.0.0.1"), now)).isTrue();
        }
        assertThat(written).isEmpty();
    }

    private LoopLimits loop() {
        return new LoopLimits(new RequestLimits(20_000, LimitSettings.DEFAULT, 42, now), 1, verdict -> {}, log);
    }
}
