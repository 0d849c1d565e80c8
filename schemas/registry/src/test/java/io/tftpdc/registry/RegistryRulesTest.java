package io.tftpdc.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** The rules and the fold together: every accepted decision is folded, as the topic would do it. */
class RegistryRulesTest {

    private static final String V1 = record("{\"name\":\"a\",\"type\":\"string\"}");
    private static final String V2_WITH_DEFAULT =
            record("{\"name\":\"a\",\"type\":\"string\"},{\"name\":\"b\",\"type\":\"int\",\"default\":0}");
    private static final String V2_WITHOUT_DEFAULT =
            record("{\"name\":\"a\",\"type\":\"string\"},{\"name\":\"b\",\"type\":\"int\"}");

    private final RegistryRules rules = new RegistryRules(CompatibilityLevel.BACKWARD);
    private final List<RegistryRecord> log = new ArrayList<>();
    private SubjectStore store = SubjectStore.EMPTY;

    @Test
    void schemaHasTheSameIdEverywhereAndVersionsCountPerSubject() {
        RegisteredSchema first = register("s", V1);
        RegisteredSchema second = register("s", V2_WITH_DEFAULT);
        RegisteredSchema elsewhere = register("t", V1.replace(",", " , "));

        assertThat(first.version()).isEqualTo(1);
        assertThat(second.version()).isEqualTo(2);
        assertThat(elsewhere.version()).isEqualTo(1);
        assertThat(elsewhere.id())
                .isEqualTo(first.id())
                .isNotEqualTo(second.id())
                .isPositive();
        assertThat(store.schemaCount()).isEqualTo(2);
        assertThat(store.subjects("", false)).containsExactly("s", "t");
    }

    @Test
    void idIsFixedForAllTimes() {
        // A change here makes ids of different releases differ: records written by one cannot be read by the other.
        assertThat(register("s", "\"string\"").id()).isEqualTo(1962074340);
        assertThat(register("t", V1).id()).isEqualTo(1287168688);
    }

    @Test
    void registeringAgainWritesNothing() {
        RegisteredSchema first = register("s", V1);
        int records = log.size();

        assertThat(register("s", V1)).isEqualTo(first);
        assertThat(log).hasSize(records);
    }

    @Test
    void idsAreNeverZeroOrNegative() {
        assertThat(SchemaContent.idOf(new byte[] {0, 0, 0, 1, 9})).isEqualTo(1);
        assertThat(SchemaContent.idOf(new byte[] {-1, -1, -1, -1})).isEqualTo(Integer.MAX_VALUE);
        assertThat(SchemaContent.idOf(new byte[] {0, 0, 0, 0})).isEqualTo(1);
    }

    @Test
    void collidingIdIsRefused() {
        int id = register("s", V1).id();
        SchemaContent other = new SchemaContent("\"int\"", List.of());
        store = SubjectStore.EMPTY.with(
                List.of(new RegistryRecord.VersionSet(new RegisteredSchema("other", 1, id, other, false))));

        RegistryError error = refused(s -> rules.register(s, "s", candidate(V1)));

        assertThat(error.code()).isEqualTo(42201);
        assertThat(error.message()).contains(String.valueOf(id)).contains("change the documentation");
    }

    @Test
    void eachLevelAcceptsWhatItPromises() {
        // given readers and writers that differ by one field without a default
        assertThat(acceptedAfter("BACKWARD", V1, V2_WITHOUT_DEFAULT)).isFalse();
        assertThat(acceptedAfter("BACKWARD", V2_WITHOUT_DEFAULT, V1)).isTrue();
        assertThat(acceptedAfter("FORWARD", V1, V2_WITHOUT_DEFAULT)).isTrue();
        assertThat(acceptedAfter("FORWARD", V2_WITHOUT_DEFAULT, V1)).isFalse();
        assertThat(acceptedAfter("FULL", V1, V2_WITHOUT_DEFAULT)).isFalse();
        assertThat(acceptedAfter("FULL", V1, V2_WITH_DEFAULT)).isTrue();
        assertThat(acceptedAfter("NONE", V1, "\"int\"")).isTrue();
    }

    @Test
    void transitiveLevelsLookAtEveryVersionTheOthersAtTheLatest() {
        // v1: b is an int without default; v2 drops b; v3 brings b back as a string with a default
        String v1 = V2_WITHOUT_DEFAULT;
        String v2 = V1;
        String v3 =
                record("{\"name\":\"a\",\"type\":\"string\"},{\"name\":\"b\",\"type\":\"string\",\"default\":\"\"}");

        assertThat(acceptedAfter("BACKWARD", v1, v2, v3)).isTrue();
        assertThat(acceptedAfter("BACKWARD_TRANSITIVE", v1, v2, v3)).isFalse();
        assertThat(acceptedAfter("FORWARD", v3, v2, v1)).isTrue();
        assertThat(acceptedAfter("FORWARD_TRANSITIVE", v3, v2, v1)).isFalse();
        String x = V2_WITH_DEFAULT;
        assertThat(acceptedAfter("FULL", x, v2, v3)).isTrue();
        assertThat(acceptedAfter("FULL_TRANSITIVE", x, v2, v3)).isFalse();
    }

    @Test
    void incompatibleSchemaIsRefusedWithThePlaceInIt() {
        register("s", V1);

        RegistryError error = refused(s -> rules.register(s, "s", candidate(V2_WITHOUT_DEFAULT)));

        assertThat(error.httpStatus()).isEqualTo(409);
        assertThat(error.code()).isEqualTo(409);
        assertThat(error.message())
                .contains("READER_FIELD_MISSING_DEFAULT_VALUE")
                .contains("b")
                .contains("version 1");
    }

    @Test
    void subjectLevelWinsOverTheGlobalOneUntilItIsReset() {
        register("s", V1);
        accept(s -> rules.setLevel(s, Optional.of("s"), Optional.of(CompatibilityLevel.NONE)));
        assertThat(rules.level(store, "s")).isEqualTo(CompatibilityLevel.NONE);
        assertThat(rules.level(store, "t")).isEqualTo(CompatibilityLevel.BACKWARD);

        CompatibilityLevel before = accept(s -> rules.setLevel(s, Optional.of("s"), Optional.empty()));

        assertThat(before).isEqualTo(CompatibilityLevel.NONE);
        assertThat(rules.level(store, "s")).isEqualTo(CompatibilityLevel.BACKWARD);
        assertThat(refused(s -> rules.setLevel(s, Optional.of("s"), Optional.empty()))
                        .code())
                .isEqualTo(40408);
    }

    @Test
    void softDeletedVersionIsHiddenButItsIdStillResolves() {
        int id = register("s", V1).id();
        register("s", V2_WITH_DEFAULT);

        assertThat(number(s -> rules.deleteVersion(s, "s", new VersionSpec(1), false)))
                .isEqualTo(1);

        assertThat(store.versions("s", false))
                .extracting(RegisteredSchema::version)
                .containsExactly(2);
        assertThat(store.versions("s", true))
                .extracting(RegisteredSchema::version)
                .containsExactly(1, 2);
        assertThat(store.content(id)).isPresent();
        assertThat(refused(s -> rules.deleteVersion(s, "s", new VersionSpec(1), false))
                        .code())
                .isEqualTo(40406);
    }

    @Test
    void registeringASoftDeletedSchemaAgainGivesANewVersionWithTheOldId() {
        int id = register("s", V1).id();
        accept(s -> rules.deleteVersion(s, "s", new VersionSpec(1), false));

        RegisteredSchema again = register("s", V1);

        assertThat(again.id()).isEqualTo(id);
        assertThat(again.version()).isEqualTo(2);
    }

    @Test
    void hardDeleteNeedsASoftOneFirstAndForgetsTheSchemaWithItsLastVersion() {
        int id = register("s", V1).id();
        register("t", V1);
        assertThat(refused(s -> rules.deleteVersion(s, "s", new VersionSpec(1), true))
                        .code())
                .isEqualTo(40407);
        assertThat(refused(s -> rules.deleteSubject(s, "s", true)).code()).isEqualTo(40405);
        accept(s -> rules.deleteSubject(s, "s", false));
        assertThat(refused(s -> rules.deleteSubject(s, "s", false)).code()).isEqualTo(40404);

        assertThat(list(s -> rules.deleteSubject(s, "s", true))).containsExactly(1);
        assertThat(store.content(id)).as("subject t still has it").isPresent();
        accept(s -> rules.deleteSubject(s, "t", false));
        accept(s -> rules.deleteSubject(s, "t", true));

        assertThat(store.content(id)).isEmpty();
        assertThat(store.subjects("", true)).isEmpty();
        assertThat(refused(s -> rules.deleteSubject(s, "t", true)).code()).isEqualTo(40401);
        assertThat(register("s", "\"int\"").version()).isEqualTo(1);
    }

    @Test
    void deletingASubjectForgetsItsLevelAndMode() {
        register("s", V1);
        accept(s -> rules.setLevel(s, Optional.of("s"), Optional.of(CompatibilityLevel.NONE)));
        accept(s -> rules.setMode(s, Optional.of("s"), Optional.of(Mode.READWRITE), false));

        accept(s -> rules.deleteSubject(s, "s", false));

        assertThat(store.ownLevel("s")).isEmpty();
        assertThat(store.ownMode("s")).isEmpty();
    }

    @Test
    void latestMeansTheNewestThatCanBeDeletedInThatWay() {
        register("s", V1);
        register("s", V2_WITH_DEFAULT);
        assertThat(number(s -> rules.deleteVersion(s, "s", VersionSpec.LATEST, false)))
                .isEqualTo(2);
        assertThat(number(s -> rules.deleteVersion(s, "s", VersionSpec.LATEST, true)))
                .isEqualTo(2);
        assertThat(number(s -> rules.deleteVersion(s, "s", VersionSpec.LATEST, false)))
                .isEqualTo(1);
        assertThat(refused(s -> rules.deleteVersion(s, "s", VersionSpec.LATEST, false))
                        .code())
                .isEqualTo(40402);
    }

    @Test
    void readOnlyModesRefuseChangesButAnswerWhatIsThere() {
        RegisteredSchema there = register("s", V1);
        accept(s -> rules.setMode(s, Optional.of("s"), Optional.of(Mode.READONLY), false));

        assertThat(refused(s -> rules.register(s, "s", candidate(V2_WITH_DEFAULT)))
                        .code())
                .isEqualTo(42205);
        assertThat(refused(s -> rules.deleteSubject(s, "s", false)).code()).isEqualTo(42205);
        assertThat(register("s", V1)).isEqualTo(there);
        register("t", V1);

        accept(s -> rules.setMode(s, Optional.empty(), Optional.of(Mode.READONLY_OVERRIDE), false));
        accept(s -> rules.setMode(s, Optional.of("s"), Optional.of(Mode.READWRITE), false));
        assertThat(refused(s -> rules.register(s, "s", candidate(V2_WITH_DEFAULT)))
                        .code())
                .isEqualTo(42205);
        accept(s -> rules.setMode(s, Optional.empty(), Optional.empty(), false));
        assertThat(register("s", V2_WITH_DEFAULT).version()).isEqualTo(2);
    }

    @Test
    void importKeepsIdsAndVersionsOfAnotherRegistry() {
        assertThat(refused(s -> rules.register(s, "s", imported(V1, 7, 100))).code())
                .isEqualTo(42205);
        accept(s -> rules.setMode(s, Optional.empty(), Optional.of(Mode.IMPORT), false));

        RegisteredSchema first = accept(s -> rules.register(s, "s", imported(V1, 7, 100)));
        assertThat(first.version()).isEqualTo(7);
        assertThat(first.id()).isEqualTo(100);
        assertThat(refused(s -> rules.register(s, "s", imported(V1, 8, 101))).code())
                .isEqualTo(42205);
        assertThat(refused(s -> rules.register(s, "s", imported("\"int\"", 7, 102)))
                        .code())
                .isEqualTo(42205);
        assertThat(refused(s -> rules.register(s, "t", imported("\"int\"", 1, 100)))
                        .code())
                .isEqualTo(42201);

        accept(s -> rules.setMode(s, Optional.empty(), Optional.of(Mode.READWRITE), false));
        assertThat(register("t", V1).id())
                .as("content known by an imported id keeps it")
                .isEqualTo(100);
        assertThat(refused(s -> rules.setMode(s, Optional.empty(), Optional.of(Mode.IMPORT), false))
                        .code())
                .isEqualTo(42205);
        accept(s -> rules.setMode(s, Optional.empty(), Optional.of(Mode.IMPORT), true));
    }

    @Test
    void referencedTypesAreResolvedAndProtected() {
        String header =
                "{\"type\":\"record\",\"name\":\"Header\",\"namespace\":\"x\",\"fields\":[{\"name\":\"n\",\"type\":\"int\"}]}";
        register("header", header);
        RegistryRules.Candidate user = new RegistryRules.Candidate(
                record("{\"name\":\"h\",\"type\":\"x.Header\"}"),
                "AVRO",
                List.of(new SchemaReference("x.Header", "header", 1)),
                Optional.empty(),
                Optional.empty());

        RegisteredSchema registered = accept(s -> rules.register(s, "user", user));

        assertThat(registered.content().text()).contains("\"type\":\"Header\"").doesNotContain("\"n\"");
        assertThat(store.referencedBy("header", 1, false)).containsExactly(registered.id());
        assertThat(schema(s -> rules.lookup(s, "user", user, false))).isEqualTo(registered);
        assertThat(refused(s -> rules.deleteVersion(s, "header", new VersionSpec(1), false))
                        .code())
                .isEqualTo(42206);
        assertThat(refused(s -> rules.register(s, "user", candidate(record("{\"name\":\"h\",\"type\":\"x.Header\"}"))))
                        .code())
                .isEqualTo(42201);
        RegistryRules.Candidate dangling = new RegistryRules.Candidate(
                "\"int\"", "", List.of(new SchemaReference("x.Y", "nowhere", 3)), Optional.empty(), Optional.empty());
        assertThat(refused(s -> rules.register(s, "user", dangling)).message()).contains("nowhere");
    }

    @Test
    void lookupTellsAMissingSubjectFromAMissingSchema() {
        assertThat(refused(s -> rules.lookup(s, "s", candidate(V1), false)).code())
                .isEqualTo(40401);
        register("s", V1);
        assertThat(refused(s -> rules.lookup(s, "s", candidate("\"int\""), false))
                        .code())
                .isEqualTo(40403);
        accept(s -> rules.deleteSubject(s, "s", false));
        assertThat(refused(s -> rules.lookup(s, "s", candidate(V1), false)).code())
                .isEqualTo(40401);
        assertThat(schema(s -> rules.lookup(s, "s", candidate(V1), true)).version())
                .isEqualTo(1);
    }

    @Test
    void compatibilityIsAnsweredWithoutRegistering() {
        register("s", V1);
        register("s", V2_WITH_DEFAULT);
        int records = log.size();

        assertThat(list(s -> rules.compatibility(s, "s", candidate(V2_WITHOUT_DEFAULT), Optional.empty())))
                .isEmpty();
        assertThat(list(s ->
                        rules.compatibility(s, "s", candidate(V2_WITHOUT_DEFAULT), Optional.of(new VersionSpec(1)))))
                .singleElement()
                .asString()
                .contains("READER_FIELD_MISSING_DEFAULT_VALUE");
        assertThat(list(s -> rules.compatibility(s, "new", candidate(V1), Optional.of(VersionSpec.LATEST))))
                .isEmpty();
        assertThat(refused(s -> rules.compatibility(s, "s", candidate(V1), Optional.of(new VersionSpec(9))))
                        .code())
                .isEqualTo(40402);
        assertThat(log).hasSize(records);
    }

    @Test
    void whatIsNoAvroSchemaIsRefusedWithTheReason() {
        assertThat(refused(s -> rules.register(s, "s", candidate("{\"type\":\"rekord\"}")))
                        .message())
                .contains("not defined");
        assertThat(refused(s -> rules.register(s, "s", candidate("{"))).code()).isEqualTo(42201);
        assertThat(refused(s -> rules.register(s, "s", candidate("  "))).message())
                .startsWith("Empty schema");
        assertThat(refused(s -> rules.register(s, "s", candidate("[".repeat(100_000))))
                        .code())
                .isEqualTo(42201);
        assertThat(refused(s -> rules.register(s, "s", candidate("\"" + "x".repeat(300_000) + "\"")))
                        .message())
                .contains("at most");
        assertThat(refused(s -> rules.register(
                                s,
                                "s",
                                new RegistryRules.Candidate(
                                        "{}", "PROTOBUF", List.of(), Optional.empty(), Optional.empty())))
                        .message())
                .contains("PROTOBUF");
    }

    @Test
    void replayOfTheLogAndOfTheCompactedLogGiveTheSameImage() {
        register("s", V1);
        register("s", V2_WITH_DEFAULT);
        register("t", V1);
        accept(s -> rules.setLevel(s, Optional.of("s"), Optional.of(CompatibilityLevel.NONE)));
        accept(s -> rules.setMode(s, Optional.empty(), Optional.of(Mode.IMPORT), true));
        accept(s -> rules.register(s, "i", imported("\"int\"", 7, 100)));
        accept(s -> rules.setMode(s, Optional.empty(), Optional.empty(), false));
        accept(s -> rules.deleteSubject(s, "s", false));
        accept(s -> rules.deleteVersion(s, "s", new VersionSpec(1), true));
        register("s", V1);
        accept(s -> rules.setLevel(s, Optional.of("t"), Optional.of(CompatibilityLevel.FULL)));
        accept(s -> rules.deleteSubject(s, "t", false));
        accept(s -> rules.deleteSubject(s, "t", true));
        register("u", V1);

        List<RegistryRecord> decoded = log.stream()
                .map(r -> RegistryRecordCodec.decode(
                        RegistryRecordCodec.key(r), RegistryRecordCodec.value(r).orElse(null)))
                .toList();
        assertThat(decoded).isEqualTo(log);
        List<RegistryRecord> compacted = new ArrayList<>();
        for (int i = 0; i < log.size(); i++) {
            byte[] key = RegistryRecordCodec.key(log.get(i));
            boolean latest = log.subList(i + 1, log.size()).stream()
                    .noneMatch(later -> java.util.Arrays.equals(RegistryRecordCodec.key(later), key));
            if (latest) {
                compacted.add(log.get(i));
            }
        }
        assertThat(compacted).hasSizeLessThan(log.size());

        for (int cut = 0; cut <= log.size(); cut++) {
            SubjectStore replayed = SubjectStore.EMPTY.with(log.subList(0, cut)).with(log.subList(cut, log.size()));
            assertSame(replayed, store);
        }
        assertSame(SubjectStore.EMPTY.with(compacted), store);
    }

    private static void assertSame(SubjectStore actual, SubjectStore expected) {
        assertThat(actual.all(true).toList()).isEqualTo(expected.all(true).toList());
        assertThat(actual.schemaCount()).isEqualTo(expected.schemaCount());
        for (String subject : expected.subjects("", true)) {
            assertThat(actual.ownLevel(subject)).isEqualTo(expected.ownLevel(subject));
        }
    }

    private boolean acceptedAfter(String level, String... schemas) {
        SubjectStore image = SubjectStore.EMPTY;
        RegistryRules none = new RegistryRules(CompatibilityLevel.NONE);
        for (int i = 0; i < schemas.length - 1; i++) {
            image = image.with(
                    ((Decision.Accepted<RegisteredSchema>) none.register(image, "s", candidate(schemas[i]))).records());
        }
        RegistryRules strict = new RegistryRules(CompatibilityLevel.valueOf(level));
        return strict.register(image, "s", candidate(schemas[schemas.length - 1])) instanceof Decision.Accepted;
    }

    private RegisteredSchema register(String subject, String schema) {
        return accept(s -> rules.register(s, subject, candidate(schema)));
    }

    private <T> T accept(Function<SubjectStore, Decision<T>> request) {
        return switch (request.apply(store)) {
            case Decision.Accepted<T> accepted -> {
                log.addAll(accepted.records());
                store = store.with(accepted.records());
                yield accepted.answer();
            }
            case Decision.Refused<T> refused -> throw new AssertionError("refused: " + refused.error());
        };
    }

    private int number(Function<SubjectStore, Decision<Integer>> request) {
        return accept(request);
    }

    private <T> List<T> list(Function<SubjectStore, Decision<List<T>>> request) {
        return accept(request);
    }

    private RegisteredSchema schema(Function<SubjectStore, Decision<RegisteredSchema>> request) {
        return accept(request);
    }

    private <T> RegistryError refused(Function<SubjectStore, Decision<T>> request) {
        return switch (request.apply(store)) {
            case Decision.Accepted<T> accepted -> throw new AssertionError("accepted: " + accepted.answer());
            case Decision.Refused<T> refused -> refused.error();
        };
    }

    private static RegistryRules.Candidate candidate(String schema) {
        return RegistryRules.Candidate.avro(schema);
    }

    private static RegistryRules.Candidate imported(String schema, int version, int id) {
        return new RegistryRules.Candidate(schema, "", List.of(), Optional.of(version), Optional.of(id));
    }

    private static String record(String fields) {
        return "{\"type\":\"record\",\"name\":\"R\",\"namespace\":\"x\",\"fields\":[" + fields + "]}";
    }
}
