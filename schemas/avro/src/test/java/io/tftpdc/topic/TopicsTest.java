package io.tftpdc.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tftpdc.event.SiteName;
import io.tftpdc.event.Tenant;
import io.tftpdc.topic.TopicSettings.Cleanup;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TopicsTest {

    @Test
    void everyConstantIsListed() throws IllegalAccessException {
        List<Object> constants = new ArrayList<>();
        for (var field : Topics.class.getFields()) {
            if (Modifier.isStatic(field.getModifiers()) && field.get(null) instanceof Topic<?, ?> topic) {
                constants.add(topic);
            }
        }

        assertThat(Topics.all())
                .doesNotHaveDuplicates()
                .hasSameElementsAs(constants.stream()
                        .<Topic<?, ?>>map(one -> (Topic<?, ?>) one)
                        .toList());
    }

    @Test
    void everyTopicStartsWithOurPrefix() {
        assertThat(Topics.all()).allSatisfy(topic -> assertThat(topic.name()).startsWith("tftp."));
    }

    @Test
    void eventsAreNeverCompactedAway() {
        assertThat(List.of(Topics.FILE_EVENTS, Topics.CONFIG_EVENTS)).allSatisfy(topic -> {
            assertThat(topic.settings().cleanup()).isEqualTo(Cleanup.DELETE);
            assertThat(topic.settings().configs())
                    .containsEntry("retention.ms", "-1")
                    .containsEntry("retention.bytes", "-1");
        });
    }

    @Test
    void whatASiteDerivesItselfIsNotMirrored() {
        assertThat(List.of(Topics.FILE_INDEX, Topics.CONTENT_LOCATIONS, Topics.publish(Tenant.DEFAULT)))
                .noneMatch(Topic::mirrored);
        assertThatThrownBy(() -> Topics.FILE_INDEX.mirroredFrom(new SiteName("dc2")))
                .hasMessageContaining("not mirrored");
    }

    @Test
    void aMirroredTopicHasThePeersNameInFront() {
        assertThat(Topics.FILE_EVENTS.mirroredFrom(new SiteName("dc2")).name()).isEqualTo("dc2.tftp.file-events");
    }

    @Test
    void aPublishTopicBelongsToItsTenant() {
        String name = Topics.publish(new Tenant("umbrella-9")).name();

        assertThat(name).isEqualTo("tftp.publish.umbrella-9").matches(Topics.PUBLISH_PATTERN);
        assertThat(Topics.tenantOf(name)).contains(new Tenant("umbrella-9"));
    }

    @Test
    void aMirroredOrForeignTopicIsNoPublishTopic() {
        assertThat(List.of("dc2.tftp.publish.default", "tftp.publish.", "tftp.publish.A", "tftp.file-events"))
                .allSatisfy(name -> {
                    assertThat(Topics.tenantOf(name)).isEmpty();
                    assertThat(name).doesNotMatch(Topics.PUBLISH_PATTERN);
                });
    }
}
