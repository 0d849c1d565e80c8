package io.tftpdc.placement;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The addresses that begin with the same bits, such as {@code 10.1.0.0/16}. An IPv4 address that is mapped into IPv6
 * counts as the IPv4 address that it is.
 */
public final class Subnet {
    /** Only digits, so that parsing never asks a name server; no zone, which means nothing on another machine. */
    private static final Pattern LITERAL = Pattern.compile("[0-9]+(\\.[0-9]+){3}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

    private final byte[] network;
    private final int bits;

    private Subnet(byte[] network, int bits) {
        this.network = network;
        this.bits = bits;
    }

    /**
     * The network of so many bits that the address is in.
     *
     * @throws IllegalArgumentException if the address has fewer bits
     */
    public static Subnet of(InetAddress address, int bits) {
        byte[] network = address.getAddress();
        if (bits < 0 || bits > network.length * 8) {
            throw new IllegalArgumentException(
                    "prefix length is " + bits + "; expected 0 to " + network.length * 8 + " for " + address);
        }
        for (int i = 0; i < network.length; i++) {
            int kept = Math.clamp(bits - 8L * i, 0, 8);
            network[i] &= (byte) (0xFF00 >> kept);
        }
        return new Subnet(network, bits);
    }

    /**
     * Bits beyond the prefix are taken for a slip of the pen, which would otherwise make a range that nobody meant.
     *
     * @param text such as {@code 10.1.0.0/16}, {@code 2001:db8::/32} or a single address
     * @throws IllegalArgumentException saying what was expected
     */
    public static Subnet parse(String text) {
        int slash = text.indexOf('/');
        InetAddress address;
        Subnet subnet;
        try {
            address = address(slash < 0 ? text : text.substring(0, slash));
            subnet = of(
                    address, slash < 0 ? address.getAddress().length * 8 : Integer.parseInt(text.substring(slash + 1)));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "subnet is '" + text + "'; expected for example 10.1.0.0/16, 2001:db8::/32 or 192.0.2.7", e);
        }
        if (!Arrays.equals(subnet.network, address.getAddress())) {
            throw new IllegalArgumentException("subnet is '" + text + "', whose address has bits beyond its "
                    + subnet.bits + "; write " + subnet + " or a longer prefix");
        }
        return subnet;
    }

    /**
     * An address from its digits; never asks a name server.
     *
     * @throws IllegalArgumentException saying what was expected
     */
    public static InetAddress address(String text) {
        try {
            if (LITERAL.matcher(text).matches()) {
                return InetAddress.getByName(text);
            }
        } catch (UnknownHostException e) {
            throw notAnAddress(text, e);
        }
        throw notAnAddress(text, null);
    }

    private static IllegalArgumentException notAnAddress(String text, @Nullable Throwable cause) {
        return new IllegalArgumentException(
                "address is '" + text + "'; expected an IPv4 or IPv6 address such as 10.1.2.3 or 2001:db8::7", cause);
    }

    /** How many bits of the address count. */
    public int bits() {
        return bits;
    }

    /** Whether it is made of IPv4 addresses. */
    public boolean isIpv4() {
        return network.length == 4;
    }

    /** The first address. */
    public InetAddress address() {
        try {
            return InetAddress.getByAddress(network);
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    public boolean contains(InetAddress address) {
        return address.getAddress().length == network.length && equals(of(address, bits));
    }

    /** One bit of the network, the first one being 0. */
    boolean bit(int index) {
        return (network[index / 8] >> (7 - index % 8) & 1) == 1;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Subnet subnet && subnet.bits == bits && Arrays.equals(subnet.network, network);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(network) + bits;
    }

    @Override
    public String toString() {
        return address().getHostAddress() + "/" + bits;
    }
}
