package io.tftpdc.edge.upload;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;

/** A pool and a timer without threads: tasks run when the test says so, on its own thread. */
final class ManualTasks implements Executor, UploadContext.Timer {
    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private final List<FutureTask<?>> timeouts = new ArrayList<>();

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    void runAll() {
        while (!tasks.isEmpty()) {
            tasks.remove().run();
        }
    }

    @Override
    public Future<?> schedule(Runnable task, Duration delay) {
        FutureTask<?> timeout = new FutureTask<>(task, null);
        timeouts.add(timeout);
        return timeout;
    }

    /** All delays that were begun before are over. */
    void timeOut() {
        List<FutureTask<?>> due = List.copyOf(timeouts);
        timeouts.clear();
        due.forEach(FutureTask::run);
    }
}
