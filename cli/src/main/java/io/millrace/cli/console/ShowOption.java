package io.millrace.cli.console;

import io.millrace.core.error.MillraceException;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How many differences a command that compares prints. */
public final class ShowOption {
    private static final int MOST = 10_000;

    @Option(
            names = "--show",
            paramLabel = "N",
            defaultValue = "3",
            description = "Most differences to print. Default: ${DEFAULT-VALUE}.")
    private int shown;

    /** Filled by picocli; see {@link Mixin}. */
    public ShowOption() {}

    /**
     * How many differences to print.
     *
     * @return the most.
     * @throws MillraceException USAGE when it is out of range.
     */
    public int count() {
        OptionValues.requireRange("--show", shown, 0, MOST);
        return shown;
    }
}
