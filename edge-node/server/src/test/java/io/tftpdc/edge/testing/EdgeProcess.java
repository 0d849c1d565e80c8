package io.tftpdc.edge.testing;

import io.tftpdc.edge.EdgeNode;
import io.tftpdc.edge.config.EdgeConfig;
import io.tftpdc.runtime.ConfigFile;
import io.tftpdc.topic.Topic;
import io.tftpdc.wire.DerivedSchemaIds;
import io.tftpdc.wire.SchemaIds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * An edge node as a process, with schema ids that need no registry: {@code EdgeProcess FILE.yaml}. Says {@code ready} when
 * it serves, and ends with the program that started it.
 */
public final class EdgeProcess {
    private EdgeProcess() {}

    public static void main(String[] arguments) throws IOException {
        EdgeConfig config = ConfigFile.load(EdgeConfig.class, Path.of(arguments[0]));
        EdgeNode node = EdgeNode.start(config, knowing(TestSite.TOPICS));
        System.out.println("ready " + node.httpAddress().getPort());
        int end = System.in.read();
        node.close();
        System.exit(end < 0 ? 0 : 1);
    }

    /** Ids of all that these topics hold, whoever wrote it. */
    public static SchemaIds knowing(List<Topic<?, ?>> topics) {
        SchemaIds ids = new DerivedSchemaIds();
        topics.forEach(topic -> topic.values().schema().ifPresent(schema -> ids.idOf(topic.name() + "-value", schema)));
        return ids;
    }
}
