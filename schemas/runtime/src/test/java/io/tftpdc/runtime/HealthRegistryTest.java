package io.tftpdc.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class HealthRegistryTest {

    @Test
    void reportNamesEachCheckInOrder() {
        HealthRegistry health = new HealthRegistry()
                .readiness("kafka", () -> HealthCheck.Status.up("3 brokers"))
                .readiness("index", () -> HealthCheck.Status.down("12 s \"behind\""));

        HealthRegistry.Report report = health.ready();

        assertThat(report.httpStatus()).isEqualTo(503);
        assertThat(report.toJson())
                .isEqualTo("{\"status\":\"down\",\"checks\":{\"kafka\":{\"status\":\"up\",\"detail\":\"3 brokers\"},"
                        + "\"index\":{\"status\":\"down\",\"detail\":\"12 s \\\"behind\\\"\"}}}");
    }

    @Test
    void livenessLooksAtItsOwnChecksWhileReadinessNeedsBoth() {
        HealthSwitch loop = new HealthSwitch(HealthCheck.Status.up("turning"));
        HealthSwitch kafka = new HealthSwitch(HealthCheck.Status.down("away"));
        HealthRegistry health = new HealthRegistry().liveness("loop", loop).readiness("kafka", kafka);

        assertThat(health.live().up()).isTrue();
        assertThat(health.ready().up()).isFalse();

        kafka.set(HealthCheck.Status.up("back"));
        assertThat(health.ready().up()).isTrue();

        loop.set(HealthCheck.Status.down("stuck"));
        assertThat(health.live().up()).isFalse();
        assertThat(health.ready().up()).isFalse();
    }

    @Test
    void checkThatThrowsIsDownWithTheCause() {
        HealthRegistry health = new HealthRegistry().liveness("bad", () -> {
            throw new IllegalStateException("boom");
        });

        assertThat(health.live().toJson()).contains("boom");
        assertThat(health.live().up()).isFalse();
    }

    @Test
    void sameNameTwiceIsRefused() {
        HealthRegistry health = new HealthRegistry().liveness("a", () -> HealthCheck.Status.up(""));

        assertThatThrownBy(() -> health.readiness("a", () -> HealthCheck.Status.up("")))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
