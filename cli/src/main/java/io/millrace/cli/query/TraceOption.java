package io.millrace.cli.query;

import io.millrace.client.message.Wishes;

import picocli.CommandLine.Option;

/** Whether the times of the stages are to be told. */
final class TraceOption {
    @Option(names = "--trace", description = "Tell how long each stage took.")
    private boolean isOn;

    /** Filled by picocli. */
    TraceOption() {}

    Wishes of(Wishes others) {
        return isOn ? others.traced() : others;
    }
}
