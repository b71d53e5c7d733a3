package io.millrace.cli.query;

import io.millrace.client.message.Wishes;

import picocli.CommandLine.Option;

/** Whose part a request is. */
final class ExperimentOption {
    @Option(
            names = "--experiment",
            paramLabel = "KEY",
            defaultValue = "",
            description =
                    "What experiments know it by, up to 64 bytes, for the log of impressions."
                            + " Default: none.")
    private String key;

    /** Filled by picocli. */
    ExperimentOption() {}

    String key() {
        return key;
    }

    Wishes wishes() {
        return Wishes.NONE.keyed(key);
    }
}
