package io.tftpdc.client;

import java.util.List;
import java.util.Map;

/**
 * Where a client is sent, as the admin API tells it.
 *
 * @param client its address
 * @param site the nearest
 * @param subnet by which that is known, empty for a client of no subnet
 * @param edges the best first
 */
public record PlacedClient(String client, String site, String subnet, List<Edge> edges) {

    /**
     * @param live whether it serves, as far as is known
     * @param standing {@code live}, {@code full}, {@code starting} or {@code silent}
     * @param load share of its capacity in use
     * @param ageMillis since it was heard from
     * @param stalenessMillis since it had all that Kafka has, -1 if never
     * @param addresses {@code host:port} by protocol
     * @param why it is where it is in the list
     */
    public record Edge(
            String site,
            String node,
            boolean live,
            String standing,
            String state,
            double load,
            long ageMillis,
            long stalenessMillis,
            Map<String, String> addresses,
            String why) {}
}
