package io.tftpdc.verify;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import io.dropwizard.util.DataSize;
import io.tftpdc.runtime.ConfigFile;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code docs/reference/configuration.md}, from the configuration records: keys and defaults by loading the shortest file
 * that each process takes, meanings from the records' Javadoc.
 */
final class ConfigurationPage {
    private ConfigurationPage() {}

    /**
     * A process with a file.
     *
     * @param title what people call it
     * @param type its configuration
     * @param example a file in {@code compose/config} that shows what is usually set
     * @param shortest the shortest file that loads
     */
    record Configured(String title, Class<? extends Record> type, String example, String shortest) {}

    static String render(List<Configured> processes) {
        Markdown page = new Markdown("Configuration", "the configuration records")
                .paragraph(
                        "Each process reads one YAML file at its start: `edge.yaml`, `streams.yaml` and so on, named on"
                                + " its command line. It holds what the process needs to start. An unknown key is an error that"
                                + " names the nearest known one; every problem is reported at once, with its line. [how-to"
                                + " operate](../how-to/operate.md) shows whole files.")
                .paragraph(
                        "Durations are written `500ms`, `5s`, `10m`, `2h` or `7d`; sizes `512KiB`, `16MiB`. `${NAME}`"
                                + " and `${NAME:-default}` inside a value come from the environment. A system property such as"
                                + " `-D" + ConfigFile.OVERRIDE_PREFIX + ".kafka.port=9192` overrides one key. Values of"
                                + " `properties` are handed to Kafka's clients as they are and print as stars.");
        for (Configured process : processes) {
            Record loaded = ConfigFile.parse(process.type(), process.title(), process.shortest(), name -> null);
            page.heading(2, process.title());
            page.paragraph(Javadoc.of(process.type()).sentence());
            page.paragraph("`compose/config/" + process.example()
                    + "` shows what is usually set. The shortest file, all" + " else has a default:");
            page.code("yaml", process.shortest());
            List<List<String>> rows = new ArrayList<>();
            rows("", process.type(), loaded, rows);
            page.table(List.of("key", "type", "default", "meaning"), rows.stream());
        }
        return page.toString();
    }

    /** Names of the records that the programs load and that are not among the given ones. */
    static List<String> missing(List<Configured> processes) {
        List<String> known = processes.stream()
                .map(process -> process.type().getSimpleName())
                .toList();
        List<String> missing = new ArrayList<>();
        for (Path file : Repository.mainJavaFiles()) {
            Pattern.compile("ConfigFile\\s*\\.load\\(\\s*(\\w+)\\.class")
                    .matcher(Repository.read(file))
                    .results()
                    .map(load -> load.group(1))
                    .filter(name -> !known.contains(name))
                    .forEach(missing::add);
        }
        return missing;
    }

    /** Keys of which the page would say nothing. */
    static List<String> silent(List<Configured> processes) {
        return render(processes)
                .lines()
                .filter(line -> line.startsWith("| `") && line.matches(".*\\| *\\|"))
                .toList();
    }

    private static void rows(String prefix, Class<?> type, Object value, List<List<String>> rows) {
        Javadoc javadoc = Javadoc.of(type);
        for (RecordComponent component : type.getRecordComponents()) {
            String key = prefix + PropertyNamingStrategies.KebabCaseStrategy.INSTANCE.translate(component.getName());
            Object current = read(component, value);
            if (component.getType().isRecord() && current != null) {
                rows(key + ".", component.getType(), current, rows);
                continue;
            }
            boolean required = isRequired(type, component.getName());
            rows.add(List.of(
                    "`" + key + "`",
                    typeName(component),
                    required ? "required" : shown(current),
                    javadoc.param(component.getName())));
            elementRecord(component).ifPresent(element -> elementRows(key + "[].", element, rows));
        }
    }

    /** Keys of the records in a list, or of a section that may be left out: there is no default to show. */
    private static void elementRows(String prefix, Class<?> type, List<List<String>> rows) {
        Javadoc javadoc = Javadoc.of(type);
        for (RecordComponent component : type.getRecordComponents()) {
            String key = prefix + PropertyNamingStrategies.KebabCaseStrategy.INSTANCE.translate(component.getName());
            Optional<Class<?>> section = optionalRecord(component);
            rows.add(List.of(
                    "`" + key + "`",
                    section.isPresent() ? "section" : typeName(component),
                    isRequired(type, component.getName()) ? "required" : "",
                    javadoc.param(component.getName())));
            section.ifPresent(record -> elementRows(key + ".", record, rows));
        }
    }

    private static Optional<Class<?>> optionalRecord(RecordComponent component) {
        return component.getType() == Optional.class
                        && component.getGenericType() instanceof ParameterizedType generic
                        && generic.getActualTypeArguments()[0] instanceof Class<?> inside
                        && inside.isRecord()
                ? Optional.of(inside)
                : Optional.empty();
    }

    private static Optional<Class<?>> elementRecord(RecordComponent component) {
        return component.getGenericType() instanceof ParameterizedType generic
                        && Collection.class.isAssignableFrom(component.getType())
                        && generic.getActualTypeArguments()[0] instanceof Class<?> element
                        && element.isRecord()
                ? Optional.of(element)
                : Optional.empty();
    }

    private static boolean isRequired(Class<?> type, String name) {
        for (var parameter : type.getDeclaredConstructors()[0].getParameters()) {
            JsonProperty property = parameter.getAnnotation(JsonProperty.class);
            if (parameter.getName().equals(name) && property != null && property.required()) {
                return true;
            }
        }
        return false;
    }

    private static Object read(RecordComponent component, Object value) {
        try {
            component.getAccessor().setAccessible(true);
            return component.getAccessor().invoke(value);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(component + " cannot be read", e);
        }
    }

    private static String typeName(RecordComponent component) {
        return component.getType() == Optional.class
                        && component.getGenericType() instanceof ParameterizedType generic
                        && generic.getActualTypeArguments()[0] instanceof Class<?> inside
                ? typeName(inside)
                : typeName(component.getType());
    }

    private static String typeName(Class<?> type) {
        if (type.isEnum()) {
            List<String> names = new ArrayList<>();
            for (Object constant : type.getEnumConstants()) {
                names.add(constant.toString());
            }
            return String.join(", ", names);
        }
        return switch (type.getSimpleName()) {
            case "String", "URI", "Path" -> "text";
            case "Integer", "Long", "int", "long", "Double", "double" -> "number";
            case "Boolean", "boolean" -> "true or false";
            case "Duration" -> "duration";
            case "DataSize" -> "size";
            case "Bandwidth" -> "size per second";
            case "Map" -> "map";
            case "List" -> "list";
            case String other -> other;
        };
    }

    private static String shown(Object value) {
        if (value == null) {
            return "";
        }
        if (value instanceof Duration duration) {
            return "`" + text(duration) + "`";
        }
        if (value instanceof DataSize size) {
            return "`" + size.getQuantity() + size.getUnit().name().charAt(0) + "iB`";
        }
        if (value instanceof Optional<?> optional) {
            return optional.isPresent() ? shown(optional.get()) : "none";
        }
        if ((value instanceof Map<?, ?> map && map.isEmpty())
                || (value instanceof Collection<?> list && list.isEmpty())) {
            return "empty";
        }
        return "`" + value + "`";
    }

    private static String text(Duration duration) {
        long millis = duration.toMillis();
        if (millis % 1000 != 0 || millis == 0) {
            return millis + "ms";
        }
        long seconds = millis / 1000;
        if (seconds % 86_400 == 0) {
            return seconds / 86_400 + "d";
        }
        if (seconds % 3_600 == 0) {
            return seconds / 3_600 + "h";
        }
        return seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
    }

    /** The comment in front of a record, from its source. */
    private record Javadoc(String text) {
        static Javadoc of(Class<?> type) {
            Class<?> outermost = type;
            while (outermost.getEnclosingClass() != null) {
                outermost = outermost.getEnclosingClass();
            }
            String path = outermost.getName().replace('.', '/') + ".java";
            for (Path file : Repository.mainJavaFiles()) {
                if (file.toString().replace('\\', '/').endsWith("src/main/java/" + path)) {
                    Matcher comment = Pattern.compile(
                                    "/\\*\\*((?:(?!\\*/).)*)\\*/\\s*(?:@[\\w.(\", )]+\\s*)*(?:public |private |protected |static )*record "
                                            + type.getSimpleName() + "\\b",
                                    Pattern.DOTALL)
                            .matcher(Repository.read(file));
                    return new Javadoc(comment.find() ? plain(comment.group(1)) : "");
                }
            }
            throw new IllegalStateException("no source of " + type);
        }

        private static String plain(String comment) {
            return comment.replaceAll("(?m)^\\s*\\* ?", "")
                    .replaceAll("\\{@(?:code|literal)\\s+([^}]*)}", "`$1`")
                    .replaceAll("\\{@(?:link|linkplain|value)\\s+#?([^}\\s]*)[^}]*}", "`$1`")
                    .replaceAll("</?[a-z]+>", "");
        }

        String sentence() {
            String head =
                    text.split("(?m)^\\s*@param", 2)[0].replaceAll("\\s+", " ").strip();
            return head.isEmpty() ? "No description." : head;
        }

        String param(String name) {
            Matcher param = Pattern.compile("(?ms)^\\s*@param " + name + "\\s+(.*?)(?=^\\s*@|\\z)")
                    .matcher(text);
            return param.find() ? param.group(1).replaceAll("\\s+", " ").strip() : "";
        }
    }
}
