package io.tftpdc.edge;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tftpdc.edge.config.EdgeConfig;
import io.tftpdc.edge.config.EdgePolicy;
import io.tftpdc.edge.content.ContentStore;
import io.tftpdc.edge.content.EagerPlanner;
import io.tftpdc.edge.content.ObjectTroubles;
import io.tftpdc.edge.control.PolicyKeeper;
import io.tftpdc.edge.http.StatusPage;
import io.tftpdc.edge.index.FileIndexView;
import io.tftpdc.edge.index.IndexStatus;
import io.tftpdc.edge.journal.TransferJournal;
import io.tftpdc.edge.settings.Stale;
import io.tftpdc.edge.upload.UploadService;
import io.tftpdc.event.FileContent;
import io.tftpdc.event.FileKey;
import io.tftpdc.event.NodeReported;
import io.tftpdc.event.SiteName;
import io.tftpdc.index.FileIndexEntry;
import io.tftpdc.index.FileRevision;
import io.tftpdc.runtime.HealthCheck;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** What the node says of itself, to people ({@code /status}), to Kafka and to health probes. Any thread. */
final class EdgeStatus implements StatusPage {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** An index older than this is called stale where nothing else is configured. */
    private static final long STALE_MILLIS = 30_000;

    /** In the words for health probes; the status page has all. */
    private static final int TROUBLES_TOLD = 5;

    private final EdgeConfig config;
    private final String version;
    private final PolicyKeeper settings;
    private final FileIndexView index;
    private final ContentStore store;
    private final EagerPlanner planner;
    private final ObjectTroubles objects;
    private final TransferJournal journal;
    private final UploadService uploads;
    private final IntSupplier activeTransfers;
    private final Supplier<Map<String, String>> addresses;
    private final long startedAt = System.currentTimeMillis();

    EdgeStatus(
            EdgeConfig config,
            String version,
            PolicyKeeper settings,
            FileIndexView index,
            ContentStore store,
            EagerPlanner planner,
            ObjectTroubles objects,
            TransferJournal journal,
            UploadService uploads,
            IntSupplier activeTransfers,
            Supplier<Map<String, String>> addresses) {
        this.config = config;
        this.version = version;
        this.settings = settings;
        this.index = index;
        this.store = store;
        this.planner = planner;
        this.objects = objects;
        this.journal = journal;
        this.uploads = uploads;
        this.activeTransfers = activeTransfers;
        this.addresses = addresses;
    }

    /** Whether the index can be trusted: it was complete once, and is not older than is allowed. */
    HealthCheck.Status indexCheck() {
        IndexStatus status = index.status();
        String detail = status.entries() + " files, " + age(status) + ", lag " + status.lag();
        if (!status.everComplete()) {
            return HealthCheck.Status.down("the index was never read whole, " + detail + ": " + reason(status));
        }
        Optional<Duration> most = settings.policy().maxStaleness();
        long allowed = most.map(Duration::toMillis).orElse(Long.MAX_VALUE);
        return status.stalenessMillis().orElse(0) > allowed
                ? HealthCheck.Status.down(detail + "; max-staleness is "
                        + most.map(Object::toString).orElse(""))
                : HealthCheck.Status.up(detail);
    }

    /** Never down: a node without Kafka serves what it has. */
    HealthCheck.Status kafkaCheck() {
        IndexStatus status = index.status();
        String whose =
                index.peer().map(site -> "that of " + site + " is followed, ").orElse("");
        return HealthCheck.Status.up(
                status.reachable()
                        ? whose + "reachable, " + age(status)
                        : whose + "away, serving what is here, " + age(status) + ": " + reason(status));
    }

    /** Never down: what is not here is fetched when somebody asks for it. */
    HealthCheck.Status contentCheck() {
        EagerPlanner.Backlog backlog = planner.backlog();
        return HealthCheck.Status.up(store.chunks() + " chunks, " + store.bytes() + " of " + store.quota() + " bytes; "
                + (backlog.isEmpty()
                        ? "all that is to be here is here"
                        : backlog.pendingFiles() + " files to come, " + backlog.failedFiles() + " to be tried again")
                + objects.now().stream()
                        .limit(TROUBLES_TOLD)
                        .map(EdgeStatus::told)
                        .collect(Collectors.joining()));
    }

    private static String told(ObjectTroubles.Trouble trouble) {
        return "; object store " + trouble.store() + " is " + trouble.kind().tag()
                + (trouble.objects() == 0 ? "" : " for " + trouble.objects() + " objects") + " since "
                + Instant.ofEpochMilli(trouble.sinceMillis()).truncatedTo(ChronoUnit.SECONDS);
    }

    /** While a peer is followed, what counts as complete is its index: what was written here meanwhile is not in it. */
    private String age(IndexStatus status) {
        String whose = index.peer()
                .map(site -> " by the index of " + site + ", not this site's")
                .orElse("");
        return status.stalenessMillis().isPresent()
                ? "complete as of " + status.stalenessMillis().getAsLong() + " ms ago" + whose
                : "not complete yet";
    }

    private static String reason(IndexStatus status) {
        return status.problem().isEmpty() ? "still reading" : status.problem();
    }

    private String state(boolean stopping, IndexStatus status) {
        if (stopping) {
            return "STOPPED";
        }
        if (!indexCheck().up() && !status.everComplete()) {
            return "STARTING";
        }
        EdgePolicy policy = settings.policy();
        long limit = policy.maxStaleness().map(Duration::toMillis).orElse(STALE_MILLIS);
        if (status.stalenessMillis().orElse(Long.MAX_VALUE) <= limit) {
            return "READY";
        }
        // Whoever places clients is to send them elsewhere, as the node itself does.
        return policy.stale() == Stale.REFUSE ? "REFUSING" : "STALE";
    }

    NodeReported report(boolean stopping) {
        IndexStatus status = index.status();
        return new NodeReported(
                new SiteName(config.site()),
                config.node(),
                version,
                state(stopping, status),
                startedAt,
                System.currentTimeMillis(),
                activeTransfers.getAsInt(),
                status.entries(),
                store.bytes(),
                status.stalenessMillis().orElse(-1),
                digests(),
                status.positions(),
                "edge",
                addresses.get(),
                followed(),
                config.tftp().maxTransfers(),
                settings.digest(),
                settings.problem());
    }

    /** The site whose Kafka the node follows. */
    private SiteName followed() {
        return index.peer().orElse(new SiteName(config.site()));
    }

    private Map<String, String> digests() {
        Map<String, String> digests = new TreeMap<>();
        index.digests().forEach((tenant, digest) -> digests.put(tenant.value(), digest.hex()));
        return digests;
    }

    @Override
    public String node() {
        IndexStatus status = index.status();
        ObjectNode root = JSON.createObjectNode();
        root.put("site", config.site())
                .put("node", config.node())
                .put("version", version)
                .put("state", state(false, status))
                .put("startedAtMillis", startedAt)
                .put("activeTransfers", activeTransfers.getAsInt());
        ObjectNode indexNode = root.putObject("index");
        indexNode
                .put("entries", status.entries())
                .put("cluster", followed().value())
                .put("kafkaReachable", status.reachable())
                .put("stalenessMillis", status.stalenessMillis().orElse(-1))
                .put("lag", status.lag())
                .put("undecodable", status.undecodable())
                .put("problem", status.problem());
        ObjectNode configuration = root.putObject("configuration")
                .put("digest", settings.digest())
                .put("settings", settings.count())
                .put("problem", settings.problem())
                .put("rejected", settings.rejected())
                .put("lastRejection", settings.lastRejection());
        ArrayNode leftOut = configuration.putArray("leftOut");
        settings.leftOut().forEach(one -> leftOut.addObject()
                .put("name", one.change().name())
                .put("scope", one.change().scope().toString())
                .put("value", one.change().value().orElse(null))
                .put("reason", one.reason()));
        ObjectNode digests = indexNode.putObject("digests");
        digests().forEach(digests::put);
        ArrayNode positions = indexNode.putArray("positions");
        status.positions().forEach(position -> positions
                .addObject()
                .put("topic", position.topic())
                .put("partition", position.partition())
                .put("position", position.position())
                .put("endOffset", position.endOffset()));
        EagerPlanner.Backlog backlog = planner.backlog();
        ObjectNode content = root.putObject("content");
        content.put("chunks", store.chunks())
                .put("residentBytes", store.bytes())
                .put("quotaBytes", store.quota())
                .put("pinnedChunks", store.pinned())
                .put("pendingFiles", backlog.pendingFiles())
                .put("failedFiles", backlog.failedFiles())
                .put("complete", backlog.isEmpty());
        ArrayNode troubles = content.putArray("objectStores");
        objects.now().forEach(trouble -> troubles.addObject()
                .put("store", trouble.store())
                .put("outcome", trouble.kind().tag())
                .put("httpStatus", trouble.status())
                .put("sinceMillis", trouble.sinceMillis())
                .put("objects", trouble.objects()));
        root.putObject("journal").put("waiting", journal.waiting()).put("dropped", journal.dropped());
        UploadService.Status upload = uploads.status();
        root.putObject("uploads")
                .put("active", upload.active())
                .put("waiting", upload.waiting())
                .put("waitingBytes", upload.waitingBytes())
                .put("oldestMillis", upload.oldestMillis())
                .put("damaged", upload.damaged())
                .put("problem", upload.problem());
        return root.toString();
    }

    @Override
    public Optional<String> file(String tenant, String path) {
        FileKey key;
        try {
            key = FileKey.of(tenant, path);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        Optional<FileRevision.Published> version = index.find(key).flatMap(FileIndexEntry::current);
        ObjectNode root = JSON.createObjectNode();
        root.put("tenant", tenant).put("path", path).put("known", version.isPresent());
        version.ifPresent(published -> {
            FileContent content = published.content();
            root.put("sha256", content.hash().hex())
                    .put("size", content.size())
                    .put("chunks", content.chunkCount())
                    .put("resident", planner.isHere(content));
        });
        return Optional.of(root.toString());
    }
}
