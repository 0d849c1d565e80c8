package io.tftpdc.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A JVM's archive of loaded classes (AppCDS), which halves the time the next one starts in.
 *
 * <p>A process that is started with {@link #flags} reads the archive if it is there and fits. If not it takes notes, and
 * {@link #writeIfWanted()} at the end of a good run writes it. Not {@code -XX:+AutoCreateSharedArchive}, which would keep
 * the few classes of a run that only printed its help. Needs nothing but the JDK and SLF4J.
 */
public final class ClassDataArchive {

    /** Names the file that is to be written. */
    static final String WANTED = "tftpdc.archive.write";

    private static final Logger LOG = LoggerFactory.getLogger(ClassDataArchive.class);

    private ClassDataArchive() {}

    /**
     * Options for a JVM. Its own log is off: it would speak of an archive that does not fit on standard output.
     *
     * @param archive should name the JVM's version, since no other can read it
     * @param libraries the directory of the class path; with a file newer than the archive it is written anew
     */
    public static List<String> flags(Path archive, Path libraries) throws IOException {
        if (Files.exists(archive) && !holdsNewer(libraries, Files.getLastModifiedTime(archive))) {
            return List.of("-XX:SharedArchiveFile=" + archive.toAbsolutePath(), "-Xlog:disable");
        }
        return List.of("-XX:+RecordDynamicDumpInfo", "-D" + WANTED + "=" + archive.toAbsolutePath(), "-Xlog:disable");
    }

    private static boolean holdsNewer(Path libraries, FileTime than) throws IOException {
        try (Stream<Path> files = Files.list(libraries)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                if (Files.getLastModifiedTime(file).compareTo(than) > 0) {
                    return true;
                }
            }
            return false;
        }
    }

    /** An archive of libraries that were replaced while we ran would fit nothing, and seem new. */
    private static boolean librariesAreThoseWeStartedWith() throws IOException {
        FileTime start =
                FileTime.fromMillis(ManagementFactory.getRuntimeMXBean().getStartTime());
        for (String entry : System.getProperty("java.class.path", "").split(File.pathSeparator, -1)) {
            Path file = Path.of(entry);
            if (!Files.exists(file) || Files.getLastModifiedTime(file).compareTo(start) > 0) {
                return false;
            }
        }
        return true;
    }

    /** Writes the archive if this process was asked to: takes one to three seconds. Failure costs speed only. */
    public static void writeIfWanted() {
        String wanted = System.getProperty(WANTED);
        if (wanted == null) {
            return;
        }
        Path archive = Path.of(wanted);
        Path temporary = archive.resolveSibling(
                archive.getFileName() + "." + ProcessHandle.current().pid());
        PrintStream out = System.out;
        try {
            if (!librariesAreThoseWeStartedWith()) {
                return;
            }
            Files.createDirectories(archive.toAbsolutePath().getParent());
            System.setOut(new PrintStream(OutputStream.nullOutputStream(), false, UTF_8)); // the JDK prints a line
            ManagementFactory.getPlatformMBeanServer()
                    .invoke(
                            new ObjectName("com.sun.management:type=DiagnosticCommand"),
                            "vmCds",
                            new Object[] {new String[] {"dynamic_dump", temporary.toString()}},
                            new String[] {String[].class.getName()});
            Files.move(temporary, archive, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | JMException | RuntimeException e) {
            LOG.atDebug().setCause(e).log("No class data archive was written, the next start is slower");
        } finally {
            System.setOut(out);
        }
    }
}
