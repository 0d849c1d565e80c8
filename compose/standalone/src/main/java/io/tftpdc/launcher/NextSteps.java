package io.tftpdc.launcher;

import java.util.List;

/** What the launcher suggests to type once the system runs. */
final class NextSteps {

    private NextSteps() {}

    static List<String> of(StandaloneOptions options) {
        StandaloneOptions.Ports ports = options.ports();
        String control = "http://" + Addresses.hostPort(options.localControlHost(), ports.http());
        String device = Addresses.isWildcard(options.listenHost()) ? "localhost" : options.listenHost();
        boolean usual = control.equals("http://127.0.0.1:8080");
        return List.of(
                "",
                "Fetch a file      curl tftp://" + Addresses.hostPort(device, ports.tftp()) + "/" + SeedFile.PATH,
                "Publish one       kcat -P -b " + Addresses.hostPort(options.advertisedHost(), ports.kafka())
                        + " -t tftp.publish.default -k boot/firmware.bin"
                        + " -X message.max.bytes=33554432 FILE",
                "                  curl -T FILE " + control + "/api/v1/tenants/default/files/boot/firmware.bin",
                "                  compose/tftpdc publish FILE" + (usual ? "" : " --url " + control),
                "Look around       " + control + "/",
                "Stop              Ctrl-C",
                "");
    }
}
