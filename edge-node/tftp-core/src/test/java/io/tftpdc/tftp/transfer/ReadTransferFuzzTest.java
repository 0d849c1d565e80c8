package io.tftpdc.tftp.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.tftpdc.tftp.packet.TftpPacket;
import io.tftpdc.tftp.transfer.ReadState.Aborted;
import io.tftpdc.tftp.transfer.ReadState.AwaitingOptionAck;
import io.tftpdc.tftp.transfer.ReadState.Completed;
import io.tftpdc.tftp.transfer.ReadState.SendingWindow;
import java.util.List;

/**
 * The promises of {@link ReadTransferProperties} under inputs that a fuzzer chooses. As a test it replays the scripts in
 * {@code ReadTransferFuzzTestInputs}; {@code JAZZER_FUZZ=1} looks for new ones.
 */
class ReadTransferFuzzTest {

    @FuzzTest(maxDuration = "60s")
    void keepsItsPromisesAndEnds(byte[] bytes) {
        FuzzScript script = new FuzzScript(bytes);
        FuzzScript.Setting setting = script.setting();
        Step<ReadState> step = ReadTransfer.start(setting.terms(), setting.size());
        while (script.hasMore()) {
            ReadState before = step.next();
            Input input = script.input(setting.terms(), near(before));
            step = ReadTransfer.step(before, input);
            ReadTransferProperties.checkPromises(before, input, step);
            checkFastPath(before, input, step);
        }
        ReadState last = step.next();
        for (int i = 0; i <= Lockstep.TWO_RETRIES.mostRetries(); i++) {
            last = ReadTransfer.step(last, new Input.TimerFired(false)).next();
        }
        assertThat(last).as("a silent client is given up").isInstanceOfAny(Completed.class, Aborted.class);
    }

    private static void checkFastPath(ReadState before, Input input, Step<ReadState> step) {
        if (before instanceof SendingWindow sending
                && input instanceof Input.PacketReceived received
                && received.packet() instanceof TftpPacket.Ack ack) {
            SteadyRead steady = new SteadyRead(sending.terms());
            steady.enter(sending);
            if (steady.acknowledged(ack.block().value())) {
                assertThat(steady.state()).isEqualTo(step.next());
                assertThat(step.actions())
                        .isEqualTo(
                                List.of(new Action.SendBlocks(steady.first(), steady.last()), new Action.ArmTimer(0)));
            }
        }
    }

    private static long near(ReadState state) {
        return switch (state) {
            case SendingWindow sending -> sending.sent();
            case AwaitingOptionAck awaiting -> 0;
            case Completed over -> 0;
            case Aborted over -> 0;
        };
    }
}
