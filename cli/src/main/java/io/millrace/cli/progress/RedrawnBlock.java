package io.millrace.cli.progress;

import java.io.PrintWriter;
import java.util.List;

/**
 * Some lines at the end of a terminal that are drawn anew in place.
 *
 * <p>Threading: one thread.
 */
public final class RedrawnBlock implements AutoCloseable {
    private static final String ESCAPE = "\u001b[";
    private static final String CLEAR_LINE = ESCAPE + "2K";
    private static final String CLEAR_BELOW = ESCAPE + "0J";

    private final PrintWriter terminal;
    private int drawn;

    /**
     * Makes an empty block.
     *
     * @param terminal that understands ANSI's sequences.
     */
    public RedrawnBlock(PrintWriter terminal) {
        this.terminal = terminal;
    }

    /**
     * Draws lines over those drawn last.
     *
     * @param lines as narrow as the terminal, else those above are not found again.
     */
    public void draw(List<String> lines) {
        StringBuilder text = new StringBuilder();
        toTop(text);
        for (String line : lines) {
            text.append(CLEAR_LINE).append(line).append('\n');
        }
        text.append(CLEAR_BELOW);
        drawn = lines.size();
        terminal.print(text);
        terminal.flush();
    }

    private void toTop(StringBuilder text) {
        if (drawn > 0) {
            text.append(ESCAPE).append(drawn).append("A\r");
        }
    }

    /** Wipes the lines off. */
    @Override
    public void close() {
        StringBuilder text = new StringBuilder();
        toTop(text);
        text.append(CLEAR_BELOW);
        drawn = 0;
        terminal.print(text);
        terminal.flush();
    }
}
