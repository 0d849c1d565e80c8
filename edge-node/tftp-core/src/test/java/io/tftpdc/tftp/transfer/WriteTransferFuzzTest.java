package io.tftpdc.tftp.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.tftpdc.tftp.packet.TftpPacket;
import io.tftpdc.tftp.transfer.WriteState.Aborted;
import io.tftpdc.tftp.transfer.WriteState.Committing;
import io.tftpdc.tftp.transfer.WriteState.Completed;
import io.tftpdc.tftp.transfer.WriteState.Dallying;
import io.tftpdc.tftp.transfer.WriteState.Receiving;

/**
 * The promises of {@link WriteTransferProperties} under inputs that a fuzzer chooses. As a test it replays the scripts in
 * {@code WriteTransferFuzzTestInputs}; {@code JAZZER_FUZZ=1} looks for new ones.
 */
class WriteTransferFuzzTest {

    @FuzzTest(maxDuration = "60s")
    void keepsItsPromisesAndEnds(byte[] bytes) {
        FuzzScript script = new FuzzScript(bytes);
        FuzzScript.Setting setting = script.setting();
        long mostBytes = setting.size().known() ? setting.size().bytes() : Long.MAX_VALUE;
        Step<WriteState> step = WriteTransfer.start(setting.terms(), mostBytes);
        while (script.hasMore()) {
            WriteState before = step.next();
            Input input = script.input(setting.terms(), near(before));
            step = WriteTransfer.step(before, input);
            WriteTransferProperties.checkPromises(before, input, step);
            checkFastPath(before, input, step);
        }
        WriteState last = WriteTransfer.step(step.next(), new Input.Committed()).next();
        for (int i = 0; i <= Lockstep.TWO_RETRIES.mostRetries(); i++) {
            last = WriteTransfer.step(last, new Input.TimerFired(false)).next();
        }
        assertThat(last).as("a silent client is given up").isInstanceOfAny(Completed.class, Aborted.class);
    }

    private static void checkFastPath(WriteState before, Input input, Step<WriteState> step) {
        if (before instanceof Receiving receiving
                && input instanceof Input.PacketReceived received
                && received.packet() instanceof TftpPacket.Data data) {
            SteadyWrite steady = new SteadyWrite(receiving.terms());
            if (steady.enter(receiving)
                    && steady.received(data.block().value(), data.payload().remaining())) {
                assertThat(steady.state()).isEqualTo(step.next());
            }
        }
    }

    private static long near(WriteState state) {
        return switch (state) {
            case Receiving receiving -> receiving.accepted() + 1;
            case Committing committing -> committing.lastBlock();
            case Dallying dallying -> dallying.lastBlock();
            case Completed over -> 0;
            case Aborted over -> 0;
        };
    }
}
