package io.tftpdc.cli;

import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** What went wrong as a message of one line or a few on standard error; a stack trace only with -Dtftpdc.trace. */
final class ShortErrors implements IExecutionExceptionHandler {

    @Override
    public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
        String message = e.getMessage();
        command.getErr().println(message == null ? e.toString() : message);
        if (Boolean.getBoolean("tftpdc.trace")) {
            e.printStackTrace(command.getErr());
        }
        command.getErr().flush();
        return CommandLine.ExitCode.SOFTWARE;
    }
}
