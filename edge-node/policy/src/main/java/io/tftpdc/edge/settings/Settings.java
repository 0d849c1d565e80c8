package io.tftpdc.edge.settings;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import io.tftpdc.edge.settings.Setting.Kind;
import io.tftpdc.event.ConfigEvent.SettingChanged;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** Every {@link Setting} that there is. Its names are the keys of {@code edge.yaml}, without {@code tftp} in front. */
public final class Settings {
    static final String NAMES = "names";
    static final String LIMITS = "limits";
    static final String TRANSFERS_PER_TENANT = LIMITS + ".transfers-per-tenant";
    static final String MAX_BLOCK_SIZE = "max-block-size";
    static final String MAX_WINDOW_SIZE = "max-window-size";
    static final String PROFILES = "profiles";
    static final String UPLOADS = "uploads.rules";
    static final String PLACEMENT = "placement";
    static final String MAX_STALENESS = "max-staleness";
    static final String STALE = "stale";

    /** A list of rules is as long as an operator can overlook, and a record as Kafka takes. */
    static final int MAX_CHARS = 256 * 1024;

    /** For times that are counted in milliseconds: more would overflow where requests are answered. */
    private static final Duration LONGEST = Duration.ofDays(36_500);

    private static final Set<Kind> NODES = EnumSet.of(Kind.ALL, Kind.SITE, Kind.NODE);
    private static final Set<Kind> ANY = EnumSet.allOf(Kind.class);
    private static final Map<String, Setting> ALL = all();

    private Settings() {}

    private static Map<String, Setting> all() {
        Map<String, Setting> all = new TreeMap<>();
        Consumer<Setting> add = setting -> all.put(setting.name(), setting);
        components(NAMES, NamesConfig.class, Set.of("mapFile"), ANY).forEach(add);
        components(LIMITS, LimitsConfig.class, Set.of("ipv4Network", "ipv6Network", "remembered"), NODES)
                .map(one -> one.name().equals(TRANSFERS_PER_TENANT) ? withScopes(one, ANY) : one)
                .forEach(add);
        add.accept(new Setting(
                MAX_BLOCK_SIZE,
                ANY,
                Integer.class,
                "1468",
                "largest blksize agreed to (RFC 2348)",
                value -> ProfileConfig.requireBlockSize((Integer) value)));
        add.accept(new Setting(
                MAX_WINDOW_SIZE,
                ANY,
                Integer.class,
                "16",
                "largest windowsize agreed to (RFC 7440)",
                value -> ProfileConfig.requireWindowSize((Integer) value)));
        add.accept(list(
                PROFILES,
                ProfileConfig.class,
                "[{\"clients\":[\"10.9.0.0/16\"],\"max-block-size\":512}]",
                "clients that need to be served otherwise; the first that fits decides"));
        add.accept(list(
                UPLOADS,
                UploadRule.class,
                "[{\"path\":\"backup/**\",\"overwrite\":true}]",
                "what clients may upload; the first that fits decides"));
        add.accept(list(
                PLACEMENT,
                PlacementRule.class,
                "[{\"path\":\"images/**\",\"mode\":\"on-demand\"}]",
                "which content comes ahead of time; the first that fits decides"));
        add.accept(new Setting(
                MAX_STALENESS, NODES, Duration.class, "\"1h\"", "a node whose index is older is not ready", value -> {
                    Duration age = (Duration) value;
                    if (age.compareTo(Duration.ofSeconds(1)) < 0 || age.compareTo(LONGEST) > 0) {
                        throw new IllegalArgumentException(
                                "`max-staleness` is " + value + "; expected 1s or more, such as 1h, up to 36500d");
                    }
                }));
        add.accept(new Setting(
                STALE,
                NODES,
                Stale.class,
                "\"refuse\"",
                "what a node whose index is older than `max-staleness` does: serve or refuse",
                value -> {}));
        return Collections.unmodifiableMap(all);
    }

    private static Setting list(String name, Class<?> element, String example, String meaning) {
        Type type = new ListOf(element);
        return new Setting(name, ANY, type, example, meaning, value -> {
            if (((List<?>) value).contains(null)) {
                throw new IllegalArgumentException("`" + name + "` has a null; expected " + example);
            }
        });
    }

    private record ListOf(Class<?> element) implements ParameterizedType {
        @Override
        public Type[] getActualTypeArguments() {
            return new Type[] {element};
        }

        @Override
        public Type getRawType() {
            return List.class;
        }

        @Override
        public Type getOwnerType() {
            throw new UnsupportedOperationException("a list has no owner");
        }
    }

    /** A setting for each component of a section of the file. */
    private static Stream<Setting> components(
            String section, Class<? extends Record> type, Set<String> without, Set<Kind> scopes) {
        return List.of(type.getRecordComponents()).stream()
                .filter(component -> !without.contains(component.getName()))
                .map(component -> new Setting(
                        section + "." + kebab(component),
                        scopes,
                        Overlay.valueType(component),
                        "",
                        "as `tftp." + section + "." + kebab(component) + "` in edge.yaml",
                        value -> Overlay.only(type, component.getName(), value)));
    }

    private static Setting withScopes(Setting setting, Set<Kind> scopes) {
        return new Setting(
                setting.name(), scopes, setting.type(), setting.example(), setting.meaning(), setting.check());
    }

    static String kebab(RecordComponent component) {
        return PropertyNamingStrategies.KebabCaseStrategy.INSTANCE.translate(component.getName());
    }

    public static Collection<Setting> known() {
        return ALL.values();
    }

    /** @throws IllegalArgumentException naming the nearest one when there is none of this name */
    public static Setting named(String name) {
        Setting setting = ALL.get(name);
        if (setting == null) {
            throw new IllegalArgumentException("`" + name + "` is not a known setting; " + nearest(name)
                    + "expected one of " + String.join(", ", ALL.keySet()));
        }
        return setting;
    }

    private static String nearest(String name) {
        LevenshteinDistance distance = new LevenshteinDistance(Math.max(2, name.length() / 3));
        return ALL.keySet().stream()
                .filter(known -> distance.apply(name, known) >= 0)
                .min(Comparator.comparing(known -> distance.apply(name, known)))
                .map(known -> "did you mean `" + known + "`? ")
                .orElse("");
    }

    /** What is wrong with a change, whoever made it; empty when it can be heeded. */
    public static Optional<String> problem(SettingChanged change) {
        try {
            Setting setting = named(change.name());
            if (change.value().isEmpty()) {
                return Optional.empty();
            }
            String json = change.value().get();
            if (json.length() > MAX_CHARS) {
                return Optional.of(
                        "`" + change.name() + "` has " + json.length() + " characters; expected at most " + MAX_CHARS);
            }
            setting.read(change.scope(), json);
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }
}
