package io.tftpdc.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tftpdc.event.SiteName;
import io.tftpdc.placement.SiteMap.Site;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SiteMapTest {
    private static final SiteName DC1 = new SiteName("dc1");
    private static final SiteName DC2 = new SiteName("dc2");
    private static final SiteName DC3 = new SiteName("dc3");

    private final SiteMap sites = new SiteMap(
            DC1,
            List.of(
                    site(DC1, List.of(DC3), "10.0.0.0/8", "2001:db8::/32"),
                    site(DC2, List.of(), "10.2.0.0/16", "2001:db8:2::/48"),
                    site(DC3, List.of(DC2, DC1), "10.2.3.0/24")));

    @Test
    void theLongestSubnetDecides() {
        assertThat(locate("10.9.9.9").site()).isEqualTo(DC1);
        assertThat(locate("10.2.9.9").site()).isEqualTo(DC2);
        assertThat(locate("10.2.3.9").site()).isEqualTo(DC3);
        assertThat(locate("10.2.3.9").subnet()).isEqualTo(Optional.of(Subnet.parse("10.2.3.0/24")));
        assertThat(locate("2001:db8:2::1").site()).isEqualTo(DC2);
        assertThat(locate("2001:db8:3::1").site()).isEqualTo(DC1);
    }

    @Test
    void aClientOfNoSubnetIsNearTheSiteThatIsAsked() {
        assertThat(locate("192.0.2.1").site()).isEqualTo(DC1);
        assertThat(locate("192.0.2.1").subnet()).isEmpty();
    }

    @Test
    void theScopeIsAsWideAsTheAnswerHolds() {
        assertThat(locate("10.2.3.9").scope()).isEqualTo(24);
        assertThat(locate("10.2.128.1").scope())
                .as("10.2.128.0/17 does not hold 10.2.3.0/24")
                .isEqualTo(17);
        assertThat(locate("10.2.2.1").scope()).as("one bit from 10.2.3.0/24").isEqualTo(24);
        assertThat(locate("192.0.2.1").scope()).as("128.0.0.0/1").isEqualTo(1);
        assertThat(new SiteMap(DC1, List.of())
                        .locate(Subnet.address("192.0.2.1"))
                        .scope())
                .isZero();
    }

    @Test
    void otherSitesFollowInTheOrderThatTheNearOnePrefers() {
        assertThat(Stream.of(DC1, DC2, DC3).map(site -> sites.distance(DC3, site)))
                .containsExactly(2, 1, 0);
        assertThat(Stream.of(DC1, DC2, DC3).map(site -> sites.distance(DC1, site)))
                .containsExactly(0, 2, 1);
        assertThat(Stream.of(DC1, DC2, DC3).map(site -> sites.distance(DC2, site)))
                .containsExactly(1, 0, 1);
    }

    @Test
    void whatContradictsItselfIsRefused() {
        assertThatThrownBy(() -> new SiteMap(
                        DC1, List.of(site(DC1, List.of(), "10.0.0.0/8"), site(DC2, List.of(), "10.0.0.0/8"))))
                .hasMessageContaining("subnet 10.0.0.0/8 is listed for dc1 and for dc2");
        assertThatThrownBy(() -> new SiteMap(DC1, List.of(site(DC1, List.of()), site(DC1, List.of()))))
                .hasMessageContaining("site dc1 is listed twice");
        assertThatThrownBy(() -> new SiteMap(DC1, List.of(site(DC1, List.of(DC1)))))
                .hasMessageContaining("`prefer` of site dc1");
        assertThatThrownBy(() -> new SiteMap(DC1, List.of(site(DC1, List.of(DC2, DC2)))))
                .hasMessageContaining("`prefer` of site dc1");
    }

    private SiteMap.Location locate(String address) {
        return sites.locate(Subnet.address(address));
    }

    private static Site site(SiteName site, List<SiteName> prefer, String... subnets) {
        return new Site(site, Stream.of(subnets).map(Subnet::parse).toList(), prefer);
    }
}
