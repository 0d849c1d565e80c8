package io.tftpdc.mirror;

import io.tftpdc.mirror.site.SiteFile;
import io.tftpdc.runtime.HealthCheck;

/** All that there is for one peer: the flow from there, and what watches it. Any thread may ask. */
final class MirrorLink implements AutoCloseable {
    private final SiteFile.Peer peer;
    private final LinkWatch watch;
    private final MirrorRunner runner;

    private MirrorLink(SiteFile.Peer peer, LinkWatch watch, MirrorRunner runner) {
        this.peer = peer;
        this.watch = watch;
        this.runner = runner;
    }

    static MirrorLink start(SiteFile file, SiteFile.Peer peer) {
        LinkWatch watch = LinkWatch.start(file, peer);
        return new MirrorLink(peer, watch, MirrorRunner.start(file, peer, watch));
    }

    SiteFile.Peer peer() {
        return peer;
    }

    HealthCheck.Status status() {
        return runner.status();
    }

    LinkWatch.State seen() {
        return watch.state();
    }

    long restarts() {
        return runner.restarts();
    }

    long stalls() {
        return runner.stalls();
    }

    @Override
    public void close() {
        runner.close();
        watch.close();
    }
}
