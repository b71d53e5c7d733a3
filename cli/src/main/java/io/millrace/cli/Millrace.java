package io.millrace.cli;

import io.millrace.cli.console.ErrorLines;
import io.millrace.cli.console.VersionText;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.util.Arrays;
import java.util.concurrent.Callable;

/**
 * The root command of the executable. Exits with 0 for success, 2 for wrong usage and 1 for
 * anything else.
 *
 * <p>Only the class of the subcommand that was named is loaded, so that asking for help costs
 * little more than the start of a JVM.
 */
@Command(
        name = "millrace",
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class,
        header = "From millions of items to the ten worth showing, in one process.",
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  millrace demo                          the whole funnel on a simulated world",
            "  millrace demo --report demo.html       the same, with plots to look at",
            "  millrace help serve                    what a command can do"
        })
public final class Millrace implements Callable<Integer> {
    @Spec CommandSpec spec;

    private Millrace() {}

    /**
     * Runs one command and exits with its code.
     *
     * @param arguments the command line
     */
    public static void main(String[] arguments) {
        PrintWriter out = new PrintWriter(System.out, true, System.out.charset());
        PrintWriter err = new PrintWriter(System.err, true, System.err.charset());
        System.exit(run(arguments, out, err));
    }

    /**
     * Runs one command.
     *
     * @param arguments the command line
     * @param out for results
     * @param err for errors and progress
     * @return the exit code
     */
    static int run(String[] arguments, PrintWriter out, PrintWriter err) {
        String[] words = withoutHelpCommand(arguments);
        ErrorLines errors = new ErrorLines();
        CommandLine root = new CommandLine(new Millrace());
        String named = words.length == 0 ? "" : words[0];
        for (Subcommand each : Subcommand.values()) {
            CommandLine command = each.label().equals(named) ? each.load() : each.stub();
            addHelp(command);
            root.addSubcommand(each.label(), command);
        }
        root.setOut(out)
                .setErr(err)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpWidth(100)
                .setParameterExceptionHandler(errors)
                .setExecutionExceptionHandler(errors);
        int code;
        try {
            code = root.execute(words);
        } catch (OutOfMemoryError e) {
            code = errors.handleOutOfMemory(e, err);
        }
        out.flush();
        err.flush();
        return code;
    }

    /** Says what is missing; exits as for wrong usage. */
    @Override
    public Integer call() {
        CommandLine line = spec.commandLine();
        line.usage(line.getOut());
        line.getErr().println("millrace: no command given; name one, as in millrace demo");
        return ExitCode.USAGE;
    }

    private static void addHelp(CommandLine command) {
        command.getCommandSpec()
                .addOption(
                        OptionSpec.builder("-h", "--help")
                                .usageHelp(true)
                                .description("Show this help message and exit.")
                                .build());
        command.getSubcommands().values().forEach(Millrace::addHelp);
    }

    /** {@code help X} is {@code X --help}. */
    private static String[] withoutHelpCommand(String[] arguments) {
        if (arguments.length == 0 || !arguments[0].equals("help")) {
            return arguments;
        }
        String[] words = Arrays.copyOfRange(arguments, 1, arguments.length + 1);
        words[words.length - 1] = "--help";
        return words;
    }
}
