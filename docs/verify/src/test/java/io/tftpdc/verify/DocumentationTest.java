package io.tftpdc.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Everything that the documents name is there. In Markdown pages these count as names:
 *
 * <ul>
 *   <li>a link to a place in the repository, with its anchor;
 *   <li>a word in backticks, or in a drawing (a fenced block without a language), that is written like a class of ours:
 *       {@code FileIndexFold}, {@code FileIndexFold.apply};
 *   <li>a path in backticks, or at the start of a command, that begins with a folder of the repository.
 * </ul>
 */
class DocumentationTest {
    /** Classes and products with a hump in their name that are not ours. */
    private static final Set<String> OTHERS = Set.of(
            "MirrorMaker",
            "DefaultReplicationPolicy",
            "IdentityReplicationPolicy",
            "KafkaStreams",
            "KafkaConsumer",
            "KafkaProducer",
            "RocksDB",
            "JavaScript",
            "GitHub",
            "ServiceLoader",
            "TopicNameStrategy",
            "LogAppendTime",
            "NullAway",
            "NullMarked",
            "ArchUnit",
            "SerializationException",
            "IllegalArgumentException",
            "KRaft",
            "OpenMetrics",
            "OpenAPI",
            "TopologyTestDriver",
            "KafkaRaftServer",
            "EpollDatagramChannel",
            "EpollIoHandle",
            "DatagramPacket",
            "SegmentedDatagramPacket",
            "PowerShell",
            "GetObject",
            "GetObjectVersion",
            "ListBucket",
            // the example of how-to/add-an-event-type.md
            "FileSigned");

    private static final Set<String> FILE_ENDINGS = Set.of("avsc", "java", "md", "yaml");

    private static final Pattern CAMEL = Pattern.compile("\\b([A-Z][a-z0-9]+(?:[A-Z]+[a-z0-9]*)+)(?:\\.([a-z]\\w*))?");
    private static final Pattern LINK = Pattern.compile("(?<!!)\\[[^\\]]*]\\(([^)\\s]+)\\)");
    private static final Pattern CODE = Pattern.compile("`([^`\n]+)`");
    private static final Pattern FENCE = Pattern.compile("(?ms)^```(\\w*)\n(.*?)^```$");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ +(.+)$");
    private static final Pattern TYPE = Pattern.compile("\\b(?:class|interface|record|enum) +([A-Z]\\w*)");

    /** Simple name of each class of ours, nested ones too, and the text it is declared in. */
    private static final Map<String, String> SOURCES = new HashMap<>();

    private static final Set<String> TOP = new HashSet<>();

    @BeforeAll
    static void readSources() {
        for (Path file : Repository.javaFiles()) {
            String text = Repository.read(file);
            TYPE.matcher(text).results().forEach(type -> SOURCES.merge(type.group(1), text, String::concat));
        }
        for (Path schema : Repository.files(file -> file.toString().endsWith(".avsc"))) {
            String name = schema.getFileName().toString().replace(".avsc", "");
            SOURCES.putIfAbsent(name, "");
        }
        Repository.files(file -> true).forEach(file -> TOP.add(file.getName(0).toString()));
    }

    static List<Path> pages() {
        return Repository.pages();
    }

    @ParameterizedTest
    @MethodSource("pages")
    void everyLinkLeadsSomewhere(Path page) {
        List<String> broken = new ArrayList<>();
        for (MatchResult link : LINK.matcher(withoutFences(page)).results().toList()) {
            String target = link.group(1);
            if (!target.matches("[a-z]+:.*") && !resolves(page, target)) {
                broken.add(target);
            }
        }

        assertThat(broken).as("links of %s that lead nowhere", page).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("pages")
    void everyClassThatIsNamedExists(Path page) {
        Set<String> gone = new HashSet<>();
        for (String text : namingTexts(page)) {
            for (MatchResult name : CAMEL.matcher(text).results().toList()) {
                String source = SOURCES.get(name.group(1));
                if (source == null) {
                    if (!OTHERS.contains(name.group(1))) {
                        gone.add(name.group(1));
                    }
                } else if (name.group(2) != null
                        && !FILE_ENDINGS.contains(name.group(2))
                        && !Pattern.compile("\\b" + name.group(2) + "\\b")
                                .matcher(source)
                                .find()) {
                    gone.add(name.group());
                }
            }
        }

        assertThat(gone)
                .as("%s names classes that are not (or no longer) there; another product's belongs in OTHERS", page)
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("pages")
    void everyPathThatIsNamedExists(Path page) {
        Set<String> gone = new HashSet<>();
        for (String path : namedPaths(page)) {
            if (!Files.exists(Repository.ROOT.resolve(path))) {
                gone.add(path);
            }
        }

        assertThat(gone)
                .as("%s names files that are not (or no longer) there", page)
                .isEmpty();
    }

    @Test
    void aNameThatIsGoneWouldBeFound() {
        assertThat(CAMEL.matcher("`FileIndexProjectorOfOld.run`").find()).isTrue();
        assertThat(SOURCES).containsKey("FileIndexFold").doesNotContainKey("FileIndexProjectorOfOld");
        assertThat(resolves(Path.of("README.md"), "docs/architecture.md")).isTrue();
        assertThat(resolves(Path.of("README.md"), "docs/architecture.md#no-such-heading"))
                .isFalse();
        assertThat(resolves(Path.of("README.md"), "docs/no-such-page.md")).isFalse();
    }

    private static String withoutFences(Path page) {
        return FENCE.matcher(Repository.read(page)).replaceAll("");
    }

    /** Words in backticks and in drawings. */
    private static List<String> namingTexts(Path page) {
        List<String> texts = new ArrayList<>();
        CODE.matcher(withoutFences(page)).results().forEach(code -> texts.add(code.group(1)));
        Matcher fences = FENCE.matcher(Repository.read(page));
        while (fences.find()) {
            if (fences.group(1).isEmpty()) {
                texts.add(fences.group(2));
            }
        }
        return texts;
    }

    private static Set<String> namedPaths(Path page) {
        Set<String> paths = new HashSet<>();
        CODE.matcher(withoutFences(page)).results().forEach(code -> addPath(code.group(1), paths));
        Matcher fences = FENCE.matcher(Repository.read(page));
        while (fences.find()) {
            if (fences.group(1).equals("sh")) {
                fences.group(2).lines().forEach(line -> addPath(line, paths));
            }
        }
        return paths;
    }

    /** The first word, when it is a path from the root of the repository. */
    private static void addPath(String text, Set<String> paths) {
        String word = text.strip().split("\\s", 2)[0].replaceAll("[,:;.]+$", "");
        String path = word.startsWith("./") ? word.substring(2) : word;
        boolean plain = path.matches("[\\w./-]+") && !path.contains("...");
        if (plain && path.contains("/") && TOP.contains(path.substring(0, path.indexOf('/')))) {
            paths.add(path);
        } else if (plain && word.startsWith("./") && !path.equals("data")) {
            paths.add(path);
        }
    }

    private static boolean resolves(Path page, String target) {
        int hash = target.indexOf('#');
        String path = hash < 0 ? target : target.substring(0, hash);
        Path folder = page.getParent() == null ? Path.of("") : page.getParent();
        Path file = path.isEmpty() ? page : folder.resolve(path).normalize();
        if (!Files.exists(Repository.ROOT.resolve(file))) {
            return false;
        }
        return hash < 0 || anchors(file).contains(target.substring(hash + 1));
    }

    /** As GitHub derives them from headings. */
    private static Set<String> anchors(Path page) {
        Set<String> anchors = new HashSet<>();
        HEADING.matcher(withoutFences(page))
                .results()
                .forEach(heading -> anchors.add(heading.group(1)
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\w\\- ]", "")
                        .replace(' ', '-')));
        return anchors;
    }
}
