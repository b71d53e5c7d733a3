package io.millrace.cli.progress;

import io.millrace.core.progress.ProgressListener;

import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;

/** Picks the listener that shows progress. */
public final class Progress {
    private static final Path ERROR_STREAM = Path.of("/proc/self/fd/2");

    private Progress() {}

    /**
     * A listener that shows progress.
     *
     * @param err where lines go; a bar goes to the error stream of the process.
     * @param style how to show it.
     * @return the listener.
     */
    public static ProgressListener to(PrintWriter err, ProgressStyle style) {
        return switch (style) {
            case AUTO -> isErrorATerminal() ? new BarProgress(err) : new LineProgress(err);
            case BAR -> new BarProgress(err);
            case LINES -> new LineProgress(err);
            case NONE -> ProgressListener.NONE;
        };
    }

    /**
     * Whether progress is drawn on a terminal, and not printed line by line.
     *
     * @param style how to show it.
     * @return true when lines may be drawn over.
     */
    public static boolean isDrawn(ProgressStyle style) {
        return style == ProgressStyle.BAR || (style == ProgressStyle.AUTO && isErrorATerminal());
    }

    /** The JDK knows only of input and output together, Linux of each. */
    @SuppressWarnings(
            "SystemConsoleNull") // Which of null and no terminal it is, depends on the JDK.
    private static boolean isErrorATerminal() {
        try {
            String target = Files.readSymbolicLink(ERROR_STREAM).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
        } catch (IOException | UnsupportedOperationException e) {
            Console console = System.console();
            return console != null && console.isTerminal();
        }
    }
}
