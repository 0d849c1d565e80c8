package io.tftpdc.edge.upload;

import static io.tftpdc.edge.upload.UploadRules.ANYTHING;
import static io.tftpdc.edge.upload.UploadRules.below;
import static io.tftpdc.edge.upload.UploadRules.limited;
import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.edge.policy.UploadPolicy;
import io.tftpdc.edge.upload.UploadLedger.Reservation;
import io.tftpdc.edge.upload.UploadLedger.Reserving;
import io.tftpdc.event.FileKey;
import io.tftpdc.index.FileIndexEntry;
import io.tftpdc.tftp.packet.ErrorCode;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class UploadLedgerTest {
    private static final long MIB = 1 << 20;

    private final FakeIndex index = new FakeIndex();
    private final UploadLedger ledger = new UploadLedger(
            UploadRules.policy(limited(below(ANYTHING, "backup/**"), 100 * MIB, 10 * MIB, 3)), index::find);

    @Test
    void whatIsStoredAndWhatIsUnderWayCountTogether() {
        tell(index.publish("backup/a", 4 * MIB), index.publish("boot/b", 100 * MIB));
        reserve("backup/b", 5 * MIB);

        assertThat(refused("backup/c", MIB + 1)).isEqualTo(ErrorCode.DISK_FULL);
        reserve("backup/c", MIB);
    }

    @Test
    void anUploadThatGrowsIsHeldToTheQuotaToTheByte() {
        tell(index.publish("backup/a", 9 * MIB));
        Reservation upload = reserve("backup/b", 0);

        assertThat(upload.grow(1000)).isEmpty();
        assertThat(upload.grow(MIB)).isEmpty();
        assertThat(upload.grow(MIB + 1)).hasValueSatisfying(why -> assertThat(why.reason())
                .contains("9437184 of 10485760 bytes are taken", "1048577 are needed", "uploads.rules[0]"));
    }

    @Test
    void roomThatIsGivenBackIsThereAgain() {
        Reservation first = reserve("backup/a", 10 * MIB);
        assertThat(refused("backup/b", 1)).isEqualTo(ErrorCode.DISK_FULL);

        first.release();
        first.release();

        reserve("backup/b", 10 * MIB);
    }

    @Test
    void otherRulesAreInForceOnceAllIsCountedByThemAndUploadsThatRunCountByBoth() {
        tell(index.publish("backup/a", 4 * MIB), index.publish("logs/l", 7 * MIB));
        ledger.completed(ledger.book());
        UploadPolicy before = ledger.policy();
        Reservation running = reserve("backup/b", 5 * MIB);
        UploadPolicy rules = UploadRules.policy(limited(below(ANYTHING, "**"), 100 * MIB, 20 * MIB, 30));

        UploadLedger.Book counted = ledger.prepare(rules);
        Reservation meanwhile = reserve("backup/c", MIB);
        assertThat(ledger.policy()).isSameAs(before);
        assertThat(ledger.concerns(index.publish("logs/m", 1))).isTrue();
        tell(index.publish("logs/m", 2 * MIB));
        ledger.recount(key("backup/a"));
        ledger.recount(key("logs/l"));
        ledger.completed(counted);

        assertThat(ledger.policy()).isSameAs(rules);
        assertThat(ledger.reserve(before, 0, key("backup/d"), OptionalLong.of(1)))
                .isInstanceOfSatisfying(Reserving.Refused.class, refused -> assertThat(
                                refused.why().reason())
                        .contains("the rules for uploads have just changed"));
        // 4 + 7 + 2 stored, 5 + 1 under way
        assertThat(refused("any/e", MIB + 1)).isEqualTo(ErrorCode.DISK_FULL);
        assertThat(running.grow(5 * MIB + 1))
                .as("held to the rule that it began with")
                .isPresent();
        reserve("any/e", MIB).release();
        running.release();
        meanwhile.release();
        reserve("any/f", 7 * MIB);
        assertThat(refused("any/g", 1)).isEqualTo(ErrorCode.DISK_FULL);
    }

    @Test
    void rulesThatWereOvertakenByLaterOnesNeverComeIntoForce() {
        UploadPolicy first = UploadRules.policy(below(ANYTHING, "first/**"));
        UploadPolicy second = UploadRules.policy(below(ANYTHING, "second/**"));
        UploadLedger.Book atTheStart = ledger.book();
        UploadPolicy before = ledger.policy();

        UploadLedger.Book one = ledger.prepare(first);
        UploadLedger.Book two = ledger.prepare(second);
        ledger.completed(one);
        assertThat(ledger.policy()).isSameAs(before);
        assertThat(ledger.isComplete()).isFalse();
        ledger.completed(two);
        ledger.completed(atTheStart);

        assertThat(ledger.policy()).isSameAs(second);
        assertThat(ledger.isComplete()).isTrue();
    }

    @Test
    void filesAreCountedToo() {
        tell(index.publish("backup/a", 1), index.publish("backup/b", 1));
        reserve("backup/c", 1);

        assertThat(refused("backup/d", 1)).isEqualTo(ErrorCode.DISK_FULL);
        reserve("backup/a", 1); // a new version of a file that counts already
    }

    @Test
    void aNewVersionNeedsRoomOnlyForWhatItHasMore() {
        tell(index.publish("backup/a", 9 * MIB));

        assertThat(refused("backup/b", 2 * MIB)).isEqualTo(ErrorCode.DISK_FULL);
        reserve("backup/a", 10 * MIB);
    }

    @Test
    void aRemovedFileCountsNoMore() {
        tell(index.publish("backup/a", 10 * MIB));
        tell(index.remove("backup/a", FakeIndex.stamp(2)));

        reserve("backup/b", 10 * MIB);
    }

    @Test
    void aStoredUploadCountsUntilTheIndexShowsItAndThenOnce() {
        Reservation upload = reserve("backup/a", 0);
        upload.grow(6 * MIB);
        upload.commit(FakeIndex.stamp(50), 6 * MIB);
        assertThat(ledger.exists(key("backup/a"))).isTrue();
        assertThat(refused("backup/b", 5 * MIB)).isEqualTo(ErrorCode.DISK_FULL);

        tell(index.publish("backup/a", 6 * MIB, FakeIndex.stamp(50)));

        assertThat(refused("backup/b", 5 * MIB)).isEqualTo(ErrorCode.DISK_FULL);
        reserve("backup/b", 4 * MIB);
    }

    @Test
    void anOlderVersionInTheIndexDoesNotEndTheWait() {
        Reservation upload = reserve("backup/a", 6 * MIB);
        upload.commit(FakeIndex.stamp(50), 6 * MIB);

        tell(index.publish("backup/a", 4 * MIB, FakeIndex.stamp(49)));

        assertThat(refused("backup/b", 1)).isEqualTo(ErrorCode.DISK_FULL);
    }

    @Test
    void aCommitOfWhatTheIndexShowsAlreadyHoldsNoRoom() {
        tell(index.publish("backup/a", 6 * MIB, FakeIndex.stamp(50)));

        ledger.restore(key("backup/a"), FakeIndex.stamp(50), 6 * MIB);

        reserve("backup/b", 4 * MIB);
    }

    @Test
    void whatAnEarlierRunStoredCountsAndExists() {
        ledger.restore(key("backup/a"), FakeIndex.stamp(50), 6 * MIB);

        assertThat(ledger.exists(key("backup/a"))).isTrue();
        assertThat(refused("backup/b", 5 * MIB)).isEqualTo(ErrorCode.DISK_FULL);
    }

    @Test
    void whatWillNotBePublishedCountsNoMoreButOtherVersionsDo() {
        ledger.restore(key("backup/a"), FakeIndex.stamp(50), 6 * MIB);
        ledger.restore(key("backup/a"), FakeIndex.stamp(51), 3 * MIB);

        ledger.forget(key("backup/a"), FakeIndex.stamp(50));

        assertThat(ledger.exists(key("backup/a"))).isTrue();
        assertThat(refused("backup/b", 7 * MIB + 1)).isEqualTo(ErrorCode.DISK_FULL);
        ledger.forget(key("backup/a"), FakeIndex.stamp(51));
        assertThat(ledger.exists(key("backup/a"))).isFalse();
        reserve("backup/b", 10 * MIB);
    }

    @Test
    void ofTwoUploadsTheSecondSeesThatTheFirstIsStored() {
        Reservation first = reserve("backup/a", 1);
        Reservation second = reserve("backup/a", 1);
        assertThat(second.existsBesides()).isFalse();

        first.commit(FakeIndex.stamp(50), 1);

        assertThat(second.existsBesides()).isTrue();
        assertThat(first.existsBesides()).isFalse();
    }

    @Test
    void everyTenantHasTheQuotaOfItsOwn() {
        reserve("backup/a", 10 * MIB);

        assertThat(ledger.reserve(ledger.policy(), 0, FileKey.of("acme", "backup/a"), OptionalLong.of(10 * MIB)))
                .isInstanceOf(Reserving.Reserved.class);
    }

    @Test
    void whatOnlyAFormerClusterHadIsFoundOutByCountingAgain() {
        tell(index.publish("backup/a", 10 * MIB));
        index.forget("backup/a");
        assertThat(refused("backup/b", 1)).isEqualTo(ErrorCode.DISK_FULL);
        assertThat(ledger.takeRefusedForQuota()).isTrue();
        assertThat(ledger.takeRefusedForQuota()).isFalse();

        ledger.recountAll();

        reserve("backup/b", 1);
    }

    @Test
    void countingAgainReachesEveryFileAndKeepsWhatIsStillThere() {
        UploadLedger large = new UploadLedger(
                UploadRules.policy(limited(ANYTHING, 100 * MIB, 10 * MIB, 10_000), below(ANYTHING, "**")), index::find);
        int files = 2 * UploadLedger.PAGE + 1;
        for (int i = 0; i < files; i++) {
            large.recount(index.publish("backup/" + i, 1).key());
        }
        large.recount(index.publish("backup/kept", MIB).key());
        for (int i = 0; i < files; i++) {
            index.forget("backup/" + i);
        }

        large.recountAll();

        assertThat(large.reserve(large.policy(), 0, key("backup/new"), OptionalLong.of(9 * MIB + 1)))
                .isInstanceOf(Reserving.Refused.class);
        assertThat(large.reserve(large.policy(), 0, key("backup/new"), OptionalLong.of(9 * MIB)))
                .isInstanceOf(Reserving.Reserved.class);
    }

    private Reservation reserve(String path, long bytes) {
        return switch (ledger.reserve(ledger.policy(), 0, key(path), OptionalLong.of(bytes))) {
            case Reserving.Reserved reserved -> reserved.reservation();
            case Reserving.Refused refused -> throw new AssertionError(refused.why());
        };
    }

    private ErrorCode refused(String path, long bytes) {
        return switch (ledger.reserve(ledger.policy(), 0, key(path), OptionalLong.of(bytes))) {
            case Reserving.Reserved reserved -> throw new AssertionError("there was room");
            case Reserving.Refused refused -> refused.why().code();
        };
    }

    private static FileKey key(String path) {
        return FileKey.of("default", path);
    }

    /** What the index does when it has new entries. */
    private void tell(FileIndexEntry... entries) {
        ledger.changed(Stream.of(entries)
                .filter(ledger::concerns)
                .map(FileIndexEntry::key)
                .toList());
    }
}
