package io.tftpdc.tftp.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tftpdc.tftp.packet.BlockRollover;
import io.tftpdc.tftp.packet.TftpOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionNegotiationTest {

    private static final NegotiationPolicy POLICY = new NegotiationPolicy(1468, 16, RetransmitPolicy.DEFAULT);

    @Test
    void withoutOptionsThereIsNoOackAndTheTermsAreThoseOfRfc1350() {
        TransferTerms terms = negotiate();
        assertThat(terms).isEqualTo(TransferTerms.plain(RetransmitPolicy.DEFAULT));
    }

    @Test
    void everyOptionIsAnsweredInTheOrderAndSpellingAsked() {
        TransferTerms terms = negotiate("TSize", "0", "blksize", "1024", "WINDOWSIZE", "8", "timeout", "3");
        assertThat(terms.acknowledged())
                .containsExactly(options("TSize", "7777", "blksize", "1024", "WINDOWSIZE", "8", "timeout", "3"));
        assertThat(terms.blockSize()).isEqualTo(1024);
        assertThat(terms.windowSize()).isEqualTo(8);
        assertThat(terms.retransmit().delay(0)).isEqualTo(Duration.ofSeconds(3));
        assertThat(terms.retransmit().delay(5)).isEqualTo(Duration.ofSeconds(3));
    }

    @ParameterizedTest
    @CsvSource({
        "blksize, 8, 8",
        "blksize, 1468, 1468",
        "blksize, 1469, 1468",
        "blksize, 65464, 1468",
        "blksize, 99999999, 1468",
        "windowsize, 1, 1",
        "windowsize, 16, 16",
        "windowsize, 65535, 16",
        "timeout, 1, 1",
        "timeout, 255, 255",
        "tsize, 0, 7777",
        "tsize, 123, 7777",
        "utimeout, 10000, 10000",
        "utimeout, 255000000, 255000000",
        "rollover, 0, 0",
        "rollover, 1, 1",
    })
    void aValueIsBroughtDownToThePolicyAndNeverRaised(String name, String asked, String answered) {
        assertThat(negotiate(name, asked).acknowledged()).containsExactly(options(name, answered));
    }

    @ParameterizedTest
    @CsvSource({
        "blksize, 7",
        "blksize, 0",
        "blksize, -512",
        "blksize, +512",
        "blksize, 512 bytes",
        "blksize, ''",
        "blksize, 9999999999999999999",
        "windowsize, 0",
        "windowsize, 0x10",
        "timeout, 0",
        "timeout, 256",
        "tsize, all",
        "multicast, 1",
        "utimeout, 9999",
        "utimeout, 255000001",
        "rollover, 2",
    })
    void aValueOrNameThatMakesNoSenseIsNotAcknowledged(String name, String asked) {
        assertThat(negotiate(name, asked)).isEqualTo(TransferTerms.plain(RetransmitPolicy.DEFAULT));
    }

    @Test
    void ofAnOptionGivenTwiceTheFirstCounts() {
        assertThat(negotiate("blksize", "600", "BLKSIZE", "700").acknowledged())
                .containsExactly(options("blksize", "600"));
    }

    @Test
    void anUnknownSizeIsNotAcknowledged() {
        TransferTerms terms = OptionNegotiation.forRead(List.of(options("tsize", "0")), TransferSize.UNKNOWN, POLICY);
        assertThat(terms.acknowledged()).isEmpty();
    }

    @Test
    void utimeoutIsInMicrosecondsAndOfItAndTimeoutTheFirstCounts() {
        TransferTerms terms = negotiate("utimeout", "1500000", "timeout", "9");
        assertThat(terms.acknowledged()).containsExactly(options("utimeout", "1500000"));
        assertThat(terms.retransmit().delay(7)).isEqualTo(Duration.ofMillis(1500));
    }

    @Test
    void anIntervalBelowASecondDoublesUpToOne() {
        RetransmitPolicy retransmit = negotiate("utimeout", "300000").retransmit();
        assertThat(retransmit.delay(0)).isEqualTo(Duration.ofMillis(300));
        assertThat(retransmit.delay(1)).isEqualTo(Duration.ofMillis(600));
        assertThat(retransmit.delay(2)).isEqualTo(Duration.ofSeconds(1));
        assertThat(retransmit.delay(8)).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void theRolloverIsThatOfThePolicyUnlessTheClientAsks() {
        NegotiationPolicy toOne = new NegotiationPolicy(1468, 16, RetransmitPolicy.DEFAULT, BlockRollover.TO_ONE, true);
        assertThat(OptionNegotiation.forWrite(List.of(), toOne).rollover()).isEqualTo(BlockRollover.TO_ONE);
        assertThat(OptionNegotiation.forWrite(List.of(options("RollOver", "0")), toOne))
                .isEqualTo(new TransferTerms(
                        512, 1, RetransmitPolicy.DEFAULT, BlockRollover.TO_ZERO, List.of(options("RollOver", "0"))));
        assertThat(negotiate("rollover", "1").rollover()).isEqualTo(BlockRollover.TO_ONE);
    }

    @Test
    void aWindowOfAWholeTurnIsNotGranted() {
        NegotiationPolicy generous = new NegotiationPolicy(1468, 65535, RetransmitPolicy.DEFAULT);
        assertThat(OptionNegotiation.forWrite(List.of(options("windowsize", "65535")), generous)
                        .acknowledged())
                .containsExactly(options("windowsize", "65534"));
    }

    @Test
    void ofAWriteTheAnnouncedSizeIsEchoed() {
        TransferTerms terms =
                OptionNegotiation.forWrite(List.of(options("tsize", "12345", "blksize", "9000", "TSIZE", "6")), POLICY);
        assertThat(terms.acknowledged()).containsExactly(options("tsize", "12345", "blksize", "1468"));
        assertThat(OptionNegotiation.announcedSize(terms.acknowledged())).hasValue(12345);
        assertThat(OptionNegotiation.announcedSize(List.of(options("tsize", "many"))))
                .isEmpty();
    }

    @Test
    void aClientThatFailsOnOacksGetsNone() {
        NegotiationPolicy disabled =
                new NegotiationPolicy(1468, 16, RetransmitPolicy.DEFAULT, BlockRollover.TO_ZERO, false);
        TransferTerms plain = TransferTerms.plain(RetransmitPolicy.DEFAULT);
        List<TftpOption> asked = List.of(options("blksize", "1024", "tsize", "5", "timeout", "3", "rollover", "1"));
        assertThat(OptionNegotiation.forWrite(asked, disabled)).isEqualTo(plain);
        assertThat(OptionNegotiation.forRead(asked, new TransferSize(5), disabled))
                .isEqualTo(plain);
    }

    @Test
    void limitsOutsideTheRfcsAreRefusedWithTheFix() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new NegotiationPolicy(70000, 16, RetransmitPolicy.DEFAULT))
                .withMessageContaining("70000; expected 8 to 65464");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new NegotiationPolicy(1468, 0, RetransmitPolicy.DEFAULT))
                .withMessageContaining("0; expected 1 to 65535");
    }

    private static TransferTerms negotiate(String... namesAndValues) {
        return OptionNegotiation.forRead(List.of(options(namesAndValues)), new TransferSize(7777), POLICY);
    }

    private static TftpOption[] options(String... namesAndValues) {
        List<TftpOption> options = new ArrayList<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            options.add(new TftpOption(namesAndValues[i], namesAndValues[i + 1]));
        }
        return options.toArray(TftpOption[]::new);
    }
}
