package io.tftpdc.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.tftpdc.topic.Topics;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PublishTopicsTest {
    @Test
    void aTopicWithMorePartitionsIsLeftOutAndNamed() {
        PublishTopics topics =
                PublishTopics.of(Map.of("tftp.publish.a", 12, "tftp.publish.b", 24, "tftp.publish.c", 1), 12);

        assertThat(topics.misfits()).singleElement().satisfies(text -> assertThat(text)
                .contains("tftp.publish.b has 24 partitions; expected at most 12"));
        assertThat("tftp.publish.b").doesNotMatch(topics.pattern());
        assertThat("tftp.publish.a").matches(topics.pattern());
        assertThat("tftp.publish.bb").matches(topics.pattern());
        assertThat("tftp.content").doesNotMatch(topics.pattern());
    }

    @Test
    void withoutMisfitsTheUsualPatternIsRead() {
        assertThat(PublishTopics.of(Map.of("tftp.publish.a", 12), 12).pattern()).isSameAs(Topics.PUBLISH_PATTERN);
    }
}
