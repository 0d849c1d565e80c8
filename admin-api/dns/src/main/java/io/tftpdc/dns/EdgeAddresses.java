package io.tftpdc.dns;

import io.tftpdc.placement.Endpoints;
import io.tftpdc.placement.Placement;
import io.tftpdc.placement.Placement.Choice;
import io.tftpdc.placement.Placement.Standing;
import java.net.InetAddress;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The addresses that an answer names. Resolvers and clients take any of them, so they all are as near and as healthy as
 * the best one: another site is named only when the near one has nothing. That holds over both families, too: where the
 * near site has no IPv6, there is no AAAA of a far one, which a client with both would prefer.
 *
 * @param certain whether they will serve, as far as is known
 * @param all of both families, the best first
 */
record EdgeAddresses(boolean certain, Set<InetAddress> all) {
    private static final String PROTOCOL = "tftp";

    static EdgeAddresses of(Placement.Order order, int most) {
        List<Choice> usable = order.choices().stream()
                .filter(choice -> choice.standing() != Standing.STARTING && choice.standing() != Standing.REFUSING)
                .filter(choice ->
                        !Endpoints.hosts(choice.node().report(), PROTOCOL).isEmpty())
                .toList();
        Set<InetAddress> addresses = new LinkedHashSet<>();
        if (usable.isEmpty()) {
            return new EdgeAddresses(false, addresses);
        }
        Choice best = usable.get(0);
        usable.stream()
                .filter(choice -> alike(best, choice))
                .limit(most)
                .forEach(
                        choice -> addresses.addAll(Endpoints.hosts(choice.node().report(), PROTOCOL)));
        return new EdgeAddresses(best.live(), addresses);
    }

    private static boolean alike(Choice best, Choice other) {
        return best.standing() == other.standing()
                && best.distance() == other.distance()
                && best.node().report().state().equals(other.node().report().state());
    }
}
