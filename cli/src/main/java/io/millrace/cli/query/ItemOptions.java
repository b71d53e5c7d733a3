package io.millrace.cli.query;

import io.millrace.cli.console.CommonOptions;
import io.millrace.cli.console.OptionValues;
import io.millrace.client.message.Wishes;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How many items are wanted, and which of them. */
final class ItemOptions {
    @Mixin private ExperimentOption experiment;

    @Option(
            names = "--k",
            paramLabel = "N",
            defaultValue = "10",
            description = "How many items. Default: ${DEFAULT-VALUE}.")
    private int k;

    @Option(
            names = "--filter",
            paramLabel = "EXPR",
            defaultValue = "",
            description =
                    "Answer only items whose attributes match, as in \"category = 'shoes' and price"
                            + " < 50\". Default: all.")
    private String filter;

    /** Filled by picocli. */
    ItemOptions() {}

    /** Checks what can be checked before a server is asked. */
    void validate(CommonOptions common) {
        common.validate();
        OptionValues.requireRange("--k", k, 1, QueryCommand.MOST_K);
    }

    int k() {
        return k;
    }

    Wishes wishes() {
        return experiment.wishes().filtered(filter);
    }
}
