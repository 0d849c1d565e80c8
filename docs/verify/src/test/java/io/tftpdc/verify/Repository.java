package io.tftpdc.verify;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** The files of this repository as somebody sees them who has just cloned it. */
final class Repository {
    /** Nobody commits what is below these. */
    private static final Set<String> NOT_OURS = Set.of(".git", "target", "data", ".idea", ".vscode", "node_modules");

    static final Path ROOT = findRoot();

    private Repository() {}

    private static Path findRoot() {
        for (Path place = Path.of("").toAbsolutePath(); place != null; place = place.getParent()) {
            if (Files.exists(place.resolve("mvnw")) && Files.exists(place.resolve("LICENSE"))) {
                return place;
            }
        }
        throw new IllegalStateException("no repository around " + Path.of("").toAbsolutePath());
    }

    /** Every file that the condition holds for, with its path from the root. */
    static List<Path> files(Predicate<Path> condition) {
        List<Path> files = new ArrayList<>();
        try {
            Files.walkFileTree(ROOT, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                    return NOT_OURS.contains(directory.getFileName().toString())
                            ? FileVisitResult.SKIP_SUBTREE
                            : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    Path relative = ROOT.relativize(file);
                    if (attributes.isRegularFile() && condition.test(relative)) {
                        files.add(relative);
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        files.sort(null);
        return files;
    }

    static List<Path> javaFiles() {
        return files(file -> file.toString().endsWith(".java"));
    }

    /** The Java files of the programs themselves, without tests. */
    static List<Path> mainJavaFiles() {
        return files(file -> file.toString().endsWith(".java")
                && file.toString().replace('\\', '/').contains("src/main/java/"));
    }

    /** README and everything below docs. */
    static List<Path> pages() {
        return files(file -> file.toString().endsWith(".md"));
    }

    static String read(Path relative) {
        try {
            return Files.readString(ROOT.resolve(relative));
        } catch (IOException e) {
            throw new UncheckedIOException("reading " + relative, e);
        }
    }
}
