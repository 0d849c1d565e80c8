package io.tftpdc.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tftpdc.event.ContentLocation;
import io.tftpdc.event.EventId;
import io.tftpdc.event.EventStamp;
import io.tftpdc.event.FileContent;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.HybridTime;
import io.tftpdc.event.ObjectLocation;
import io.tftpdc.event.Sha256;
import io.tftpdc.event.SiteName;
import io.tftpdc.index.FileIndexEntry;
import io.tftpdc.index.FileRevision;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class IndexJsonTest {
    private static final FileKey KEY = FileKey.of("default", "boot/größe 1.bin");

    @Test
    void everyKindOfRevisionComesBackAsItWas() throws JsonProcessingException {
        FileIndexEntry entry = new FileIndexEntry(
                KEY,
                List.of(
                        new FileRevision.Removed(stamp(3), "user:anna"),
                        published(
                                2,
                                new FileContent(
                                        new Sha256(1, 2, 3, 4),
                                        300L * FileContent.CHUNK_SIZE - 7,
                                        FileContent.CHUNK_SIZE,
                                        new FileContent.Manifest(List.of(new Sha256(9, 9, 9, 9)), 300))),
                        published(
                                1,
                                new FileContent(
                                        new Sha256(-1, 2, 3, 4),
                                        5,
                                        FileContent.CHUNK_SIZE,
                                        new FileContent.Inline(List.of(new Sha256(5, 6, 7, 8))))),
                        published(
                                0,
                                new FileContent(
                                                new Sha256(-2, 2, 3, 4),
                                                5,
                                                FileContent.CHUNK_SIZE,
                                                new FileContent.Inline(List.of(new Sha256(5, 6, 7, 8))))
                                        .at(new ObjectLocation("s3://firmware/größe.bin")))));

        String json = IndexJson.write(entry).toString();

        assertThat(IndexJson.readEntry(new ObjectMapper().readTree(json))).isEqualTo(entry);
    }

    @Test
    void aLocationComesBackAsItWas() {
        ContentLocation location = new ContentLocation("b.tftp.content", 5, 1L << 40, 524288);

        assertThat(IndexJson.readLocation(IndexJson.write(location))).isEqualTo(location);
    }

    @Test
    void somethingElseIsNamed() {
        assertThatThrownBy(() -> IndexJson.readEntry(new ObjectMapper().readTree("{\"tenant\":\"default\"}")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("index entry has no 'revisions'");
    }

    private static FileRevision.Published published(long time, FileContent content) {
        return new FileRevision.Published(stamp(time), "rest:::1", content, "text/plain", Map.of("model", "x-1"));
    }

    private static EventStamp stamp(long time) {
        return new EventStamp(HybridTime.of(time, 1), new SiteName("dc1"), new EventId(new UUID(time, -time)));
    }
}
