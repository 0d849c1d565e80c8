package io.tftpdc.launcher;

import java.util.List;

/** What the launcher suggests to type once the system runs. */
final class NextSteps {

    private NextSteps() {}

    static List<String> of(StandaloneOptions options) {
        StandaloneOptions.Ports ports = options.ports();
        String control = options.controlHost();
        return List.of(
                "",
                "Fetch a file      curl tftp://localhost:" + ports.tftp() + "/" + SeedFile.PATH,
                "Publish one       kcat -P -b " + control + ":" + ports.kafka()
                        + " -t tftp.publish.default -k boot/firmware.bin"
                        + " -X message.max.bytes=33554432 FILE",
                "                  curl -T FILE http://" + control + ":" + ports.http()
                        + "/api/v1/tenants/default/files/boot/firmware.bin",
                "                  compose/tftpdc publish FILE"
                        + (ports.equals(StandaloneOptions.Ports.DEFAULTS)
                                ? ""
                                : " --server http://" + control + ":" + ports.http()),
                "Look around       http://" + control + ":" + ports.http() + "/",
                "Stop              Ctrl-C",
                "");
    }
}
