package io.tftpdc.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressesTest {

    @ParameterizedTest
    @CsvSource({"'',true", "0.0.0.0,true", "::,true", "[::],true", "0:0:0:0:0:0:0:0,true"})
    @CsvSource({"127.0.0.1,false", "::1,false", "localhost,false", "fd00::,false"})
    void wildcardsAreTold(String host, boolean wildcard) {
        assertThat(Addresses.isWildcard(host)).isEqualTo(wildcard);
    }

    @Test
    void clientsAreNeverToldAWildcard() {
        assertThat(Addresses.isWildcard(StandaloneOptions.advertisedHost("", "0.0.0.0")))
                .isFalse();
        assertThat(StandaloneOptions.advertisedHost("boot.example", "0.0.0.0")).isEqualTo("boot.example");
        assertThat(StandaloneOptions.advertisedHost("", "192.0.2.7")).isEqualTo("192.0.2.7");
    }
}
