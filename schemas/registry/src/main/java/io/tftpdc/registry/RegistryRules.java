package io.tftpdc.registry;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.avro.Schema;

/**
 * What the registry answers to a request to change something: a pure function of the image and the request. The records
 * of an accepted decision are written to the topic and then folded like everybody else's; nothing changes otherwise.
 */
public final class RegistryRules {

    /** A schema stays well below Kafka's default record size of 1 MiB. */
    static final int MAX_SCHEMA_CHARS = 256 * 1024;

    private static final String AVRO = "AVRO";

    private final CompatibilityLevel defaultLevel;

    /**
     * Rules with a default.
     *
     * @param defaultLevel holds until somebody sets a level for the whole registry
     */
    public RegistryRules(CompatibilityLevel defaultLevel) {
        this.defaultLevel = defaultLevel;
    }

    /**
     * A schema that somebody sends.
     *
     * @param type {@code AVRO}, also when empty
     * @param version only for {@link Mode#IMPORT}: which version it shall be
     * @param id only for {@link Mode#IMPORT}: which id it shall have
     */
    public record Candidate(
            String text,
            String type,
            List<SchemaReference> references,
            Optional<Integer> version,
            Optional<Integer> id) {
        public Candidate {
            references = List.copyOf(references);
        }

        static Candidate avro(String text) {
            return new Candidate(text, AVRO, List.of(), Optional.empty(), Optional.empty());
        }
    }

    /** Makes the schema the next version of the subject, unless it is a version of it already; answers its id. */
    public Decision<RegisteredSchema> register(SubjectStore store, String subject, Candidate candidate) {
        return parsed(store, candidate, parsed -> {
            Optional<RegisteredSchema> same = store.find(subject, parsed.content(), false);
            Mode mode = store.mode(subject);
            if (same.isPresent() && mode != Mode.IMPORT) {
                return Decision.unchanged(same.get());
            }
            if (mode.isReadOnly()) {
                return Decision.refused(RegistryError.notPermitted("Subject " + subject + " is in read-only mode"));
            }
            if (mode == Mode.IMPORT) {
                return importSchema(store, subject, candidate, parsed.content());
            }
            if (candidate.id().isPresent() || candidate.version().isPresent()) {
                return Decision.refused(RegistryError.notPermitted("Subject " + subject
                        + " is not in import mode; leave `id` and `version` out, or set mode IMPORT first"));
            }
            CompatibilityLevel level = level(store, subject);
            List<String> reasons =
                    incompatibilities(store, level, parsed.avro(), level.relevant(store.versions(subject, false)));
            if (!reasons.isEmpty()) {
                return Decision.refused(RegistryError.incompatible(subject, level, reasons));
            }
            return set(store, subject, nextVersion(store, subject), id(store, parsed.content()), parsed.content());
        });
    }

    private static Decision<RegisteredSchema> importSchema(
            SubjectStore store, String subject, Candidate candidate, SchemaContent content) {
        int id = candidate.id().orElseGet(() -> id(store, content));
        Optional<Integer> known = store.idOf(content);
        if (known.isPresent() && known.get() != id) {
            return Decision.refused(RegistryError.notPermitted(
                    "This schema has the id " + known.get() + " already; it cannot be imported with id " + id));
        }
        int version = candidate.version().orElseGet(() -> nextVersion(store, subject));
        if (id < 1 || version < 1) {
            return Decision.refused(RegistryError.notPermitted("`id` and `version` must be at least 1"));
        }
        Optional<RegisteredSchema> occupant = store.version(subject, new VersionSpec(version), true);
        if (occupant.isPresent() && occupant.get().id() != id) {
            return Decision.refused(RegistryError.notPermitted(
                    "Version " + version + " of subject " + subject + " is another schema already"));
        }
        return set(store, subject, version, id, content);
    }

    private static Decision<RegisteredSchema> set(
            SubjectStore store, String subject, int version, int id, SchemaContent content) {
        Optional<SchemaContent> occupant = store.content(id);
        if (occupant.isPresent() && !occupant.get().fingerprint().equals(content.fingerprint())) {
            return Decision.refused(RegistryError.invalidSchema("The id of this schema, " + id
                    + ", belongs to another schema already. Ids follow from the content: change the documentation of"
                    + " any field to get another one"));
        }
        RegisteredSchema registered = new RegisteredSchema(subject, version, id, content, false);
        return new Decision.Accepted<>(List.of(new RegistryRecord.VersionSet(registered)), registered);
    }

    private static int id(SubjectStore store, SchemaContent content) {
        return store.idOf(content).orElseGet(content::id);
    }

    private static int nextVersion(SubjectStore store, String subject) {
        List<RegisteredSchema> versions = store.versions(subject, true);
        return versions.isEmpty() ? 1 : versions.getLast().version() + 1;
    }

    /** Finds the version of the subject that has this schema; changes nothing. */
    public Decision<RegisteredSchema> lookup(
            SubjectStore store, String subject, Candidate candidate, boolean withDeleted) {
        if (store.versions(subject, withDeleted).isEmpty()) {
            return Decision.refused(RegistryError.subjectNotFound(subject));
        }
        return parsed(store, candidate, parsed -> store.find(subject, parsed.content(), withDeleted)
                .map(Decision::unchanged)
                .orElseGet(() -> Decision.refused(RegistryError.schemaNotFound())));
    }

    /**
     * Whether the schema could be registered; the answer is the reasons against it.
     *
     * @param against one version, or none: those that the subject's level asks for
     */
    public Decision<List<String>> compatibility(
            SubjectStore store, String subject, Candidate candidate, Optional<VersionSpec> against) {
        CompatibilityLevel level = level(store, subject);
        List<RegisteredSchema> earlier = level.relevant(store.versions(subject, false));
        if (against.isPresent()) {
            Optional<RegisteredSchema> version = store.version(subject, against.get(), false);
            if (version.isEmpty() && !against.get().isLatest()) {
                return Decision.refused(
                        store.versions(subject, false).isEmpty()
                                ? RegistryError.subjectNotFound(subject)
                                : RegistryError.versionNotFound(against.get()));
            }
            earlier = level == CompatibilityLevel.NONE
                    ? List.of()
                    : version.map(List::of).orElse(List.of());
        }
        List<RegisteredSchema> relevant = earlier;
        return parsed(
                store,
                candidate,
                parsed -> Decision.unchanged(incompatibilities(store, level, parsed.avro(), relevant)));
    }

    private static List<String> incompatibilities(
            SubjectStore store, CompatibilityLevel level, Schema schema, List<RegisteredSchema> earlier) {
        List<String> reasons = new ArrayList<>();
        for (RegisteredSchema version : earlier.reversed()) {
            try {
                Schema old = AvroSchemas.parse(
                                store,
                                version.content().text(),
                                version.content().references())
                        .avro();
                reasons.addAll(AvroSchemas.incompatibilities(level, schema, version, old));
            } catch (AvroSchemas.InvalidSchemaException e) {
                reasons.add("version " + version.version() + " cannot be compared with: " + e.getMessage());
            }
        }
        return reasons;
    }

    /** Hides a version, or with {@code permanent} removes a hidden one; answers its number. */
    public Decision<Integer> deleteVersion(SubjectStore store, String subject, VersionSpec spec, boolean permanent) {
        if (store.versions(subject, true).isEmpty()) {
            return Decision.refused(RegistryError.subjectNotFound(subject));
        }
        // "latest" of what can still be deleted in this way
        Optional<RegisteredSchema> found = spec.isLatest() && !permanent
                ? store.version(subject, spec, false)
                : store.version(subject, spec, true);
        if (found.isEmpty()) {
            return Decision.refused(RegistryError.versionNotFound(spec));
        }
        RegisteredSchema version = found.get();
        if (!permanent && version.deleted()) {
            return Decision.refused(RegistryError.versionSoftDeleted(subject, version.version()));
        }
        if (permanent && !version.deleted()) {
            return Decision.refused(RegistryError.versionNotSoftDeleted(subject, version.version()));
        }
        return refusal(store, List.of(version), permanent)
                .<Decision<Integer>>map(Decision::refused)
                .orElseGet(() -> new Decision.Accepted<>(List.of(delete(version, permanent)), version.version()));
    }

    /** Hides all versions and forgets the subject's level and mode, or with {@code permanent} removes hidden ones. */
    public Decision<List<Integer>> deleteSubject(SubjectStore store, String subject, boolean permanent) {
        List<RegisteredSchema> all = store.versions(subject, true);
        List<RegisteredSchema> visible = store.versions(subject, false);
        if (all.isEmpty()) {
            return Decision.refused(RegistryError.subjectNotFound(subject));
        }
        if (!permanent && visible.isEmpty()) {
            return Decision.refused(RegistryError.subjectSoftDeleted(subject));
        }
        if (permanent && !visible.isEmpty()) {
            return Decision.refused(RegistryError.subjectNotSoftDeleted(subject));
        }
        List<RegisteredSchema> concerned = permanent ? all : visible;
        Optional<RegistryError> refusal = refusal(store, concerned, permanent);
        if (refusal.isPresent()) {
            return Decision.refused(refusal.get());
        }
        List<RegistryRecord> records = new ArrayList<>();
        concerned.forEach(version -> records.add(delete(version, permanent)));
        store.ownLevel(subject)
                .ifPresent(l -> records.add(new RegistryRecord.LevelSet(Optional.of(subject), Optional.empty())));
        store.ownMode(subject)
                .ifPresent(m -> records.add(new RegistryRecord.ModeSet(Optional.of(subject), Optional.empty())));
        return new Decision.Accepted<>(
                records, concerned.stream().map(RegisteredSchema::version).toList());
    }

    private static RegistryRecord delete(RegisteredSchema version, boolean permanent) {
        return permanent
                ? new RegistryRecord.VersionRemoved(version.subject(), version.version())
                : new RegistryRecord.VersionSet(version.asDeleted());
    }

    private static Optional<RegistryError> refusal(
            SubjectStore store, List<RegisteredSchema> toDelete, boolean permanent) {
        for (RegisteredSchema version : toDelete) {
            if (store.mode(version.subject()).isReadOnly()) {
                return Optional.of(
                        RegistryError.notPermitted("Subject " + version.subject() + " is in read-only mode"));
            }
            if (!store.referencedBy(version.subject(), version.version(), permanent)
                    .isEmpty()) {
                return Optional.of(RegistryError.referenced(version.subject(), version.version()));
            }
        }
        return Optional.empty();
    }

    /** Sets the level of the subject, or of the registry where there is no subject; absent: back to the default. */
    public Decision<CompatibilityLevel> setLevel(
            SubjectStore store, Optional<String> subject, Optional<CompatibilityLevel> level) {
        Mode mode = subject.map(store::mode).orElseGet(store::globalMode);
        if (mode.isReadOnly()) {
            return Decision.refused(RegistryError.notPermitted(
                    subject.map(s -> "Subject " + s).orElse("The registry") + " is in read-only mode"));
        }
        Optional<CompatibilityLevel> before =
                subject.isPresent() ? store.ownLevel(subject.get()) : Optional.of(store.globalLevel(defaultLevel));
        if (level.isEmpty() && before.isEmpty()) {
            return Decision.refused(RegistryError.levelNotConfigured(subject.orElse("")));
        }
        return new Decision.Accepted<>(
                List.of(new RegistryRecord.LevelSet(subject, level)),
                level.or(() -> before).orElseThrow());
    }

    /** Sets the mode of the subject, or of the registry where there is no subject; absent: back to the default. */
    public Decision<Mode> setMode(SubjectStore store, Optional<String> subject, Optional<Mode> mode, boolean force) {
        Optional<Mode> before = subject.isPresent() ? store.ownMode(subject.get()) : Optional.of(store.globalMode());
        if (mode.isEmpty() && before.isEmpty()) {
            return Decision.refused(RegistryError.modeNotConfigured(subject.orElse("")));
        }
        boolean occupied = subject.isPresent()
                ? !store.versions(subject.get(), false).isEmpty()
                : store.all(false).findAny().isPresent();
        if (mode.equals(Optional.of(Mode.IMPORT)) && !before.equals(mode) && occupied && !force) {
            return Decision.refused(RegistryError.notPermitted(
                    "Cannot import since there are schemas already; delete them or set force=true"));
        }
        return new Decision.Accepted<>(
                List.of(new RegistryRecord.ModeSet(subject, mode)),
                mode.or(() -> before).orElseThrow());
    }

    /** The level that holds for the subject. */
    public CompatibilityLevel level(SubjectStore store, String subject) {
        return store.ownLevel(subject).orElseGet(() -> globalLevel(store));
    }

    /** The level that holds for subjects without one of their own. */
    public CompatibilityLevel globalLevel(SubjectStore store) {
        return store.globalLevel(defaultLevel);
    }

    private interface Continuation<T> {
        Decision<T> apply(AvroSchemas.Parsed parsed);
    }

    private static <T> Decision<T> parsed(SubjectStore store, Candidate candidate, Continuation<T> then) {
        if (!candidate.type().isEmpty() && !candidate.type().equals(AVRO)) {
            return Decision.refused(RegistryError.invalidSchema(
                    "Schema type " + candidate.type() + " is not supported here; use AVRO, or another registry"));
        }
        if (candidate.text().isBlank()) {
            return Decision.refused(RegistryError.invalidSchema("Empty schema; send {\"schema\": \"...\"}"));
        }
        if (candidate.text().length() > MAX_SCHEMA_CHARS) {
            return Decision.refused(RegistryError.invalidSchema("The schema has "
                    + candidate.text().length() + " characters; at most " + MAX_SCHEMA_CHARS + " are accepted"));
        }
        try {
            return then.apply(AvroSchemas.parse(store, candidate.text(), candidate.references()));
        } catch (AvroSchemas.InvalidSchemaException e) {
            return Decision.refused(RegistryError.invalidSchema(String.valueOf(e.getMessage())));
        }
    }
}
