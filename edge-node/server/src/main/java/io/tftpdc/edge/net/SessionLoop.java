package io.tftpdc.edge.net;

import io.netty.channel.EventLoop;
import io.tftpdc.edge.content.TransferReport;
import io.tftpdc.edge.policy.LoopLimits;
import java.time.Duration;
import java.util.function.Consumer;

/** What every {@link Session} of one event loop shares. */
record SessionLoop(
        EventLoop eventLoop,
        LoopTimers timers,
        TransferRegistry registry,
        LoopLimits limits,
        TftpMetrics metrics,
        Duration contentWait,
        Consumer<TransferReport> reports) {}
