package io.tftpdc.mirror;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Keeps the pull from one peer below its bandwidth: MirrorMaker's consumer hands over what came, and waits here until so
 * much may have come. While it waits it asks for nothing more, so the link carries no more either. All consumers of a
 * link share one account, which is why it is kept outside of the interceptors, which Kafka makes itself.
 *
 * <p>Needs no right and no setting at the peer, other than Kafka's quotas (docs/adr/0010-bandwidth-of-a-link.md).
 */
public final class LinkPace implements ConsumerInterceptor<byte[], byte[]> {
    static final String LINK = "tftpdc.link";
    static final String RATE = "tftpdc.bytes.per.second";

    /** What a record and its part of the batch cost beside key, value and headers, about. */
    private static final int OVERHEAD = 20;

    /** By link and rate; there are as many as links, and they cost nothing when no longer used. */
    private static final Map<String, Account> ACCOUNTS = new ConcurrentHashMap<>();

    private Account account = new Account(Long.MAX_VALUE, System::nanoTime);

    @Override
    public void configure(Map<String, ?> configs) {
        long rate = Long.parseLong(String.valueOf(configs.get(RATE)));
        account = ACCOUNTS.computeIfAbsent(configs.get(LINK) + " " + rate, link -> new Account(rate, System::nanoTime));
    }

    @Override
    public ConsumerRecords<byte[], byte[]> onConsume(ConsumerRecords<byte[], byte[]> records) {
        long bytes = 0;
        for (ConsumerRecord<byte[], byte[]> record : records) {
            bytes += OVERHEAD + Math.max(0, record.serializedKeySize()) + Math.max(0, record.serializedValueSize());
        }
        long until = account.spend(bytes);
        for (long wait = until - System.nanoTime(); wait > 0; wait = until - System.nanoTime()) {
            if (Thread.currentThread().isInterrupted()) {
                break;
            }
            LockSupport.parkNanos(wait);
        }
        return records;
    }

    @Override
    public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {
        // MirrorMaker keeps its positions itself.
    }

    @Override
    public void close() {
        // The account outlives its users: who starts anew goes on with what was spent.
    }

    /** What a link may still carry: a debt that is paid off at its rate. Thread-safe. */
    static final class Account {
        private final double nanosPerByte;
        private final LongSupplier nanoTime;
        private long paidAt;

        Account(long bytesPerSecond, LongSupplier nanoTime) {
            this.nanosPerByte = 1e9 / bytesPerSecond;
            this.nanoTime = nanoTime;
            this.paidAt = nanoTime.getAsLong();
        }

        /** Spends, and says when, in nanoseconds of the clock, that is paid; a link that was idle saves nothing up. */
        synchronized long spend(long bytes) {
            long now = nanoTime.getAsLong();
            paidAt = (paidAt - now > 0 ? paidAt : now) + (long) (bytes * nanosPerByte);
            return paidAt;
        }
    }
}
