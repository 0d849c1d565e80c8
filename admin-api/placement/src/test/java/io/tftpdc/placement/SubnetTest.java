package io.tftpdc.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SubnetTest {
    @ParameterizedTest
    @CsvSource({
        "10.1.0.0/16, 10.1.255.255, true",
        "10.1.0.0/16, 10.2.0.0, false",
        "10.1.128.0/17, 10.1.127.255, false",
        "0.0.0.0/0, 203.0.113.9, true",
        "0.0.0.0/0, 2001:db8::1, false",
        "192.0.2.7, 192.0.2.7, true",
        "192.0.2.7/32, 192.0.2.6, false",
        "2001:db8::/33, 2001:db8:7fff::1, true",
        "2001:db8::/33, 2001:db8:8000::1, false",
        "10.0.0.0/8, ::ffff:10.9.8.7, true",
    })
    void containsWhatBeginsWithItsBits(String subnet, String address, boolean expected) {
        assertThat(Subnet.parse(subnet).contains(Subnet.address(address))).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.1.0.0/33",
                "10.1.0.0/-1",
                "10.1/16",
                "example.net",
                "::1/129",
                "",
                "/8",
                "fe80::1%eth0",
                "a.b.c.d"
            })
    void whatIsNoSubnetIsRefused(String text) {
        assertThatThrownBy(() -> Subnet.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "'")
                .hasMessageContaining("expected for example 10.1.0.0/16");
    }

    @Test
    void bitsBeyondThePrefixAreRefusedWithWhatWasPerhapsMeant() {
        assertThatThrownBy(() -> Subnet.parse("10.1.2.0/16"))
                .hasMessage("subnet is '10.1.2.0/16', whose address has bits beyond its 16;"
                        + " write 10.1.0.0/16 or a longer prefix");
    }
}
