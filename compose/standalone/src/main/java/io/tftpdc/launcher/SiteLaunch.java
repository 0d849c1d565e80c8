package io.tftpdc.launcher;

import io.tftpdc.runtime.ClassDataArchive;
import java.time.Duration;
import java.util.List;

/**
 * The whole system in one process tree: this JVM, and Kafka as its child.
 *
 * <pre>
 *   check the ports ─► broker ─► topics ─► registry ─► streams ─► edge ─► admin ─► mirror, where there are peers
 *                                                                       ─► publish and fetch a file ─► "ready"
 * </pre>
 */
final class SiteLaunch implements Launch {

    /** A former broker whose parent was killed ends by itself in this time. */
    private static final Duration PATIENCE_WITH_FORMER = Duration.ofSeconds(20);

    private final StandaloneOptions options;
    private final StandaloneDirectory directory;
    private final LaunchLog out;

    SiteLaunch(StandaloneOptions options, StandaloneDirectory directory, LaunchLog out) {
        this.options = options;
        this.directory = directory;
        this.out = out;
    }

    /** Of several sites, each has the process that runs them above it, which greets and advises. */
    @Override
    public boolean isChild() {
        return !options.peers().isEmpty();
    }

    @Override
    public String greeting() {
        return isChild()
                ? ""
                : "Simple TFTP Daemon, Datacenter Version: site " + options.site() + ", data in " + directory.root();
    }

    @Override
    public List<Former> formers() {
        return List.of(new Former("broker", directory.kafka(), PATIENCE_WITH_FORMER));
    }

    @Override
    public List<PortUse> ports() {
        return options.portUses();
    }

    @Override
    public List<Component> components() throws LaunchException {
        return new StandaloneParts(options, directory, Distribution.find(), out).inOrder();
    }

    @Override
    public List<String> advice() {
        return isChild() ? List.of() : NextSteps.of(options);
    }

    @Override
    public void afterGoodRun() {
        ClassDataArchive.writeIfWanted();
    }
}
