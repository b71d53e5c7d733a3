package io.millrace.cli;

import java.io.PrintWriter;
import java.io.StringWriter;

/**
 * A command line that was run within the test.
 *
 * @param code exit code.
 * @param out what it printed.
 * @param err its errors and progress.
 */
public record CommandRun(int code, String out, String err) {
    public static CommandRun of(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Millrace.run(arguments, new PrintWriter(out, true), new PrintWriter(err, true));
        return new CommandRun(code, out.toString(), err.toString());
    }
}
