package io.tftpdc.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassDataArchiveTest {

    @TempDir
    private Path directory;

    @Test
    void anArchiveIsReadWhenItIsNewerThanTheLibraries() throws Exception {
        Path libraries = Files.createDirectory(directory.resolve("lib"));
        Path jar = Files.createFile(libraries.resolve("app.jar"));
        Path archive = Files.createFile(directory.resolve("app.jsa"));
        Files.setLastModifiedTime(jar, FileTime.fromMillis(1_000_000));

        assertThat(ClassDataArchive.flags(archive, libraries)).contains("-XX:SharedArchiveFile=" + archive);
    }

    @Test
    void anAbsentOrOlderArchiveIsWrittenAnew() throws Exception {
        Path libraries = Files.createDirectory(directory.resolve("lib"));
        Files.createFile(libraries.resolve("app.jar"));
        Path archive = directory.resolve("app.jsa");
        String wanted = "-D" + ClassDataArchive.WANTED + "=" + archive;

        assertThat(ClassDataArchive.flags(archive, libraries)).contains(wanted);
        Files.createFile(archive);
        Files.setLastModifiedTime(archive, FileTime.fromMillis(1_000_000));
        assertThat(ClassDataArchive.flags(archive, libraries)).contains(wanted);
    }
}
