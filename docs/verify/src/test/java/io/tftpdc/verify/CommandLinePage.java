package io.tftpdc.verify;

import io.tftpdc.cli.TftpdcCommand;
import java.util.LinkedHashSet;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** {@code docs/reference/cli.md}, from the help texts of the commands. */
final class CommandLinePage {
    private static final int WIDTH = 100;

    private CommandLinePage() {}

    static String render() {
        Markdown page = new Markdown("Command line", "the help texts of `TftpdcCommand`")
                .paragraph(
                        "`compose/tftpdc` runs `tftpdc` from a clone; `compose/up` is `tftpdc standalone` after building"
                                + " what is needed.");
        CommandLine command = TftpdcCommand.commandLine();
        add(page, command, "tftpdc", 2);
        return page.toString();
    }

    private static void add(Markdown page, CommandLine command, String name, int level) {
        command.getCommandSpec().usageMessage().autoWidth(false).width(WIDTH);
        page.heading(level, name);
        page.code("text", command.getUsageMessage(Ansi.OFF));
        for (CommandLine sub : new LinkedHashSet<>(command.getSubcommands().values())) {
            if (!sub.getCommandName().equals("help")
                    && !sub.getCommandSpec().usageMessage().hidden()) {
                add(page, sub, name + " " + sub.getCommandName(), level + 1);
            }
        }
    }
}
