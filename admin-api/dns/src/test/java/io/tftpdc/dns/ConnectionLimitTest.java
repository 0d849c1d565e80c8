package io.tftpdc.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConnectionLimitTest {
    private final Counter refused = new SimpleMeterRegistry().counter("refused");
    private final ConnectionLimit limit = new ConnectionLimit(5, 2, refused);

    @Test
    void oneClientCannotTakeAllConnections() {
        List<EmbeddedChannel> greedy = List.of(connect("192.0.2.1"), connect("192.0.2.1"), connect("192.0.2.1"));
        EmbeddedChannel other = connect("192.0.2.2");

        assertThat(greedy).extracting(EmbeddedChannel::isOpen).containsExactly(true, true, false);
        assertThat(other.isOpen()).isTrue();
        assertThat(refused.count()).isOne();
    }

    @Test
    void whoCloseOneMayOpenAnother() {
        EmbeddedChannel first = connect("2001:db8::1");
        connect("2001:db8::1");
        assertThat(connect("2001:db8::1").isOpen()).isFalse();

        first.close();

        assertThat(connect("2001:db8::1").isOpen()).isTrue();
    }

    @Test
    void allClientsTogetherAreLimitedTooAndNothingIsRememberedOfThoseWhoLeft() {
        List<EmbeddedChannel> all = new ArrayList<>();
        for (int i = 1; i <= 6; i++) {
            all.add(connect("192.0.2." + i));
        }
        assertThat(all).extracting(EmbeddedChannel::isOpen).containsExactly(true, true, true, true, true, false);
        assertThat(limit.open()).isEqualTo(5);

        all.forEach(EmbeddedChannel::close);

        assertThat(limit.open()).isZero();
        assertThat(limit.clients()).isZero();
    }

    private EmbeddedChannel connect(String client) {
        EmbeddedChannel channel = new EmbeddedChannel(false, false, limit) {
            @Override
            protected SocketAddress remoteAddress0() {
                return new InetSocketAddress(client, 4711);
            }

            @Override
            public SocketAddress remoteAddress() {
                return remoteAddress0();
            }
        };
        try {
            channel.register();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        return channel;
    }
}
