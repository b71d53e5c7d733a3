package io.millrace.cli.console;

import io.millrace.cli.progress.Progress;
import io.millrace.cli.progress.ProgressStyle;
import io.millrace.core.error.MillraceException;
import io.millrace.core.memory.HugePageSupport;
import io.millrace.core.metrics.Figures;
import io.millrace.core.progress.ProgressListener;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;

/** The options every command has, and what a command prints with. */
public final class CommonOptions {
    @Spec(Spec.Target.MIXEE)
    CommandSpec command;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Write the figures to FILE as one JSON object (docs/figures.md).")
    private @Nullable Path json;

    @Option(
            names = "--progress",
            paramLabel = "HOW",
            description =
                    "Show progress on the error stream: ${COMPLETION-CANDIDATES}. Default: auto, a"
                            + " bar where it is a terminal, else lines.")
    private ProgressStyle progress = ProgressStyle.AUTO;

    /** Filled by picocli; see {@link Mixin}. */
    public CommonOptions() {}

    /**
     * Where results go.
     *
     * @return a writer that is flushed at the end of each line.
     */
    public PrintWriter out() {
        return command.commandLine().getOut();
    }

    /**
     * Where remarks and progress go.
     *
     * @return a writer that is flushed at the end of each line.
     */
    public PrintWriter err() {
        return command.commandLine().getErr();
    }

    /**
     * Shows progress the way the user wants it.
     *
     * @return the listener to hand to long work.
     */
    public ProgressListener progress() {
        return Progress.to(err(), progress);
    }

    /**
     * Whether progress is drawn on a terminal, and not printed line by line.
     *
     * @return true when lines on the error stream may be drawn over.
     */
    public boolean isProgressDrawn() {
        return Progress.isDrawn(progress);
    }

    /** Says, before a command that searches begins, when the system makes that slow. */
    public void warnOfSmallPages() {
        String warning = HugePageSupport.ofThisMachine().warning();
        if (!warning.isEmpty()) {
            err().println("millrace: " + warning);
        }
    }

    /**
     * Checks, before long work begins, that its figures will have a place.
     *
     * @throws MillraceException USAGE when they have none.
     */
    public void validate() {
        validateFile("--json", json);
    }

    /**
     * Checks that a file may be written under a name.
     *
     * @param option named in the error.
     * @param file the file, or null for none.
     * @throws MillraceException USAGE when the name is that of a folder.
     */
    public static void validateFile(String option, @Nullable Path file) {
        if (file != null && Files.isDirectory(file)) {
            throw MillraceException.usage(
                    "a folder is in the way of a file: %s=%s; choose another name", option, file);
        }
    }

    /**
     * Writes the figures where the user wants them, if anywhere.
     *
     * @param figures of the command.
     */
    public void write(Figures figures) {
        if (json != null) {
            figures.write(json);
        }
    }
}
