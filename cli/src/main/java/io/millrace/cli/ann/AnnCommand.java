package io.millrace.cli.ann;

import io.millrace.core.error.MillraceException;

import picocli.CommandLine.Command;

/** {@code millrace ann}. */
@Command(
        name = "ann",
        subcommands = AnnBenchCommand.class,
        synopsisSubcommandLabel = "WHAT",
        commandListHeading = "%nWhat:%n",
        footerHeading = "%nExamples:%n",
        footer = "  millrace ann bench --base data/fashion-mnist")
public final class AnnCommand implements Runnable {
    /** Filled by picocli. */
    public AnnCommand() {}

    @Override
    public void run() {
        throw MillraceException.usage(
                "nothing to do given; name it, as in millrace ann bench --base data/fashion-mnist");
    }
}
