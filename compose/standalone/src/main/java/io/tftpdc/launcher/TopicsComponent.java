package io.tftpdc.launcher;

import io.tftpdc.event.Tenant;
import io.tftpdc.topic.Topic;
import io.tftpdc.topic.TopicCreator;
import io.tftpdc.topic.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;

/** Creates the topics that are missing, those of the tenant {@code default} among them. */
final class TopicsComponent implements Component {

    private final String bootstrapServers;
    private int count;

    TopicsComponent(String bootstrapServers) {
        this.bootstrapServers = bootstrapServers;
    }

    @Override
    public String name() {
        return "topics";
    }

    @Override
    public String detail() {
        return count + " topics as they should be";
    }

    @Override
    public void start() {
        List<Topic<?, ?>> topics = new ArrayList<>(Topics.all());
        topics.add(Topics.publish(Tenant.DEFAULT));
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers))) {
            new TopicCreator(admin, (short) 1).ensure(topics);
        }
        count = topics.size();
    }

    @Override
    public void close() {}
}
