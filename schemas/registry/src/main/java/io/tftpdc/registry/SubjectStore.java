package io.tftpdc.registry;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Everything the registry knows: an immutable image, folded from the records of {@code _schemas} in order by
 * {@link #with}. Since the latest record of a key counts, a compacted topic folds to the same image as the whole one.
 * Any thread may read it.
 */
public final class SubjectStore {

    /** A registry to which nothing was ever written. */
    public static final SubjectStore EMPTY =
            new SubjectStore(new TreeMap<>(), Map.of(), Map.of(), Map.of(), Map.of(), 0);

    /** Subject, then version. Hidden versions are among them. */
    private final SortedMap<String, SortedMap<Integer, RegisteredSchema>> subjects;

    private final Map<Integer, SchemaContent> contents;
    private final Map<String, Integer> idsByFingerprint;
    private final Map<Optional<String>, CompatibilityLevel> levels;
    private final Map<Optional<String>, Mode> modes;
    private final long unknownRecords;

    private SubjectStore(
            SortedMap<String, SortedMap<Integer, RegisteredSchema>> subjects,
            Map<Integer, SchemaContent> contents,
            Map<String, Integer> idsByFingerprint,
            Map<Optional<String>, CompatibilityLevel> levels,
            Map<Optional<String>, Mode> modes,
            long unknownRecords) {
        this.subjects = subjects;
        this.contents = contents;
        this.idsByFingerprint = idsByFingerprint;
        this.levels = levels;
        this.modes = modes;
        this.unknownRecords = unknownRecords;
    }

    /** The image after these records. */
    public SubjectStore with(List<RegistryRecord> records) {
        if (records.isEmpty()) {
            return this;
        }
        Change change = new Change(this);
        records.forEach(change::apply);
        return change.result();
    }

    /** Names of subjects with the prefix, in order; subjects with nothing but hidden versions only on demand. */
    List<String> subjects(String prefix, boolean withDeleted) {
        return subjects.keySet().stream()
                .filter(subject -> subject.startsWith(prefix))
                .filter(subject -> !versions(subject, withDeleted).isEmpty())
                .toList();
    }

    /** The versions of a subject, oldest first; none if there is no such subject. */
    List<RegisteredSchema> versions(String subject, boolean withDeleted) {
        return subjects.getOrDefault(subject, new TreeMap<>()).values().stream()
                .filter(version -> withDeleted || !version.deleted())
                .toList();
    }

    Optional<RegisteredSchema> version(String subject, VersionSpec spec, boolean withDeleted) {
        List<RegisteredSchema> versions = versions(subject, withDeleted);
        if (spec.isLatest()) {
            return versions.isEmpty() ? Optional.empty() : Optional.of(versions.getLast());
        }
        return versions.stream().filter(v -> v.version() == spec.number()).findFirst();
    }

    /** The newest version of the subject with this content. */
    Optional<RegisteredSchema> find(String subject, SchemaContent content, boolean withDeleted) {
        return idOf(content).flatMap(id -> versions(subject, withDeleted).reversed().stream()
                .filter(version -> version.id() == id)
                .findFirst());
    }

    /** A schema by id, also when every version with it is hidden. */
    Optional<SchemaContent> content(int id) {
        return Optional.ofNullable(contents.get(id));
    }

    /** The id under which this content is registered somewhere. */
    Optional<Integer> idOf(SchemaContent content) {
        return Optional.ofNullable(idsByFingerprint.get(content.fingerprint()));
    }

    /** All versions everywhere, by subject and version. */
    Stream<RegisteredSchema> all(boolean withDeleted) {
        return subjects.values().stream()
                .flatMap(versions -> versions.values().stream())
                .filter(version -> withDeleted || !version.deleted());
    }

    /** Ids of the schemas that refer to this version. */
    Set<Integer> referencedBy(String subject, int version, boolean withDeleted) {
        Set<Integer> ids = new LinkedHashSet<>();
        all(withDeleted)
                .filter(candidate -> candidate.content().references().stream()
                        .anyMatch(r -> r.subject().equals(subject) && r.version() == version))
                .forEach(candidate -> ids.add(candidate.id()));
        return ids;
    }

    /** The subject's own level. */
    Optional<CompatibilityLevel> ownLevel(String subject) {
        return Optional.ofNullable(levels.get(Optional.of(subject)));
    }

    /** The level of subjects that have none of their own. */
    CompatibilityLevel globalLevel(CompatibilityLevel fallback) {
        return levels.getOrDefault(Optional.<String>empty(), fallback);
    }

    /** The subject's own mode. */
    Optional<Mode> ownMode(String subject) {
        return Optional.ofNullable(modes.get(Optional.of(subject)));
    }

    /** The mode of subjects that have none of their own. */
    Mode globalMode() {
        return modes.getOrDefault(Optional.<String>empty(), Mode.READWRITE);
    }

    /** The mode that holds for the subject. */
    Mode mode(String subject) {
        Mode global = globalMode();
        return global == Mode.READONLY_OVERRIDE ? global : ownMode(subject).orElse(global);
    }

    /** The number of schemas, each content counted once. */
    int schemaCount() {
        return contents.size();
    }

    /** Records folded so far that made no sense to us. */
    long unknownRecords() {
        return unknownRecords;
    }

    /** Mutable while a batch of records is applied, so that a replay copies the maps once per batch. */
    private static final class Change {
        private final SortedMap<String, SortedMap<Integer, RegisteredSchema>> subjects;
        private final Map<Integer, SchemaContent> contents;
        private final Map<String, Integer> idsByFingerprint;
        private final Map<Optional<String>, CompatibilityLevel> levels;
        private final Map<Optional<String>, Mode> modes;
        private long unknown;

        Change(SubjectStore before) {
            subjects = new TreeMap<>(before.subjects);
            contents = new HashMap<>(before.contents);
            idsByFingerprint = new HashMap<>(before.idsByFingerprint);
            levels = new HashMap<>(before.levels);
            modes = new HashMap<>(before.modes);
            unknown = before.unknownRecords;
        }

        SubjectStore result() {
            return new SubjectStore(subjects, contents, idsByFingerprint, levels, modes, unknown);
        }

        void apply(RegistryRecord record) {
            switch (record) {
                case RegistryRecord.VersionSet set -> set(set.version());
                case RegistryRecord.VersionRemoved removed -> remove(removed.subject(), removed.version());
                case RegistryRecord.LevelSet set -> put(levels, set.subject(), set.level());
                case RegistryRecord.ModeSet set -> put(modes, set.subject(), set.mode());
                case RegistryRecord.Unknown ignored -> unknown++;
            }
        }

        private static <V> void put(Map<Optional<String>, V> map, Optional<String> subject, Optional<V> value) {
            if (value.isPresent()) {
                map.put(subject, value.get());
            } else {
                map.remove(subject);
            }
        }

        private void set(RegisteredSchema version) {
            remove(version.subject(), version.version());
            SortedMap<Integer, RegisteredSchema> versions =
                    new TreeMap<>(subjects.getOrDefault(version.subject(), new TreeMap<>()));
            versions.put(version.version(), version);
            subjects.put(version.subject(), versions);
            contents.put(version.id(), version.content());
            idsByFingerprint.put(version.content().fingerprint(), version.id());
        }

        private void remove(String subject, int number) {
            SortedMap<Integer, RegisteredSchema> versions = subjects.get(subject);
            RegisteredSchema removed = versions == null ? null : versions.get(number);
            if (versions == null || removed == null) {
                return;
            }
            SortedMap<Integer, RegisteredSchema> rest = new TreeMap<>(versions);
            rest.remove(number);
            if (rest.isEmpty()) {
                subjects.remove(subject);
            } else {
                subjects.put(subject, rest);
            }
            List<RegisteredSchema> others = new ArrayList<>();
            subjects.values().forEach(map -> map.values().stream()
                    .filter(other -> other.id() == removed.id())
                    .forEach(others::add));
            if (others.isEmpty()) {
                contents.remove(removed.id());
                idsByFingerprint.remove(removed.content().fingerprint());
            }
        }
    }
}
