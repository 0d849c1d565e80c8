package io.tftpdc.edge.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tftpdc.edge.policy.LimitSettings;
import io.tftpdc.edge.policy.RequestPolicy;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class TftpSettingsTest {

    private static final List<InetSocketAddress> ANYWHERE = List.of(new InetSocketAddress("::", 69));

    @Test
    void theDefaultsAreThese() {
        assertThat(TftpSettings.listeningOn(ANYWHERE))
                .isEqualTo(new TftpSettings(
                        ANYWHERE,
                        0,
                        true,
                        20_000,
                        4,
                        new PortPolicy.Ephemeral(),
                        32 * 1024 * 1024,
                        RequestPolicy.DEFAULT,
                        LimitSettings.DEFAULT,
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(30)));
    }

    @Test
    void aMistakeSaysWhatWasExpected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TftpSettings.listeningOn(List.of()))
                .withMessageContaining("no address to listen on");
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        TftpSettings.listeningOn(List.of(InetSocketAddress.createUnresolved("nowhere.invalid", 69))))
                .withMessageContaining("nowhere.invalid");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TestServer.settings("::1", TestServer.LATE, true, 0, Duration.ofSeconds(1)))
                .withMessageContaining("maxTransfers is 0; expected 1 or more");
    }
}
