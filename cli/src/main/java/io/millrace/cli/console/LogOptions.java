package io.millrace.cli.console;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.nio.file.Path;

/** Which log of impressions a command reads, and whose answers are in it. */
public final class LogOptions {
    @Parameters(paramLabel = "LOG", description = "Folder of the log, or one file of it.")
    private Path log;

    @Option(
            names = "--bundle",
            required = true,
            paramLabel = "BUNDLE",
            description = "Folder of the bundle that answered.")
    private Path bundle;

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
}
