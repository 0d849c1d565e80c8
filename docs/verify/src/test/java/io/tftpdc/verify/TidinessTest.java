package io.tftpdc.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The small habits, so that nobody has to remember or review them. */
class TidinessTest {
    /** Not written by us: the Maven wrapper, and the text of the licence. */
    private static final Set<String> FOREIGN = Set.of("mvnw", "mvnw.cmd", "LICENSE");

    private static final Pattern TEXT = Pattern.compile(
            ".*\\.(java|md|xml|ya?ml|avsc|json|jsonl|txt|sh|properties|js|css|html|svg|editorconfig|gitignore|config)"
                    + "|(.*/)?[a-z-]+");

    /** A path that exists on somebody's machine only. */
    private static final Pattern MACHINE_PATH =
            Pattern.compile("(?<![\\w.<])/(root|home/\\w+|Users/\\w+|work|mnt|tmp/\\w)(?![\\w-])|[A-Z]:\\\\Users");

    private static final List<Path> FILES = Repository.files(
            file -> TEXT.matcher(file.toString().replace('\\', '/')).matches() && !FOREIGN.contains(file.toString()));

    @Test
    void linesEndWithoutBlanksAndAreIndentedWithSpaces() {
        List<String> problems = new ArrayList<>();
        for (Path file : FILES) {
            int number = 0;
            for (String line : Repository.read(file).split("\n", -1)) {
                number++;
                if (line.indexOf('\r') >= 0) {
                    problems.add(file + ":" + number + " ends with CR LF");
                } else if (line.indexOf('\t') >= 0) {
                    problems.add(file + ":" + number + " has a tab");
                } else if (line.endsWith(" ")) {
                    problems.add(file + ":" + number + " ends with a blank");
                }
            }
        }

        assertThat(problems).isEmpty();
    }

    @Test
    void filesEndWithOneLineFeed() {
        assertThat(FILES)
                .filteredOn(file -> {
                    String text = Repository.read(file);
                    return !text.isEmpty() && (!text.endsWith("\n") || text.endsWith("\n\n"));
                })
                .isEmpty();
    }

    @Test
    void nothingNamesAPathOfSomebodysMachine() {
        List<String> problems = new ArrayList<>();
        for (Path file : FILES) {
            if (!file.endsWith("TidinessTest.java")) {
                MACHINE_PATH
                        .matcher(Repository.read(file))
                        .results()
                        .forEach(found -> problems.add(file + ": " + found.group()));
            }
        }

        assertThat(problems).isEmpty();
    }

    @Test
    void everyPackageSaysWhatItIs() {
        Set<String> described = new TreeSet<>();
        Set<String> used = new TreeSet<>();
        for (Path file : Repository.javaFiles()) {
            String path = file.toString().replace('\\', '/');
            int source = Math.max(path.indexOf("src/main/java/"), path.indexOf("src/test/java/"));
            if (source >= 0) {
                String folder = path.substring(source + "src/main/java/".length(), path.lastIndexOf('/'));
                (path.endsWith("/package-info.java") ? described : used).add(folder);
            }
        }

        used.removeAll(described);
        assertThat(used).as("packages without package-info.java").isEmpty();
    }

    @Test
    void scriptsAreExecutable() {
        assertThat(Repository.files(file -> FILES.contains(file) && isScript(file)))
                .isNotEmpty()
                .allSatisfy(file -> assertThat(Files.isExecutable(Repository.ROOT.resolve(file)))
                        .isTrue());
    }

    private static boolean isScript(Path file) {
        return !file.toString().endsWith(".sh") && Repository.read(file).startsWith("#!");
    }
}
