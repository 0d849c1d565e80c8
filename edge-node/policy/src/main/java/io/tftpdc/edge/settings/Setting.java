package io.tftpdc.edge.settings;

import io.tftpdc.event.ConfigScope;
import io.tftpdc.event.Tenant;
import io.tftpdc.runtime.ConfigException;
import io.tftpdc.runtime.ConfigFile;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Something that operators change while edge nodes run. {@link Settings} lists them all.
 *
 * @param name as it is written, such as {@code names.ignore-case}
 * @param scopes for whom it can be set
 * @param type of the value, which is written in JSON as in {@code edge.yaml}
 * @param example a value, in JSON
 * @param meaning for people
 * @param check throws {@link IllegalArgumentException}, saying what was found and expected, on a value that makes no sense
 */
public record Setting(
        String name, Set<Kind> scopes, Type type, String example, String meaning, Consumer<Object> check) {

    public Setting {
        scopes = Set.copyOf(scopes);
    }

    /** A kind of {@link ConfigScope}. */
    public enum Kind {
        ALL,
        SITE,
        NODE,
        TENANT;

        static Kind of(ConfigScope scope) {
            return switch (scope) {
                case ConfigScope.All all -> ALL;
                case ConfigScope.OfSite site -> SITE;
                case ConfigScope.OfNode node -> NODE;
                case ConfigScope.OfTenant tenant -> TENANT;
            };
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * The value as it is used.
     *
     * @throws IllegalArgumentException saying what was found, what was expected and where
     */
    public Object read(ConfigScope scope, String json) {
        if (!scopes.contains(Kind.of(scope))) {
            throw new IllegalArgumentException("`" + name + "` is set for " + scope + "; expected one of the scopes "
                    + scopes.stream().sorted().map(Kind::toString).collect(Collectors.joining(", ")));
        }
        Object value;
        try {
            value = ConfigFile.value(type, name, json);
            check.accept(value);
        } catch (ConfigException e) {
            throw new IllegalArgumentException(String.join("; ", e.problems()), e);
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            throw new IllegalArgumentException(
                    message.startsWith("`" + name) ? message : "`" + name + "`: " + message, e);
        } catch (RuntimeException | StackOverflowError e) {
            // Whoever wrote the record may be anybody, and no record may stop those who follow the topic.
            throw new IllegalArgumentException(
                    "`" + name + "` cannot be used, " + e.getClass().getSimpleName()
                            + "; expected a value as in edge.yaml, without numbers that overflow and endless nesting",
                    e);
        }
        return scope instanceof ConfigScope.OfTenant of ? ofTenant(value, of.tenant()) : value;
    }

    /** The rules of a list that is set for a tenant are for that tenant, which they need not say. */
    private Object ofTenant(Object value, Tenant tenant) {
        if (!(value instanceof List<?> list)) {
            return value;
        }
        for (int i = 0; i < list.size(); i++) {
            if (list.get(i) instanceof OfTenant<?> rule
                    && rule.tenant().map(named -> !named.equals(tenant.value())).orElse(false)) {
                throw new IllegalArgumentException("`" + name + "[" + i + "].tenant` is "
                        + rule.tenant().get() + " in what is set for tenant " + tenant + "; leave it out");
            }
        }
        return list.stream()
                .map(rule -> rule instanceof OfTenant<?> one ? Objects.requireNonNull(one.of(tenant)) : rule)
                .toList();
    }
}
