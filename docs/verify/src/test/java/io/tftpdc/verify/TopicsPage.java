package io.tftpdc.verify;

import io.tftpdc.event.Tenant;
import io.tftpdc.topic.Topic;
import io.tftpdc.topic.TopicSettings;
import io.tftpdc.topic.Topics;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** {@code docs/reference/topics.md}, from {@link Topics}. */
final class TopicsPage {
    private static final String PLACEHOLDER = "x";

    private TopicsPage() {}

    static String render() {
        Topic<?, ?> publish = Topics.publish(new Tenant(PLACEHOLDER));
        List<Topic<?, ?>> all = Stream.concat(Stream.<Topic<?, ?>>of(publish), Topics.all().stream())
                .toList();
        return new Markdown("Topics", "`Topics`")
                .paragraph(
                        "The product creates its topics itself, before anything uses them, and refuses to start on one"
                                + " whose partition count or cleanup policy does not fit; retention may be tuned. Values in"
                                + " Avro are in Confluent's wire format; [schemas](schemas.md) has the fields.")
                .paragraph(
                        "A mirrored topic exists at every other site a second time, with the name of the site that it"
                                + " comes from in front: `dc2.tftp.file-events`. Partition counts are the same at every site,"
                                + " for good.")
                .table(
                        List.of("topic", "key", "value", "partitions", "cleanup", "kept for", "mirrored"),
                        all.stream().map(TopicsPage::row))
                .heading(2, "What they are for")
                .table(
                        List.of("topic", "purpose"),
                        all.stream().map(topic -> List.of("`" + name(topic) + "`", topic.purpose())))
                .heading(2, "Settings beyond these")
                .table(
                        List.of("topic", "setting", "value"),
                        all.stream().flatMap(topic -> topic.settings().configs().entrySet().stream()
                                .filter(setting -> !List.of("cleanup.policy", "retention.ms", "retention.bytes")
                                        .contains(setting.getKey()))
                                .map(setting -> List.of(
                                        "`" + name(topic) + "`",
                                        "`" + setting.getKey() + "`",
                                        "`" + setting.getValue() + "`"))))
                .toString();
    }

    private static List<String> row(Topic<?, ?> topic) {
        TopicSettings settings = topic.settings();
        return List.of(
                "`" + name(topic) + "`",
                topic.keys().description(),
                topic.values().description(),
                String.valueOf(settings.partitions()),
                settings.cleanup().policy(),
                settings.retention().map(TopicsPage::days).orElse("ever"),
                topic.mirrored() ? "yes" : "no");
    }

    private static String days(Duration retention) {
        return retention.toDays() + " days";
    }

    private static String name(Topic<?, ?> topic) {
        return topic.name().equals(Topics.PUBLISH_PREFIX + PLACEHOLDER)
                ? Topics.PUBLISH_PREFIX + "<tenant>"
                : topic.name();
    }
}
