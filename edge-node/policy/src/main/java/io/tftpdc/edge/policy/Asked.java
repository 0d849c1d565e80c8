package io.tftpdc.edge.policy;

import io.tftpdc.tftp.packet.TftpOption;
import java.net.InetAddress;
import java.util.List;

/**
 * What a client asks for.
 *
 * @param client its address
 * @param called the local address it called; a wildcard address when the kernel does not tell
 * @param name as it wrote it
 * @param options in the order asked
 */
public record Asked(
        InetAddress client, InetAddress called, Operation operation, String name, List<TftpOption> options) {
    public Asked {
        options = List.copyOf(options);
    }
}
