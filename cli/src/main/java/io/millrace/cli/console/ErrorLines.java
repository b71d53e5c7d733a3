package io.millrace.cli.console;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.error.Nearest;

import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Errors as one line on the error stream, {@code millrace: what is wrong; what to do}, and the exit
 * code that belongs to them. With {@value #TRACE} set in the environment the stack trace follows.
 */
public final class ErrorLines implements IParameterExceptionHandler, IExecutionExceptionHandler {
    /** Shows the stack of what went wrong, where it is set in the environment. */
    static final String TRACE = "MILLRACE_TRACE";

    /** Creates the handler. */
    public ErrorLines() {}

    @Override
    public int handleParseException(ParameterException e, String[] arguments) {
        CommandLine command = e.getCommandLine();
        print(
                command.getErr(),
                problem(e, command)
                        + " see "
                        + command.getCommandSpec().qualifiedName()
                        + " --help");
        return ExitCode.USAGE;
    }

    /**
     * Says that there was not enough memory, which is no defect.
     *
     * @param e what the JVM threw
     * @param err where errors go
     * @return the exit code
     */
    public int handleOutOfMemory(OutOfMemoryError e, PrintWriter err) {
        trace(e, err);
        long heapMib = Runtime.getRuntime().maxMemory() >> 20;
        print(
                err,
                "out of memory: heap=%d MiB; give it more, as in MILLRACE_JAVA_OPTS=-Xmx%dm"
                        .formatted(heapMib, 2 * heapMib));
        return ExitCode.SOFTWARE;
    }

    private static void trace(Throwable e, PrintWriter err) {
        if (System.getenv(TRACE) != null) {
            e.printStackTrace(err);
        }
    }

    @Override
    public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
        trace(e, command.getErr());
        if (e instanceof MillraceException own) {
            print(command.getErr(), own.getMessage());
            return own.code() == ErrorCode.USAGE ? ExitCode.USAGE : ExitCode.SOFTWARE;
        }
        print(
                command.getErr(),
                "a defect: "
                        + e
                        + "; please report it with the trace that "
                        + TRACE
                        + "=1 in the environment shows");
        return ExitCode.SOFTWARE;
    }

    /** What is wrong, ended by a semicolon or a question mark. */
    private static String problem(ParameterException e, CommandLine command) {
        CommandSpec spec = command.getCommandSpec();
        List<String> unmatched = command.getUnmatchedArguments();
        if (!unmatched.isEmpty()) {
            String word = unmatched.getFirst();
            if (word.startsWith("-")) {
                return "unknown option: '" + word + "'" + end(word, spec.optionsMap().keySet());
            }
            if (!spec.subcommands().isEmpty()) {
                return "unknown command: '" + word + "'" + end(word, spec.subcommands().keySet());
            }
            return "unexpected argument: '" + word + "';";
        }
        String message = String.valueOf(e.getMessage());
        return message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1) + ";";
    }

    private static String end(String word, Set<String> known) {
        String nearest = Nearest.of(word, known);
        return nearest.isEmpty() ? ";" : "; did you mean " + nearest + "?";
    }

    private static void print(PrintWriter err, String message) {
        err.println("millrace: " + oneLine(message));
    }

    static String oneLine(String message) {
        return message.replaceAll("\\s*\\R\\s*", " ");
    }
}
