package io.tftpdc.cli;

import io.tftpdc.launcher.SitesStatus;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tftpdc demo}: what can be seen with several sites on one machine. */
@Command(
        name = "demo",
        description = "Parts and heals the sites that compose/up --sites runs on this machine.",
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true,
        subcommands = {
            DemoCommand.Partition.class,
            DemoCommand.Links.class,
            DemoCommand.Cut.class,
            DemoCommand.Heal.class
        })
final class DemoCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return ExitCode.USAGE;
    }

    /** {@code tftpdc demo partition}. */
    @Command(
            name = "partition",
            description = "Cuts the links of the first site, writes to both sides, heals the links and shows that every"
                    + " site comes to the same state.",
            footer = {
                "",
                "The links are healed at the end in any case, also with Ctrl-C. Exit code 1 when something was not as"
                        + " it should be."
            },
            mixinStandardHelpOptions = true,
            usageHelpAutoWidth = true)
    static final class Partition implements Callable<Integer> {
        @Spec
        @SuppressWarnings("NullAway.Init") // picocli sets it before call()
        private CommandSpec spec;

        @Mixin
        private final SitesOption control = new SitesOption();

        @Override
        public Integer call() throws IOException, InterruptedException {
            PrintWriter out = spec.commandLine().getOut();
            try (SitesClient sites = control.connect();
                    PartitionDemo demo = new PartitionDemo(sites, out)) {
                // Ctrl-C: the links are healed all the same.
                Thread heal = new Thread(demo::close, "heal");
                Runtime.getRuntime().addShutdownHook(heal);
                try {
                    demo.run();
                } finally {
                    demo.close();
                    removeHook(heal);
                    out.flush();
                }
            }
            return ExitCode.OK;
        }

        private static void removeHook(Thread hook) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                return; // the JVM ends, and the hook runs
            }
        }
    }

    /** {@code tftpdc demo links}. */
    @Command(
            name = "links",
            description = "Shows the links between the sites: what one says (left) and the other one hears.",
            mixinStandardHelpOptions = true,
            usageHelpAutoWidth = true)
    static final class Links implements Callable<Integer> {
        @Spec
        @SuppressWarnings("NullAway.Init") // picocli sets it before call()
        private CommandSpec spec;

        @Mixin
        private final SitesOption control = new SitesOption();

        @Override
        public Integer call() throws IOException, InterruptedException {
            try (SitesClient sites = control.connect()) {
                print(sites, spec.commandLine().getOut());
            }
            return ExitCode.OK;
        }
    }

    /** {@code tftpdc demo cut}. */
    @Command(
            name = "cut",
            description = "Cuts links: all of them, or those between two sites in one direction.",
            mixinStandardHelpOptions = true,
            usageHelpAutoWidth = true)
    static final class Cut extends Change {
        Cut() {
            super(SitesStatus.CUT);
        }
    }

    /** {@code tftpdc demo heal}. */
    @Command(
            name = "heal",
            description = "Heals links: all of them, or those between two sites in one direction.",
            mixinStandardHelpOptions = true,
            usageHelpAutoWidth = true)
    static final class Heal extends Change {
        Heal() {
            super(SitesStatus.UP);
        }
    }

    /** Brings links into a state. */
    abstract static class Change implements Callable<Integer> {
        private final String state;

        @Spec
        @SuppressWarnings("NullAway.Init") // picocli sets it before call()
        private CommandSpec spec;

        @Mixin
        private final SitesOption control = new SitesOption();

        @Parameters(
                arity = "0..2",
                paramLabel = "FROM TO",
                hideParamSyntax = true,
                description = "What FROM says and TO hears, such as: dc1 dc2. All links when not given.")
        private List<String> direction = List.of();

        Change(String state) {
            this.state = state;
        }

        @Override
        public final Integer call() throws IOException, InterruptedException {
            if (direction.size() == 1) {
                throw new ParameterException(
                        spec.commandLine(), "Found one site, " + direction.get(0) + "; expected two, or none");
            }
            try (SitesClient sites = control.connect()) {
                if (direction.isEmpty()) {
                    for (SitesStatus.Link link : sites.status().links()) {
                        sites.change(link.from(), link.to(), state);
                    }
                } else {
                    sites.change(direction.get(0), direction.get(1), state);
                }
                print(sites, spec.commandLine().getOut());
            }
            return ExitCode.OK;
        }
    }

    private static void print(SitesClient sites, PrintWriter out) throws IOException, InterruptedException {
        for (SitesStatus.Link link : sites.status().links()) {
            out.printf("%s -> %s  %-3s  %d connections%n", link.from(), link.to(), link.state(), link.connections());
        }
        out.flush();
    }
}
