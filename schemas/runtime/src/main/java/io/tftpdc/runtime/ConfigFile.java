package io.tftpdc.runtime;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.deser.DeserializationProblemHandler;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.dropwizard.configuration.ConfigurationException;
import io.dropwizard.configuration.YamlConfigurationFactory;
import io.dropwizard.jackson.Jackson;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.apache.commons.text.StringSubstitutor;
import org.apache.commons.text.lookup.StringLookup;
import org.apache.commons.text.similarity.LevenshteinDistance;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * Loads a process's YAML file into one tree of records, once, at start.
 *
 * <ul>
 *   <li>A key is the name of the record component in kebab case: {@code bootstrapServers} is {@code bootstrap-servers}.
 *   <li>An absent or empty key gives null to the compact constructor, which puts the default there with
 *       {@link Defaults#or}; so components with a default have boxed types. An absent section (a component that is
 *       itself a record) is built from its own defaults. {@code @JsonProperty(required = true)} marks what has none.
 *   <li>Invariants are checked by the compact constructors, which throw {@link IllegalArgumentException} with what was
 *       expected; the message gets file, line and key in front.
 *   <li>{@link Duration} is written {@code 500ms}, {@code 5s}, {@code 10m}, {@code 2h}, {@code 7d} or ISO
 *       {@code PT5S}; {@link io.dropwizard.util.DataSize} is written {@code 512KiB}; secrets have type {@link Secret}.
 *   <li>{@code ${NAME}} and {@code ${NAME:-default}} inside a value are taken from the environment; a doubled dollar
 *       sign keeps the braces as they are. Substitution happens after parsing, so a value can never add keys.
 *   <li>{@code -Dtftpdc.config.kafka.port=9192} overrides the key {@code kafka.port}.
 * </ul>
 */
public final class ConfigFile {

    /** Prefix of the system properties that override single keys. */
    public static final String OVERRIDE_PREFIX = "tftpdc.config";

    /** For all single values: to make one takes far longer than to read a value. */
    private static final ObjectMapper VALUES = valueMapper();

    private ConfigFile() {}

    /**
     * Reads the file.
     *
     * @throws ConfigException listing every problem with file, line, key, what was found and what was expected
     */
    public static <T extends Record> T load(Class<T> type, Path file) {
        String yaml;
        try {
            yaml = Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new ConfigException(List.of(
                    "Configuration file " + file.toAbsolutePath() + " does not exist; create it or give another path"));
        } catch (IOException e) {
            throw new ConfigException(List.of("Configuration file " + file.toAbsolutePath() + " cannot be read: " + e));
        }
        return parse(type, file.getFileName().toString(), yaml, System::getenv);
    }

    /**
     * Reads configuration text; {@code name} stands for the file in messages.
     *
     * @param environment answers the value of an environment variable, or null where it is not set
     */
    public static <T extends Record> T parse(
            Class<T> type, String name, String yaml, UnaryOperator<@Nullable String> environment) {
        return new Reading<>(type, name, yaml, environment).read();
    }

    /**
     * Reads one value from JSON in the same way, strictly: a number in quotes is no number. Nothing comes from the
     * environment, since whoever says it need not be who started the process.
     *
     * @param type of the value
     * @param key stands for the value in messages
     * @throws ConfigException listing every problem with key, what was found and what was expected
     */
    public static <T> T value(Type type, String key, String json) {
        List<String> problems = new ArrayList<>();
        UnaryOperator<String> place =
                path -> "`" + key + (path.isEmpty() || path.startsWith("[") ? path : "." + path) + "` ";
        try {
            T value = VALUES.readerFor(VALUES.constructType(type))
                    .withAttribute(Notes.class, new Notes(problems, place))
                    .readValue(json);
            if (value == null) {
                problems.add("`" + key + "` is null; expected a value");
            } else if (problems.isEmpty()) {
                return value;
            }
        } catch (JsonMappingException e) {
            problems.add(explain(e, place));
        } catch (JsonProcessingException e) {
            problems.add("`" + key + "` is no JSON: " + e.getOriginalMessage());
        }
        throw new ConfigException(problems);
    }

    /** Where the problems of one reading go, and where a path is, for the beginning of a message. */
    private record Notes(List<String> problems, UnaryOperator<String> place) {}

    private static ObjectMapper valueMapper() {
        ObjectMapper mapper = mapper(context -> (Notes) Objects.requireNonNull(context.getAttribute(Notes.class)))
                .configure(DeserializationFeature.ACCEPT_FLOAT_AS_INT, false)
                .configure(DeserializationFeature.FAIL_ON_TRAILING_TOKENS, true);
        mapper.setConfig(mapper.getDeserializationConfig().without(MapperFeature.ALLOW_COERCION_OF_SCALARS));
        return mapper;
    }

    private static ObjectMapper mapper(Function<DeserializationContext, Notes> notes) {
        ObjectMapper mapper = Jackson.newObjectMapper();
        mapper.setPropertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE);
        mapper.registerModule(new SimpleModule().addDeserializer(Duration.class, new DurationReader()));
        mapper.addHandler(new DeserializationProblemHandler() {
            @Override
            public boolean handleUnknownProperty(
                    DeserializationContext context,
                    JsonParser parser,
                    JsonDeserializer<?> deserializer,
                    Object beanOrClass,
                    String key)
                    throws IOException {
                String path = dotted(parser.getParsingContext().pathAsPointer());
                Notes here = notes.apply(context);
                here.problems()
                        .add(here.place().apply(path) + "is not a known key; " + suggest(key, known(deserializer)));
                parser.skipChildren();
                return true;
            }
        });
        return mapper;
    }

    private static String explain(JsonMappingException cause, UnaryOperator<String> place) {
        String where = place.apply(path(cause.getPath()));
        if (cause instanceof ValueInstantiationException && cause.getCause() instanceof NullPointerException) {
            return where + "has a null in a list; expected values";
        }
        if (cause instanceof ValueInstantiationException && cause.getCause() != null) {
            return where + cause.getCause().getMessage();
        }
        if (cause instanceof MismatchedInputException mismatch) {
            if (cause.getOriginalMessage().startsWith("Missing required creator property")) {
                return where + "is missing; it has no default, so write it";
            }
            return where + "cannot be read as " + readable(mismatch.getTargetType()) + ": "
                    + cause.getOriginalMessage();
        }
        return where + cause.getOriginalMessage();
    }

    private static String readable(@Nullable Class<?> target) {
        return target == null ? "a value" : target.getSimpleName().toLowerCase(Locale.ROOT);
    }

    private static String path(List<JsonMappingException.Reference> references) {
        StringBuilder path = new StringBuilder();
        for (JsonMappingException.Reference reference : references) {
            if (reference.getFieldName() == null) {
                path.append('[').append(reference.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(reference.getFieldName());
            }
        }
        return path.toString();
    }

    private static Collection<String> known(JsonDeserializer<?> deserializer) {
        Collection<String> known = new TreeSet<>();
        Collection<Object> names = deserializer.getKnownPropertyNames();
        if (names != null) {
            names.forEach(name -> known.add(name.toString()));
        }
        return known;
    }

    private static String suggest(String key, Collection<String> known) {
        String flat = key.toLowerCase(Locale.ROOT).replace('_', '-');
        LevenshteinDistance distance = LevenshteinDistance.getDefaultInstance();
        String nearest = null;
        int best = Math.max(2, key.length() / 3) + 1;
        for (String candidate : known) {
            int d = Math.min(
                    distance.apply(flat, candidate), distance.apply(flat.replace("-", ""), candidate.replace("-", "")));
            if (d < best) {
                best = d;
                nearest = candidate;
            }
        }
        String all = known.isEmpty() ? "no keys are expected here" : "expected one of " + String.join(", ", known);
        return nearest == null ? all : "did you mean `" + nearest + "`? (" + all + ")";
    }

    private static String dotted(JsonPointer pointer) {
        StringBuilder path = new StringBuilder();
        for (JsonPointer p = pointer; p != null && !p.matches(); p = p.tail()) {
            if (p.mayMatchElement()) {
                path.append('[').append(p.getMatchingIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(p.getMatchingProperty());
            }
        }
        return path.toString();
    }

    /** One reading of one file: collects problems, so that all of them are reported at once. */
    private static final class Reading<T extends Record> {
        private final Class<T> type;
        private final String file;
        private final String yaml;
        private final UnaryOperator<@Nullable String> environment;
        private final Map<String, Integer> lines = new HashMap<>();
        private final List<String> problems = new ArrayList<>();

        Reading(Class<T> type, String file, String yaml, UnaryOperator<@Nullable String> environment) {
            this.type = type;
            this.file = file;
            this.yaml = yaml;
            this.environment = environment;
        }

        T read() {
            try {
                Node root = new Yaml(new LoaderOptions()).compose(new StringReader(yaml));
                if (root != null) {
                    collectLines("", root);
                }
                byte[] source = (root == null ? "{}" : yaml).getBytes(StandardCharsets.UTF_8);
                Notes notes = new Notes(problems, this::place);
                T value =
                        new Factory(mapper(context -> notes)).build(ignored -> new ByteArrayInputStream(source), file);
                if (problems.isEmpty()) {
                    return value;
                }
            } catch (MarkedYAMLException e) {
                int line = e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1;
                problems.add(file + " line " + line + ": this is not valid YAML: " + e.getProblem());
            } catch (ConfigurationException e) {
                problems.add(explain(e));
            } catch (IOException e) {
                problems.add(file + ": cannot be read: " + e.getMessage());
            }
            throw new ConfigException(problems);
        }

        private void collectLines(String path, Node node) {
            if (node instanceof MappingNode mapping) {
                for (NodeTuple entry : mapping.getValue()) {
                    if (entry.getKeyNode() instanceof ScalarNode key) {
                        String child = path.isEmpty() ? key.getValue() : path + "." + key.getValue();
                        lines.put(child, key.getStartMark().getLine() + 1);
                        collectLines(child, entry.getValueNode());
                    }
                }
            } else if (node instanceof SequenceNode sequence) {
                for (int i = 0; i < sequence.getValue().size(); i++) {
                    Node element = sequence.getValue().get(i);
                    lines.put(path + "[" + i + "]", element.getStartMark().getLine() + 1);
                    collectLines(path + "[" + i + "]", element);
                }
            }
        }

        private String place(String path) {
            Integer line = lines.get(path);
            String where = line == null ? file : file + " line " + line;
            return path.isEmpty() ? where + ": " : where + ": `" + path + "` ";
        }

        private String explain(ConfigurationException e) {
            return e.getCause() instanceof JsonMappingException cause
                    ? ConfigFile.explain(cause, this::place)
                    : file + ": " + e.getMessage();
        }

        /** Dropwizard's factory with our treatment of the tree between parsing and binding. */
        private final class Factory extends YamlConfigurationFactory<T> {
            Factory(ObjectMapper mapper) {
                super(type, null, mapper, OVERRIDE_PREFIX);
            }

            @Override
            protected T build(JsonNode node, String path) throws IOException, ConfigurationException {
                if (node instanceof ObjectNode root) {
                    dropEmptyAndSubstitute("", root);
                    addAbsentSections(root, type);
                }
                return super.build(node, path);
            }
        }

        private void dropEmptyAndSubstitute(String path, ObjectNode node) {
            for (Map.Entry<String, JsonNode> entry : List.copyOf(node.properties())) {
                String key = entry.getKey();
                if (entry.getValue().isNull()) {
                    node.remove(key);
                } else {
                    node.set(key, substituted(path.isEmpty() ? key : path + "." + key, entry.getValue()));
                }
            }
        }

        private JsonNode substituted(String path, JsonNode value) {
            if (value instanceof ObjectNode object) {
                dropEmptyAndSubstitute(path, object);
            } else if (value instanceof ArrayNode array) {
                for (int i = 0; i < array.size(); i++) {
                    array.set(i, substituted(path + "[" + i + "]", array.get(i)));
                }
            } else if (value.isTextual() && value.textValue().contains("${")) {
                return TextNode.valueOf(substitute(path, value.textValue()));
            }
            return value;
        }

        @SuppressWarnings("NullAway") // a StringLookup answers null for "not set"; its type does not say so
        private String substitute(String path, String text) {
            StringLookup lookup = environment::apply;
            StringSubstitutor substitutor = new StringSubstitutor(lookup)
                    .setEnableUndefinedVariableException(true)
                    .setDisableSubstitutionInValues(true);
            try {
                return substitutor.replace(text);
            } catch (IllegalArgumentException e) {
                problems.add(place(path) + "is `" + text + "`, but that environment variable is not set; set it, or"
                        + " write a default as in ${NAME:-value}");
                return text;
            }
        }

        /** A section that the file leaves out is built from its own defaults: the constructor sees {@code {}}. */
        private static void addAbsentSections(ObjectNode node, Class<?> record) {
            for (RecordComponent component : record.getRecordComponents()) {
                if (component.getType().isRecord()) {
                    String key = PropertyNamingStrategies.KebabCaseStrategy.INSTANCE.translate(component.getName());
                    if (!node.has(key)) {
                        node.putObject(key);
                    }
                    if (node.get(key) instanceof ObjectNode section) {
                        addAbsentSections(section, component.getType());
                    }
                }
            }
        }
    }

    private static final class DurationReader extends StdScalarDeserializer<Duration> {
        DurationReader() {
            super(Duration.class);
        }

        @Override
        public Duration deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            String text = parser.getText().strip();
            try {
                if (text.startsWith("P") || text.startsWith("p")) {
                    return Duration.parse(text);
                }
                return io.dropwizard.util.Duration.parse(text).toJavaDuration();
            } catch (IllegalArgumentException | DateTimeParseException | ArithmeticException e) {
                throw MismatchedInputException.from(
                        parser, Duration.class, "found `" + text + "`, expected for example 500ms, 5s, 10m or PT5S");
            }
        }
    }
}
