package io.tftpdc.edge.upload;

import static io.tftpdc.edge.upload.UploadRules.ANYTHING;
import static io.tftpdc.edge.upload.UploadRules.below;
import static io.tftpdc.edge.upload.UploadRules.from;
import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.edge.policy.UploadPolicy;
import io.tftpdc.event.FileKey;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

class UploadPolicyTest {
    private static final FileKey BACKUP = FileKey.of("default", "backup/sw1.cfg");

    @Test
    void withoutRulesNothingIsPermitted() throws UnknownHostException {
        assertThat(UploadRules.policy().decide(BACKUP, address("10.1.2.3"))).isEmpty();
    }

    @Test
    void theFirstRuleThatFitsPathAndClientDecides() throws UnknownHostException {
        UploadPolicy policy = UploadRules.policy(
                below(ANYTHING, "logs/**"),
                from(below(ANYTHING, "backup/**"), "192.0.2.0/24"),
                from(below(ANYTHING, "backup/**"), "10.0.0.0/8"),
                below(ANYTHING, "backup/**"));

        assertThat(policy.decide(BACKUP, address("10.1.2.3"))).hasValue(2);
        assertThat(policy.decide(BACKUP, address("192.0.2.7"))).hasValue(1);
        assertThat(policy.decide(BACKUP, address("2001:db8::1"))).hasValue(3);
        assertThat(policy.decide(FileKey.of("default", "boot/x"), address("10.1.2.3")))
                .isEmpty();
    }

    private static InetAddress address(String text) throws UnknownHostException {
        return InetAddress.getByName(text);
    }
}
