package io.millrace.cli.console;

import io.millrace.core.error.MillraceException;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.nio.file.Path;

/** Which log of impressions a command reads, who answered, and how much it shows. */
public final class LogOptions {
    private static final int MOST_SHOWN = 10_000;

    @Parameters(paramLabel = "LOG", description = "Folder of the log, or one file of it.")
    private Path log;

    @Option(
            names = "--bundle",
            required = true,
            paramLabel = "BUNDLE",
            description = "Folder of the bundle that answered.")
    private Path bundle;

    @Option(
            names = "--show",
            paramLabel = "N",
            defaultValue = "3",
            description = "Most differences to print in full. Default: ${DEFAULT-VALUE}.")
    private int shown;

    /** Filled by picocli; see {@link Mixin}. */
    public LogOptions() {}

    /**
     * Where the log is.
     *
     * @return its folder, or one file of it.
     */
    public Path log() {
        return log;
    }

    /**
     * Where the bundle is that answered.
     *
     * @return its folder.
     */
    public Path bundle() {
        return bundle;
    }

    /**
     * How many differences to print.
     *
     * @return the most.
     * @throws MillraceException USAGE when it is out of range.
     */
    public int shown() {
        OptionValues.requireRange("--show", shown, 0, MOST_SHOWN);
        return shown;
    }
}
