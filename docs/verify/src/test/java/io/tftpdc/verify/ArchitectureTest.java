package io.tftpdc.verify;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchConditions.onlyDependOnClassesThat;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What may use what. The table is the one of the architecture; a new package starts with a line in it. */
class ArchitectureTest {

    /** Each part of {@code io.tftpdc} and the other parts that it may use. */
    private static final Map<String, Set<String>> MAY_USE = new TreeMap<>(Map.ofEntries(
            // schemas
            Map.entry("event", Set.of()),
            Map.entry("index", Set.of("event")),
            Map.entry("wire", Set.of("event", "index")),
            Map.entry("topic", Set.of("event", "index", "wire")),
            Map.entry("runtime", Set.of()),
            Map.entry("registry", Set.of("runtime")),
            Map.entry("client", Set.of("event", "index", "wire", "topic")),
            Map.entry("objects", Set.of("event", "runtime")),
            // edge-node
            Map.entry("tftp", Set.of()),
            Map.entry("edge.policy", Set.of("event", "index", "tftp")),
            // what operators say, checked where they say it and where it is heeded
            Map.entry("edge.settings", Set.of("event", "index", "runtime", "tftp", "edge.policy")),
            Map.entry("edge", Set.of("event", "index", "wire", "topic", "client", "objects", "runtime", "tftp")),
            // streams-processors
            Map.entry("streams.kit", Set.of("event", "wire", "topic", "runtime")),
            Map.entry("projection", Set.of("event", "index", "wire", "topic", "runtime", "streams.kit")),
            Map.entry("intake", Set.of("event", "index", "wire", "topic", "runtime", "streams.kit")),
            // the client reads the JSON that the query writes
            Map.entry("query", Set.of("event", "index", "wire", "topic", "client", "runtime", "projection")),
            // the client reads and writes content, and reports the node
            Map.entry(
                    "streams",
                    Set.of("event", "index", "wire", "topic", "client", "runtime", "projection", "intake", "query")),
            // admin-api, mirrormaker
            Map.entry("placement", Set.of("event")),
            Map.entry("dns", Set.of("event", "placement", "runtime")),
            Map.entry(
                    "admin",
                    Set.of(
                            "event",
                            "index",
                            "wire",
                            "topic",
                            "client",
                            "objects",
                            "runtime",
                            "placement",
                            "dns",
                            "edge.settings")),
            Map.entry("mirror", Set.of("event", "wire", "topic", "runtime")),
            // compose: the broker is a process of its own with a class path of its own
            Map.entry("broker", Set.of("runtime")),
            Map.entry(
                    "launcher",
                    Set.of(
                            "event",
                            "index",
                            "wire",
                            "topic",
                            "client",
                            "runtime",
                            "registry",
                            "streams",
                            "projection",
                            "intake",
                            "query",
                            "edge",
                            "admin",
                            "tftp")),
            Map.entry(
                    "cli", Set.of("event", "index", "topic", "client", "runtime", "launcher", "tftp", "mirror.site"))));

    /** The cores: functions of what they are given. */
    private static final String[] CORES = {
        "io.tftpdc.event..",
        "io.tftpdc.index..",
        "io.tftpdc.tftp.packet..",
        "io.tftpdc.tftp.transfer..",
        "io.tftpdc.placement.."
    };

    private static JavaClasses ours;

    @BeforeAll
    static void load() {
        ours = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .withImportOption(location -> !location.contains("-tests.jar") && !location.contains("/test-classes/"))
                .importPackages("io.tftpdc");
    }

    @Test
    void everyPartUsesOnlyWhatItsLineAllows() {
        MAY_USE.forEach((part, allowed) -> {
            Set<String> packages = new TreeSet<>(allowed);
            packages.add(part);
            classes()
                    .that()
                    .resideInAPackage("io.tftpdc." + part + "..")
                    .should(onlyDependOnClassesThat(resideInAnyPackage(packages.stream()
                                    .map(one -> "io.tftpdc." + one + "..")
                                    .toArray(String[]::new))
                            .or(notOurs())))
                    .allowEmptyShould(true)
                    .because("the table in ArchitectureTest says so; change it there when the architecture changes")
                    .check(ours);
        });
    }

    @Test
    void everyPackageHasALineInTheTable() {
        Set<String> parts = new TreeSet<>();
        ours.forEach(one ->
                parts.add(one.getPackageName().substring("io.tftpdc.".length()).split("\\.", 2)[0]));

        assertThat(MAY_USE.keySet()).containsAll(parts);
    }

    @Test
    void theCoresUseTheJdkAndOneAnotherOnly() {
        classes()
                .that()
                .resideInAnyPackage(CORES)
                .should(onlyDependOnClassesThat(
                        resideInAnyPackage(CORES).or(resideInAnyPackage("java..", "org.jspecify.annotations.."))))
                .because("what is decided must not depend on how it is carried")
                .check(ours);
    }

    @Test
    void theCoresHaveNoClockNoRandomnessNoThreadsAndNoLog() {
        noClasses()
                .that()
                .resideInAnyPackage(CORES)
                .should()
                .dependOnClassesThat(describe(
                        "are clocks, randomness, threads, files, sockets or logs",
                        used -> Set.of(
                                                "java.time.Clock",
                                                "java.util.Random",
                                                "java.security.SecureRandom",
                                                "java.lang.Thread",
                                                "java.util.Timer",
                                                "java.io.File",
                                                "java.net.Socket",
                                                "java.net.DatagramSocket")
                                        .contains(used.getName())
                                || used.getPackageName().startsWith("java.util.logging")
                                || used.getPackageName().startsWith("java.nio.file")
                                || used.getPackageName().startsWith("java.nio.channels")
                                || used.getPackageName().equals("java.util.concurrent")
                                || used.getPackageName().equals("java.util.random")))
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(java.time.Instant.class, "now")
                .orShould()
                .callMethod(java.util.UUID.class, "randomUUID")
                .orShould()
                .callMethod(Math.class, "random")
                .because("time comes in as an argument and goes out as a value, so that an hour takes a millisecond")
                .check(ours);
    }

    @Test
    void avroStaysWhereEventsAreWritten() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.tftpdc.wire..", "io.tftpdc.registry..")
                .should()
                .dependOnClassesThat(resideInAnyPackage("org.apache.avro..", "io.tftpdc.wire.avro.."))
                .because("io.tftpdc.wire turns Avro's records, and its nulls, into values of the model")
                .check(ours);
    }

    @Test
    void nettyStaysInTheEdgeAndTheDnsServer() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.tftpdc.edge..", "io.tftpdc.dns..")
                .should()
                .dependOnClassesThat(resideInAnyPackage("io.netty.."))
                .check(ours);
    }

    @Test
    void everyPackageIsNullMarked() {
        Set<String> unmarked = new TreeSet<>();
        for (JavaClass one : ours) {
            if (!one.getPackageName().equals("io.tftpdc.wire.avro")
                    && !one.getPackage().isAnnotatedWith(NullMarked.class)) {
                unmarked.add(one.getPackageName());
            }
        }

        assertThat(unmarked).as("packages whose package-info lacks @NullMarked").isEmpty();
    }

    @Test
    void onlyProgramsForPeopleWriteToStandardOutput() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.tftpdc.cli..", "io.tftpdc.launcher..")
                .and(describe("are not the one that silences the JDK", one -> !one.getName()
                        .equals("io.tftpdc.runtime.ClassDataArchive")))
                .and(describe("are not a process's main class", one -> one.tryGetMethod("main", String[].class)
                        .isEmpty()))
                .should()
                .accessTargetWhere(describe("is System.out or System.err", ArchitectureTest::isStandardStream))
                .because("everything else has something to tell to a log, a meter or a caller")
                .check(ours);
    }

    @Test
    void logLinesAreConstantMessagesWithKeysAndValues() {
        noClasses()
                .should()
                .callMethodWhere(describe(
                        "is a method of Logger that takes the message",
                        call -> call.getTargetOwner().getName().equals("org.slf4j.Logger")
                                && List.of("trace", "debug", "info", "warn", "error")
                                        .contains(call.getName())))
                .because("a log line is LOG.atInfo().addKeyValue(...).log(\"constant text\")")
                .check(ours);
    }

    private static boolean isStandardStream(JavaAccess<?> access) {
        return access.getTargetOwner().getName().equals("java.lang.System")
                && (access.getName().equals("out") || access.getName().equals("err"));
    }

    private static DescribedPredicate<JavaClass> notOurs() {
        return describe("are not ours", used -> !used.getPackageName().startsWith("io.tftpdc"));
    }
}
