package io.tftpdc.runtime.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {

    @TempDir
    private Path temp;

    @Test
    void aSecondOwnerIsRefusedWithTheProcessIdOfTheFirst() throws Exception {
        try (DataDirectory first = DataDirectory.claim(temp.resolve("data"), "tftpdc/1", Duration.ZERO)) {
            assertThatThrownBy(() -> DataDirectory.claim(first.path(), "tftpdc/1", Duration.ZERO))
                    .isInstanceOfSatisfying(DirectoryInUseException.class, e -> assertThat(e.owner())
                            .isEqualTo(OptionalLong.of(ProcessHandle.current().pid())))
                    .hasMessageContaining("choose another directory");
            assertThat(DataDirectory.awaitFree(first.path(), Duration.ZERO)).isFalse();
        }
    }

    @Test
    void theDirectoryIsFreeAgainAfterItsOwnerHasClosedIt() throws Exception {
        DataDirectory.claim(temp, "tftpdc/1", Duration.ZERO).close();

        assertThat(DataDirectory.awaitFree(temp, Duration.ZERO)).isTrue();
        DataDirectory.claim(temp, "tftpdc/1", Duration.ZERO).close();
    }

    @Test
    void aWaitingOwnerGetsTheDirectoryWhenTheFirstOneEnds() throws Exception {
        DataDirectory first = DataDirectory.claim(temp, "tftpdc/1", Duration.ZERO);
        Thread ending = Thread.ofVirtual().unstarted(() -> {
            try {
                first.close();
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        ending.start();

        DataDirectory.claim(temp, "tftpdc/1", Duration.ofSeconds(20)).close();
    }

    @Test
    void aDirectoryOfAnotherFormatIsRefusedAndLeftFree() throws Exception {
        DataDirectory.claim(temp, "tftpdc/2", Duration.ZERO).close();

        assertThatThrownBy(() -> DataDirectory.claim(temp, "tftpdc/1", Duration.ZERO))
                .isInstanceOf(UnusableDirectoryException.class)
                .hasMessageContaining("\"tftpdc/2\"")
                .hasMessageContaining("run the version that wrote it");
        DataDirectory.claim(temp, "tftpdc/2", Duration.ZERO).close();
    }

    @Test
    void aDirectoryFullOfSomethingElseIsLeftAlone() throws Exception {
        Files.writeString(temp.resolve("thesis.tex"), "years of work");

        assertThatThrownBy(() -> DataDirectory.claim(temp, "tftpdc/1", Duration.ZERO))
                .isInstanceOf(UnusableDirectoryException.class)
                .hasMessageContaining("thesis.tex");
    }

    @Test
    void waitingForADirectoryThatNobodyUsedTakesNoTime() throws Exception {
        assertThat(DataDirectory.awaitFree(temp.resolve("absent"), Duration.ZERO))
                .isTrue();
    }
}
