package io.millrace.cli.console;

import picocli.CommandLine.Option;

/** The option of commands that may use several threads. */
public final class ThreadsOption {
    private static final int MOST = 1_024;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description =
                    "Threads to use; the result does not depend on it. Default: all processors.")
    private int threads = Runtime.getRuntime().availableProcessors();

    /** Filled by picocli. */
    public ThreadsOption() {}

    /**
     * How many threads to use.
     *
     * @return at least 1.
     */
    public int count() {
        OptionValues.requireRange("--threads", threads, 1, MOST);
        return threads;
    }
}
