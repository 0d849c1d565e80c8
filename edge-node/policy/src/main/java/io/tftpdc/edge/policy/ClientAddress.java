package io.tftpdc.edge.policy;

import java.net.InetAddress;

/**
 * An address as two numbers, so that tables of them need no objects. An IPv4 address is the IPv6 one that maps it, which
 * no packet can come from.
 *
 * @param high the first 64 bits
 * @param low the last 64 bits
 */
record ClientAddress(long high, long low) {
    private static final int BITS = 128;
    private static final int IPV4_BITS = 32;
    private static final long MAPPED = 0xFFFFL << IPV4_BITS;

    static ClientAddress of(InetAddress address) {
        byte[] bytes = address.getAddress();
        return bytes.length == 4
                ? new ClientAddress(0, MAPPED | number(bytes, 0, 4))
                : new ClientAddress(number(bytes, 0, 8), number(bytes, 8, 8));
    }

    private static long number(byte[] bytes, int from, int count) {
        long number = 0;
        for (int i = from; i < from + count; i++) {
            number = number << 8 | (bytes[i] & 0xFF);
        }
        return number;
    }

    boolean isIpv4() {
        return high == 0 && low >>> IPV4_BITS == 0xFFFF;
    }

    /** The first 64 bits of the network that holds this address. */
    long networkHigh(int ipv4Bits, int ipv6Bits) {
        return isIpv4() ? 0 : high & maskHigh(ipv6Bits);
    }

    /** The last 64 bits of the network that holds this address. */
    long networkLow(int ipv4Bits, int ipv6Bits) {
        return low & maskLow(isIpv4() ? BITS - IPV4_BITS + ipv4Bits : ipv6Bits);
    }

    private static long maskHigh(int bits) {
        return bits >= 64 ? -1 : bits == 0 ? 0 : -1L << (64 - bits);
    }

    private static long maskLow(int bits) {
        return bits <= 64 ? 0 : -1L << (BITS - bits);
    }

    /** The addresses whose bits under the mask are these. */
    record Range(long high, long low, long maskHigh, long maskLow) {

        static Range of(Cidr cidr) {
            ClientAddress address = ClientAddress.of(cidr.address());
            int bits = cidr.bits() + (address.isIpv4() ? BITS - IPV4_BITS : 0);
            long maskHigh = ClientAddress.maskHigh(bits);
            long maskLow = ClientAddress.maskLow(bits);
            return new Range(address.high & maskHigh, address.low & maskLow, maskHigh, maskLow);
        }

        boolean contains(ClientAddress address) {
            return (address.high & maskHigh) == high && (address.low & maskLow) == low;
        }
    }
}
