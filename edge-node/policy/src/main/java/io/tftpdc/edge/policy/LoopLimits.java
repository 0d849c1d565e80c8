package io.tftpdc.edge.policy;

import io.tftpdc.event.Tenant;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * {@link RequestLimits} for one event loop, which also keeps the loop's tickets of clients that have not answered yet,
 * oldest first: when there are too many, or no transfer of a tenant is left, the oldest is given up for the newest, as a table of
 * half-open TCP connections does. An honest client answers within a round trip and leaves the list, so only those who
 * never answer grow old in it. Used by that loop alone.
 */
public final class LoopLimits {
    /** For one that begins: one to make room for it, one to give back what the loop has beyond its share. */
    private static final int MOST_GIVEN_UP = 2;

    private final RequestLimits shared;
    private final int loops;
    private final Consumer<Verdict> dropped;
    private final Set<Ticket> unanswered = new LinkedHashSet<>();
    private final DropLog log;
    private final Map<Tenant, Set<Ticket>> unansweredOfTenant = new HashMap<>();

    LoopLimits(RequestLimits shared, int loops, Consumer<Verdict> dropped, DropLog log) {
        this.shared = shared;
        this.loops = loops;
        this.dropped = dropped;
        this.log = log;
    }

    /** Whether a request from this client may be looked at; tells the listener when not. */
    public boolean admitsRequest(InetAddress client, long now) {
        ClientAddress address = ClientAddress.of(client);
        Verdict verdict = shared.request(address, now);
        if (!verdict.admits()) {
            logged(address, verdict, now);
        }
        return told(verdict);
    }

    /** Whether an error message may go to this client; tells the listener when not. */
    public boolean admitsError(InetAddress client, long now) {
        return told(shared.error(ClientAddress.of(client), now));
    }

    private boolean told(Verdict verdict) {
        if (!verdict.admits()) {
            dropped.accept(verdict);
        }
        return verdict.admits();
    }

    /** A place for one more transfer, to be closed when it is over; empty, with the listener told, when there is none. */
    public Optional<Ticket> open(InetAddress client, Tenant tenant, long now) {
        ClientAddress address = ClientAddress.of(client);
        Set<Ticket> ofTenant = unansweredOfTenant.computeIfAbsent(tenant, unseen -> new LinkedHashSet<>());
        if (!shared.takeSlot() && !(giveUpOldest(unanswered) && shared.takeSlot())) {
            return refused(Verdict.BUSY);
        }
        if (!shared.takeOfTenant(tenant)
                && !(shared.oneLessWouldDo(tenant) && giveUpOldest(ofTenant) && shared.takeOfTenant(tenant))) {
            shared.releaseSlot();
            return refused(Verdict.TENANT_TRANSFERS);
        }
        // Asked once: other limits may come into force in between, and what was counted must be given back.
        boolean exempt = shared.isExempt(address);
        Verdict verdict = exempt ? Verdict.KNOWN : shared.open(address, now);
        if (!verdict.admits()) {
            shared.releaseOfTenant(tenant);
            shared.releaseSlot();
            logged(address, verdict, now);
            return refused(verdict);
        }
        boolean counted = verdict != Verdict.KNOWN;
        Ticket ticket = new Ticket(this, exempt ? null : address, tenant, counted);
        if (counted) {
            makeRoomForUnanswered();
            shared.countUnanswered();
            unanswered.add(ticket);
            ofTenant.add(ticket);
        }
        return Optional.of(ticket);
    }

    private void logged(ClientAddress client, Verdict verdict, long now) {
        if (DropLog.isOfSubnet(verdict)) {
            log.log(shared.networkOf(client), verdict, now);
        } else if (DropLog.isOfClient(verdict)) {
            log.log(client, verdict, now);
        }
    }

    private Optional<Ticket> refused(Verdict verdict) {
        dropped.accept(verdict);
        return Optional.empty();
    }

    /**
     * Clients spread unevenly over the loops, so a loop may have more than an even share as long as there is room in all.
     * A loop below its share gives up none of its own, even when others have taken the room: these give back what is too
     * much, one for each that they begin.
     */
    private void makeRoomForUnanswered() {
        int most = shared.mostUnanswered();
        int share = Math.max(1, most / loops);
        for (int i = 0; i < MOST_GIVEN_UP && shared.unanswered() >= most && unanswered.size() >= share; i++) {
            giveUpOldest(unanswered);
        }
    }

    /** False when this loop has none. */
    private boolean giveUpOldest(Set<Ticket> tickets) {
        Iterator<Ticket> oldestFirst = tickets.iterator();
        if (!oldestFirst.hasNext()) {
            return false;
        }
        dropped.accept(Verdict.UNANSWERED);
        oldestFirst.next().giveUp();
        return true;
    }

    /** Told by a ticket. */
    void dropRepeat() {
        dropped.accept(Verdict.REPEATS);
    }

    int firstReplyRepeats() {
        return shared.firstReplyRepeats();
    }

    void answered(Ticket ticket, @Nullable ClientAddress address, Tenant tenant, long now) {
        uncount(ticket, tenant);
        if (address != null) {
            shared.answered(address, ticket.counted(), now);
        }
    }

    void closed(Ticket ticket, @Nullable ClientAddress address, Tenant tenant) {
        uncount(ticket, tenant);
        if (address != null) {
            shared.close(address, ticket.counted());
        }
        shared.releaseOfTenant(tenant);
        shared.releaseSlot();
    }

    private void uncount(Ticket ticket, Tenant tenant) {
        if (ticket.counted()) {
            unanswered.remove(ticket);
            Set<Ticket> ofTenant = unansweredOfTenant.get(tenant);
            if (ofTenant != null) {
                ofTenant.remove(ticket);
            }
            shared.uncountUnanswered();
        }
    }
}
