package io.tftpdc.placement;

import java.net.InetAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Subnets and what they stand for, one bit a level: the deepest one on an address's way down is its longest match.
 *
 * <p>Where the way ends tells more than the match: all addresses that share the way so far have the same match, which is
 * what a DNS answer's scope (RFC 7871) has to say. Filled by one thread, then read by any.
 */
final class SubnetTrie<T> {
    private final Node<T> ipv4 = new Node<>();
    private final Node<T> ipv6 = new Node<>();

    /** A bit string, and what it stands for where it is a subnet itself. */
    private static final class Node<T> {
        private @Nullable Node<T> zero;
        private @Nullable Node<T> one;
        private @Nullable Subnet subnet;
        private @Nullable T value;

        @Nullable
        Node<T> next(boolean bit) {
            return bit ? one : zero;
        }

        boolean isLeaf() {
            return zero == null && one == null;
        }
    }

    /**
     * @param longest the longest subnet with the address in it, and what it stands for
     * @param scope of all addresses for which {@code longest} is the same, the widest network with this one in it: its
     *     bits
     */
    record Found<T>(Optional<Match<T>> longest, int scope) {}

    record Match<T>(Subnet subnet, T value) {}

    /** @return what the subnet stood for before */
    Optional<T> put(Subnet subnet, T value) {
        Node<T> node = subnet.isIpv4() ? ipv4 : ipv6;
        for (int i = 0; i < subnet.bits(); i++) {
            boolean bit = subnet.bit(i);
            Node<T> next = node.next(bit);
            if (next == null) {
                next = new Node<>();
                if (bit) {
                    node.one = next;
                } else {
                    node.zero = next;
                }
            }
            node = next;
        }
        Optional<T> before = Optional.ofNullable(node.value);
        node.subnet = subnet;
        node.value = value;
        return before;
    }

    Found<T> find(InetAddress address) {
        int length = address.getAddress().length * 8;
        Subnet host = Subnet.of(address, length);
        Node<T> node = host.isIpv4() ? ipv4 : ipv6;
        Optional<Match<T>> longest = Optional.empty();
        for (int depth = 0; ; depth++) {
            if (node.subnet != null && node.value != null) {
                longest = Optional.of(new Match<>(node.subnet, node.value));
            }
            if (node.isLeaf()) {
                return new Found<>(longest, depth);
            }
            Node<T> next = node.next(host.bit(depth));
            if (next == null) {
                // The next bit is what keeps it out of the subnets on the other side.
                return new Found<>(longest, depth + 1);
            }
            node = next;
        }
    }
}
