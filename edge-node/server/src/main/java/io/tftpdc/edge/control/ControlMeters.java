package io.tftpdc.edge.control;

import io.tftpdc.runtime.DefinedMeter;
import io.tftpdc.runtime.MeterDefinition;

/** Every meter of what operators change while the node runs. */
public enum ControlMeters implements DefinedMeter {
    SETTINGS(MeterDefinition.gauge("tftpdc.edge.settings", "Settings in force that operators made at run time")),
    REJECTED(MeterDefinition.counter(
            "tftpdc.edge.settings.rejected", "Records of tftp.config-events that were no good and changed nothing")),
    PROBLEM(MeterDefinition.gauge(
            "tftpdc.edge.settings.problem",
            "1 while a setting is left out because it does not go together with the others, or settings cannot be used or"
                    + " kept; otherwise 0"));

    private final MeterDefinition definition;

    ControlMeters(MeterDefinition definition) {
        this.definition = definition;
    }

    @Override
    public MeterDefinition definition() {
        return definition;
    }
}
