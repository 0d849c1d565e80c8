package io.tftpdc.admin.tenants;

import io.tftpdc.admin.ReadBack;
import io.tftpdc.event.ConfigEvent;
import io.tftpdc.event.ConfigEvent.TenantDefined;
import io.tftpdc.event.Tenant;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The tenants that there are: the configuration events, folded. Of two definitions of a tenant the greater stamp counts,
 * so every site comes to the same answer. Any thread.
 */
public final class TenantDirectory {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final TreeMap<Tenant, TenantDefined> tenants = new TreeMap<>();

    public void apply(ConfigEvent event) {
        switch (event) {
            case TenantDefined defined -> merge(defined);
            case ConfigEvent.SiteForgotten another -> {}
            case ConfigEvent.SettingChanged setting -> {}
            case ConfigEvent.UnknownConfigEvent unknown -> {}
        }
    }

    /** Before all is told again. */
    public void clear() {
        lock.lock();
        try {
            tenants.clear();
        } finally {
            lock.unlock();
        }
    }

    public Optional<TenantDefined> find(Tenant tenant) {
        lock.lock();
        try {
            return Optional.ofNullable(tenants.get(tenant));
        } finally {
            lock.unlock();
        }
    }

    /** In the order of their names. */
    public List<TenantDefined> all() {
        lock.lock();
        try {
            return List.copyOf(tenants.values());
        } finally {
            lock.unlock();
        }
    }

    /** Waits until a definition, or a greater one of the same tenant, has been read back from Kafka. */
    public boolean await(TenantDefined definition, Duration timeout) throws InterruptedException {
        lock.lock();
        try {
            return ReadBack.await(changed, () -> hasReached(definition), timeout);
        } finally {
            lock.unlock();
        }
    }

    private boolean hasReached(TenantDefined definition) {
        TenantDefined known = tenants.get(definition.tenant());
        return known != null
                && known.envelope().stamp().compareTo(definition.envelope().stamp()) >= 0;
    }

    private void merge(TenantDefined defined) {
        lock.lock();
        try {
            tenants.merge(
                    defined.tenant(),
                    defined,
                    (known, other) ->
                            known.envelope().stamp().compareTo(other.envelope().stamp()) >= 0 ? known : other);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
