package io.millrace.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The root command of the executable. */
@Command(
        name = "millrace",
        mixinStandardHelpOptions = true,
        version = "millrace",
        description = "From millions of items to the ten worth showing, in one process.")
public final class Millrace implements Runnable {
    @Spec CommandSpec spec;

    /** Creates the root command. */
    public Millrace() {}

    /**
     * Runs one command and exits with its code.
     *
     * @param arguments the command line
     */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Millrace()).execute(arguments));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "no command given: try --help");
    }
}
