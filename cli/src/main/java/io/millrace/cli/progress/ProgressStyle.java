package io.millrace.cli.progress;

/** How progress is shown. */
public enum ProgressStyle {
    /** A bar where the error stream is a terminal, else lines. */
    AUTO,
    /** A bar that moves. */
    BAR,
    /** A line at the end of a stage and now and then on the way. */
    LINES,
    /** Not at all. */
    NONE;

    @Override
    public String toString() {
        return switch (this) {
            case AUTO -> "auto";
            case BAR -> "bar";
            case LINES -> "lines";
            case NONE -> "none";
        };
    }
}
