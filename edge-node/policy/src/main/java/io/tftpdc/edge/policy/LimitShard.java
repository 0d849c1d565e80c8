package io.tftpdc.edge.policy;

/**
 * The clients of some networks, and those networks. A client and its network are always in the same shard, so that one
 * lock is enough for both; it is held for well under a microsecond.
 */
final class LimitShard {

    /** Settings with the arithmetic done once. */
    record Prepared(
            LimitSettings settings,
            Rate clientRequests,
            Rate subnetRequests,
            Rate clientErrors,
            Rate subnetErrors,
            Rate errors,
            long knownNanos) {
        static Prepared of(LimitSettings settings) {
            return new Prepared(
                    settings,
                    Rate.of(settings.requestsPerClient(), settings.burst()),
                    Rate.of(settings.requestsPerSubnet(), settings.burst()),
                    Rate.of(settings.errorsPerClient(), settings.burst()),
                    Rate.of(settings.errorsPerSubnet(), settings.burst()),
                    Rate.of(settings.errors(), settings.burst()),
                    LimitSettings.KNOWN_FOR.toNanos());
        }
    }

    private final Ledger clients;
    private final Ledger subnets;

    LimitShard(int clientCapacity, int subnetCapacity, long seed) {
        this.clients = new Ledger(clientCapacity, seed);
        this.subnets = new Ledger(subnetCapacity, seed);
    }

    /** A request has come; takes a token from the client and from its network, or from neither. */
    synchronized Verdict request(long high, long low, long networkHigh, long networkLow, Prepared limits, long now) {
        int client = clients.place(high, low, now);
        int subnet = subnets.place(networkHigh, networkLow, now);
        if (client == Ledger.NONE || subnet == Ledger.NONE) {
            return Verdict.BUSY;
        }
        if (!clients.allowsRequest(client, limits.clientRequests(), now)) {
            return Verdict.CLIENT_RATE;
        }
        if (!subnets.allowsRequest(subnet, limits.subnetRequests(), now)) {
            return Verdict.SUBNET_RATE;
        }
        clients.takeRequest(client, limits.clientRequests(), now);
        subnets.takeRequest(subnet, limits.subnetRequests(), now);
        return Verdict.ADMITTED;
    }

    /** An error message is to be sent. */
    synchronized Verdict error(long high, long low, long networkHigh, long networkLow, Prepared limits, long now) {
        int client = clients.place(high, low, now);
        int subnet = subnets.place(networkHigh, networkLow, now);
        if (client == Ledger.NONE
                || subnet == Ledger.NONE
                || !clients.allowsError(client, limits.clientErrors(), now)
                || !subnets.allowsError(subnet, limits.subnetErrors(), now)) {
            return Verdict.ERROR_RATE;
        }
        clients.takeError(client, limits.clientErrors(), now);
        subnets.takeError(subnet, limits.subnetErrors(), now);
        return Verdict.ADMITTED;
    }

    /** A transfer is to begin; counts it when it may. */
    synchronized Verdict open(long high, long low, long networkHigh, long networkLow, Prepared limits, long now) {
        LimitSettings settings = limits.settings();
        int client = clients.place(high, low, now);
        int subnet = subnets.place(networkHigh, networkLow, now);
        if (client == Ledger.NONE || subnet == Ledger.NONE) {
            return Verdict.BUSY;
        }
        if (clients.transfers(client) >= settings.transfersPerClient()) {
            return Verdict.CLIENT_TRANSFERS;
        }
        if (subnets.transfers(subnet) >= settings.transfersPerSubnet()) {
            return Verdict.SUBNET_TRANSFERS;
        }
        boolean known = clients.known(client, now);
        if (!known && clients.unanswered(client) >= settings.unansweredPerClient()) {
            return Verdict.CLIENT_UNANSWERED;
        }
        if (!known && subnets.unanswered(subnet) >= settings.unansweredPerSubnet()) {
            return Verdict.SUBNET_UNANSWERED;
        }
        clients.begin(client, !known);
        subnets.begin(subnet, !known);
        return known ? Verdict.KNOWN : Verdict.ADMITTED;
    }

    /** The client of a transfer that was admitted has answered. */
    synchronized void answered(
            long high, long low, long networkHigh, long networkLow, boolean counted, long knownUntil) {
        int client = clients.find(high, low);
        clients.knownUntil(client, knownUntil);
        if (counted) {
            clients.answered(client);
            subnets.answered(subnets.find(networkHigh, networkLow));
        }
    }

    /** A transfer that was admitted is over. */
    synchronized void close(long high, long low, long networkHigh, long networkLow, boolean stillCounted) {
        clients.end(clients.find(high, low), stillCounted);
        subnets.end(subnets.find(networkHigh, networkLow), stillCounted);
    }

    synchronized int clients() {
        return clients.size();
    }

    synchronized int subnets() {
        return subnets.size();
    }
}
