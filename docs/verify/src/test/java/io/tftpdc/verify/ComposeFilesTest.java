package io.tftpdc.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.tftpdc.admin.AdminConfig;
import io.tftpdc.edge.config.EdgeConfig;
import io.tftpdc.mirror.site.SiteFile;
import io.tftpdc.registry.RegistryConfig;
import io.tftpdc.runtime.ConfigFile;
import io.tftpdc.streams.ProcessorsConfig;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import kafka.server.KafkaConfig;
import org.apache.kafka.common.utils.AppInfoParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;

/**
 * The files for Docker Compose say what the processes and Kafka understand, and nothing that is not there. Needs no
 * Docker; whether they are Compose files at all is for its own schema to say.
 */
class ComposeFilesTest {
    private static final Path DIRECTORY = Path.of("compose", "docker");
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{(\\w+)(?::-[^}]*)?}");
    private static final Pattern MAIN = Pattern.compile("main=(io\\.tftpdc\\.[\\w.]+)");
    private static final Pattern PART = Pattern.compile("(?m)^ {2}(\\w+)\\)");
    private static final String OWN_IMAGE = "tftpdc:local";

    /** One service of one file. */
    record Service(Path file, String name, Map<?, ?> settings, Map<String, Service> all) {
        boolean isKafka() {
            return String.valueOf(settings.get("image")).startsWith("apache/kafka:");
        }

        String part() {
            return String.valueOf(list("command").get(0));
        }

        List<?> list(String key) {
            return settings.get(key) instanceof List<?> list ? list : List.of();
        }

        Map<?, ?> map(String key) {
            return settings.get(key) instanceof Map<?, ?> map ? map : Map.of();
        }

        Map<String, String> environment() {
            Map<String, String> environment = new LinkedHashMap<>();
            map("environment").forEach((key, value) -> {
                assertThat(value).as("%s of %s: a text in YAML", key, this).isInstanceOf(String.class);
                environment.put(key.toString(), value.toString());
            });
            return environment;
        }

        /** Those of the file if it names none. */
        Set<String> networks() {
            List<?> networks = list("networks");
            return networks.isEmpty()
                    ? Set.of("default")
                    : networks.stream().map(Object::toString).collect(Collectors.toSet());
        }

        @Override
        public String toString() {
            return name + " in " + file;
        }
    }

    static List<Path> files() {
        return Repository.files(
                file -> file.startsWith(DIRECTORY) && file.toString().endsWith(".yaml"));
    }

    static List<Service> services() {
        return files().stream().flatMap(ComposeFilesTest::servicesOf).toList();
    }

    static Stream<Service> processes() {
        return services().stream().filter(service -> !service.isKafka());
    }

    static Stream<Service> brokers() {
        return services().stream().filter(Service::isKafka);
    }

    private static Map<?, ?> content(Path file) {
        return new Yaml(new LoaderOptions()).load(Repository.read(file));
    }

    private static Stream<Service> servicesOf(Path file) {
        Map<String, Service> all = new LinkedHashMap<>();
        ((Map<?, ?>) of(content(file), "services"))
                .forEach((name, settings) ->
                        all.put(name.toString(), new Service(file, name.toString(), (Map<?, ?>) settings, all)));
        return all.values().stream();
    }

    @Test
    void oneSiteIsFiveServicesAndTwoSitesAreTwelve() {
        assertThat(files()).hasSize(2);
        assertThat(brokers()).hasSize(3);
        assertThat(processes()).hasSize(14);
    }

    @ParameterizedTest
    @MethodSource("processes")
    void theProcessTakesItsFileWithTheEnvironmentThatItIsGiven(Service service) {
        Path file = Path.of("compose", "config", service.part() + ".yaml");
        Map<String, String> environment = service.environment();

        Record config = load(service, file);

        assertThat(environment.keySet())
                .as("variables that %s reads", file)
                .isSubsetOf(VARIABLE.matcher(Repository.read(file))
                        .results()
                        .map(variable -> variable.group(1))
                        .collect(Collectors.toSet()));
        assertThat(config.toString())
                .contains(environment.values().stream()
                        .filter(value -> !value.equals("single"))
                        .toList());
        assertThat(service.map("healthcheck").get("test"))
                .isEqualTo(List.of("CMD", "healthy", String.valueOf(healthPort(config))));
    }

    @ParameterizedTest
    @MethodSource("processes")
    void whatItConnectsToIsThereAndOnANetworkOfIts(Service service) {
        service.environment().values().stream()
                .filter(value -> value.contains(":"))
                .map(value -> URI.create(value.contains("://") ? value : "kafka://" + value))
                .forEach(address -> {
                    assertThat(service.all()).as("%s of %s", address, service).containsKey(address.getHost());
                    Service other = of(service.all(), address.getHost());
                    assertThat(other.networks())
                            .as("%s of %s", address, service)
                            .containsAnyElementsOf(service.networks());
                    if (other.isKafka()) {
                        assertThat(advertised(other)).contains(address.getHost() + ":" + address.getPort());
                    } else {
                        assertThat(healthPort(load(other, Path.of("compose", "config", other.part() + ".yaml"))))
                                .isEqualTo(address.getPort());
                    }
                });
        assertThat(service.environment()).containsKey("KAFKA");
    }

    @ParameterizedTest
    @MethodSource("brokers")
    void kafkaTakesItsSettings(Service service) {
        Map<String, String> settings = new LinkedHashMap<>();
        service.environment().forEach((name, value) -> {
            if (name.startsWith("KAFKA_")) {
                // as the image does it, for names without underscores of their own
                settings.put(
                        name.substring("KAFKA_".length())
                                .toLowerCase(Locale.ROOT)
                                .replace('_', '.'),
                        value);
            }
        });

        assertThat(KafkaConfig.configDef().names()).containsAll(settings.keySet());
        assertThatCode(() -> new KafkaConfig(settings, false)).doesNotThrowAnyException();
        assertThat(service.settings().get("image")).isEqualTo("apache/kafka:" + AppInfoParser.getVersion());
        assertThat(service.list("volumes"))
                .anyMatch(volume -> volume.toString().endsWith(":" + settings.get("log.dirs")));
        assertThat(service.environment()).containsKey("CLUSTER_ID");
    }

    @ParameterizedTest
    @MethodSource("services")
    void everythingThatAServiceNamesIsThere(Service service) {
        Map<?, ?> file = content(service.file());
        Set<String> volumes = new HashSet<>();
        service.list("volumes").forEach(volume -> volumes.add(volume.toString().split(":", 2)[0]));

        assertThat(keys(file, "volumes")).containsAll(volumes);
        assertThat(Stream.concat(Stream.of("default"), keys(file, "networks").stream()))
                .containsAll(service.networks());
        service.map("depends_on").forEach((name, condition) -> {
            assertThat(service.all()).containsKey(name.toString());
            assertThat(condition).isEqualTo(Map.of("condition", "service_healthy"));
            assertThat(of(service.all(), name.toString()).map("healthcheck")).isNotEmpty();
        });
        assertThat(service.map("healthcheck").keySet().stream().map(Object::toString))
                .contains("test", "interval", "timeout", "retries");
        if (!service.isKafka()) {
            assertThat(service.settings().get("image")).isEqualTo(OWN_IMAGE);
            Path context = DIRECTORY.resolve(of(service.map("build"), "context").toString());
            assertThat(Repository.ROOT
                            .resolve(context)
                            .resolve(of(service.map("build"), "dockerfile").toString()))
                    .exists();
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void noTwoServicesWantTheSamePortOfTheHost(Path file) {
        List<String> wanted = servicesOf(file)
                .flatMap(service -> service.list("ports").stream())
                .map(port ->
                        port.toString().replaceFirst("^127\\.0\\.0\\.1:", "").replaceFirst(":\\d+", ""))
                .toList();

        assertThat(wanted).isNotEmpty().doesNotHaveDuplicates();
    }

    @Test
    void theImageRunsThePartsThatCanBeRunFromACloneToo() {
        String image = Repository.read(DIRECTORY.resolve("process"));
        String clone = Repository.read(Path.of("compose", "run"));

        assertThat(matches(MAIN, image))
                .isEqualTo(matches(MAIN, clone))
                .hasSize(5)
                .allSatisfy(name -> assertThatCode(() -> Class.forName(name)).doesNotThrowAnyException());
        assertThat(matches(PART, image)).isEqualTo(matches(PART, clone));
    }

    @Test
    void theImageHoldsWhatIsInTheRepositoryOrAssembledThere() {
        String dockerfile = Repository.read(DIRECTORY.resolve("Dockerfile"));
        List<String> kept = Repository.read(DIRECTORY.resolve("Dockerfile.dockerignore"))
                .lines()
                .filter(line -> line.startsWith("!"))
                .map(line -> line.substring(1))
                .toList();
        List<String> copied = new ArrayList<>();
        dockerfile.lines().filter(line -> line.startsWith("COPY ")).forEach(line -> {
            List<String> words = List.of(line.split(" ", -1));
            copied.addAll(words.subList(1, words.size() - 1));
        });

        assertThat(copied).containsExactlyInAnyOrderElementsOf(kept).allSatisfy(path -> {
            boolean assembled = path.startsWith("standalone/target/tftpdc/lib/");
            assertThat(assembled
                            || Files.exists(Repository.ROOT.resolve("compose").resolve(path)))
                    .isTrue();
        });
    }

    private static Record load(Service service, Path file) {
        Class<? extends Record> type =
                switch (service.part()) {
                    case "registry" -> RegistryConfig.class;
                    case "streams" -> ProcessorsConfig.class;
                    case "edge" -> EdgeConfig.class;
                    case "admin" -> AdminConfig.class;
                    case "mirror" -> SiteFile.class;
                    default -> throw new AssertionError(service + " runs " + service.part());
                };
        return ConfigFile.parse(type, file.toString(), Repository.read(file), service.environment()::get);
    }

    private static int healthPort(Record config) {
        return switch (config) {
            case RegistryConfig registry -> registry.port();
            case ProcessorsConfig streams -> streams.port();
            case EdgeConfig edge -> edge.http().port();
            case AdminConfig admin -> admin.port();
            case SiteFile mirror -> mirror.ops().port();
            default -> throw new AssertionError(config);
        };
    }

    private static List<String> advertised(Service kafka) {
        return Stream.of(of(kafka.environment(), "KAFKA_ADVERTISED_LISTENERS").split(",", -1))
                .map(listener -> listener.replaceFirst(".*://", ""))
                .toList();
    }

    /** What the map has there; it is an error of the file if it has nothing. */
    private static <V> V of(Map<?, V> map, String key) {
        return Objects.requireNonNull(map.get(key), key);
    }

    private static Set<String> keys(Map<?, ?> file, String section) {
        return file.containsKey(section)
                ? ((Map<?, ?>) of(file, section))
                        .keySet().stream().map(Object::toString).collect(Collectors.toSet())
                : Set.of();
    }

    private static Set<String> matches(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map((MatchResult match) -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
