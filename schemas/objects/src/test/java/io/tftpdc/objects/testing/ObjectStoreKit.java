package io.tftpdc.objects.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.tftpdc.event.ObjectLocation;
import io.tftpdc.event.Tenant;
import io.tftpdc.objects.ObjectInfo;
import io.tftpdc.objects.ObjectStore;
import io.tftpdc.objects.ObjectStoreConfig;
import io.tftpdc.objects.ObjectStoreException;
import io.tftpdc.objects.ObjectStoreException.Kind;
import io.tftpdc.objects.ObjectStores;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What every store does, whoever made it; authors of plugins extend it. */
public abstract class ObjectStoreKit {

    /** Puts an object where {@link #config} has its url. */
    protected abstract void put(String key, byte[] bytes) throws IOException;

    /** With the right to read, and named {@code tested}. */
    protected abstract ObjectStoreConfig config();

    /** The same, with credentials that the store does not take. */
    protected abstract ObjectStoreConfig withoutRights();

    private ObjectLocation at(String key) {
        return new ObjectLocation(config().url() + key);
    }

    @Test
    void anObjectIsDescribedAndReadPieceByPiece() throws IOException {
        byte[] bytes = bytes(10_000);
        put("dir/described.bin", bytes);
        try (ObjectStores stores = open()) {
            ObjectStore store = only(stores);
            ObjectInfo info = store.describe(at("dir/described.bin"));

            assertThat(info.size()).isEqualTo(10_000);
            assertThat(info.tag()).isPresent();
            assertThat(store.read(info.location(), 0, 1, info.tag())).containsExactly(bytes[0]);
            assertThat(store.read(info.location(), 5_000, 5_000, info.tag()))
                    .isEqualTo(Arrays.copyOfRange(bytes, 5_000, 10_000));
            assertThat(store.read(at("dir/described.bin"), 17, 4_096, Optional.empty()))
                    .isEqualTo(Arrays.copyOfRange(bytes, 17, 17 + 4_096));
        }
    }

    @Test
    void anObjectOfSeveralPiecesIsStreamedWhole() throws IOException {
        byte[] bytes = bytes(9 << 20);
        put("streamed.bin", bytes);
        try (ObjectStores stores = open()) {
            ObjectStores.Opened opened = stores.open(Tenant.DEFAULT, at("streamed.bin"));

            assertThat(opened.bytes().readAllBytes()).isEqualTo(bytes);
        }
    }

    @Test
    void anObjectOfNoBytesIsStreamed() throws IOException {
        put("empty.bin", new byte[0]);
        try (ObjectStores stores = open()) {
            ObjectStores.Opened opened = stores.open(Tenant.DEFAULT, at("empty.bin"));

            assertThat(opened.info().size()).isZero();
            assertThat(opened.bytes().readAllBytes()).isEmpty();
        }
    }

    @Test
    void anObjectThatIsNotThereIsMissing() {
        try (ObjectStores stores = open()) {
            fails(Kind.MISSING, () -> only(stores).describe(at("nowhere.bin")));
            fails(Kind.MISSING, () -> only(stores).read(at("nowhere.bin"), 0, 10, Optional.empty()));
        }
    }

    @Test
    void anObjectThatIsAnotherOneByNowIsNotRead() throws IOException {
        put("changed.bin", bytes(1_000));
        try (ObjectStores stores = open()) {
            ObjectInfo before = only(stores).describe(at("changed.bin"));
            put("changed.bin", bytes(1_001));

            fails(Kind.CHANGED, () -> only(stores).read(at("changed.bin"), 0, 10, before.tag()));
        }
    }

    @Test
    void anObjectThatIsShorterThanWasPublishedHasChanged() throws IOException {
        put("shorter.bin", bytes(1_000));
        try (ObjectStores stores = open()) {
            fails(Kind.CHANGED, () -> only(stores).read(at("shorter.bin"), 500, 501, Optional.empty()));
            fails(Kind.CHANGED, () -> only(stores).read(at("shorter.bin"), 1_000, 1, Optional.empty()));
        }
    }

    @Test
    void whoMayNotReadIsRefused() throws IOException {
        put("secret.bin", bytes(10));
        try (ObjectStores stores = ObjectStores.open(List.of(withoutRights()))) {
            fails(Kind.REFUSED, () -> only(stores).read(at("secret.bin"), 0, 10, Optional.empty()));
            fails(Kind.REFUSED, () -> only(stores).describe(at("secret.bin")));
        }
    }

    @Test
    void whatIsNoObjectOfTheStoreIsSaidSo() {
        try (ObjectStores stores = open()) {
            fails(Kind.UNSUPPORTED, () -> only(stores)
                    .read(new ObjectLocation("other:thing"), 0, 10, Optional.empty()));
        }
    }

    /** Message and kind are what operator and client are told. */
    protected static void fails(Kind kind, ThrowingCallable reading) {
        assertThatThrownBy(reading)
                .asInstanceOf(type(ObjectStoreException.class))
                .satisfies(problem -> {
                    assertThat(problem.kind()).as(problem.getMessage()).isEqualTo(kind);
                    assertThat(problem.store()).isEqualTo("tested");
                    assertThat(problem).hasMessageContaining("of store tested");
                    assertThat(problem.forClients()).contains("tested").doesNotContain("://");
                });
    }

    private ObjectStores open() {
        return ObjectStores.open(List.of(config()));
    }

    private static ObjectStore only(ObjectStores stores) {
        return stores.all().getFirst().store();
    }

    protected static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }
}
