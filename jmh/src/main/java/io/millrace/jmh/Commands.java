package io.millrace.jmh;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

import picocli.CommandLine;
import picocli.CommandLine.ExitCode;

import java.io.PrintWriter;
import java.util.concurrent.Callable;

/** Runs what a script of this module calls, and makes one line of an error. */
public final class Commands {
    private Commands() {}

    /** Runs a command with writers of its own; has the exit code. */
    @FunctionalInterface
    public interface Written {
        /**
         * Runs.
         *
         * @param results for what was found out.
         * @param errors for errors and progress.
         * @param words the options.
         * @return the exit code.
         */
        int run(PrintWriter results, PrintWriter errors, String... words);
    }

    /**
     * Runs a command with the streams of this process, and ends it.
     *
     * @param command what to run.
     * @param words the options.
     */
    public static void main(Written command, String... words) {
        System.exit(
                command.run(
                        new PrintWriter(System.out, true, System.out.charset()),
                        new PrintWriter(System.err, true, System.err.charset()),
                        words));
    }

    /**
     * Runs a command.
     *
     * @param name what begins each line.
     * @param script the script that calls it, whose help errors point to.
     * @param command the command, its options annotated.
     * @param errors for errors.
     * @param words the options.
     * @return the exit code: 2 where the options make no sense, 1 where it failed, else its own.
     */
    public static int run(
            String name,
            String script,
            Callable<Integer> command,
            PrintWriter errors,
            String... words) {
        return new CommandLine(command)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(
                        (e, rest) -> {
                            errors.println(
                                    name + ": " + e.getMessage() + "; see " + script + " --help");
                            return ExitCode.USAGE;
                        })
                .setExecutionExceptionHandler(
                        (e, line, parsed) -> {
                            if (e instanceof MillraceException own) {
                                errors.println(name + ": " + own.getMessage());
                                return own.code() == ErrorCode.USAGE
                                        ? ExitCode.USAGE
                                        : ExitCode.SOFTWARE;
                            }
                            throw e;
                        })
                .execute(words);
    }
}
