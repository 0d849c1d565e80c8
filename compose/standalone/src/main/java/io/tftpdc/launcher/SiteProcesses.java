package io.tftpdc.launcher;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** All sites, started and ended at the same time. */
final class SiteProcesses implements Component {

    private final List<SiteProcess> sites;

    SiteProcesses(List<SiteProcess> sites) {
        this.sites = List.copyOf(sites);
    }

    List<SiteProcess> all() {
        return sites;
    }

    @Override
    public String name() {
        return "sites";
    }

    @Override
    public String detail() {
        return sites.size() + " serve, each by itself";
    }

    /** @throws LaunchException as soon as one of them does not come up */
    @Override
    public void start() throws LaunchException, InterruptedException {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            ExecutorCompletionService<SiteProcess> starting = new ExecutorCompletionService<>(threads);
            for (SiteProcess site : sites) {
                starting.submit(() -> {
                    site.start();
                    return site;
                });
            }
            try {
                for (int i = 0; i < sites.size(); i++) {
                    starting.take().get();
                }
            } catch (ExecutionException e) {
                throw e.getCause() instanceof LaunchException cause
                        ? cause
                        : new LaunchException("A site did not start: " + e.getCause(), e);
            } finally {
                threads.shutdownNow(); // interrupts those that still start
            }
        }
    }

    @Override
    public void close() {
        List<Thread> closing = new ArrayList<>();
        for (SiteProcess site : sites) {
            closing.add(Thread.ofVirtual().name("close-" + site.name()).start(site::close));
        }
        try {
            for (Thread thread : closing) {
                thread.join();
            }
        } catch (InterruptedException e) {
            closing.forEach(Thread::interrupt);
            Thread.currentThread().interrupt();
        }
    }
}
