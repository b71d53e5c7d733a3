package io.millrace.cli.console;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * A table of text: the first column to the left, the others to the right.
 *
 * <p>Threading: one thread.
 */
public final class TextTable {
    private static final String GAP = "  ";

    private final List<String[]> rows = new ArrayList<>();

    /** Creates an empty table. */
    public TextTable() {}

    /**
     * Adds a row.
     *
     * @param cells its cells; rows may differ in length.
     * @return this table.
     */
    public TextTable row(String... cells) {
        rows.add(cells.clone());
        return this;
    }

    /**
     * Prints the table.
     *
     * @param out where to.
     * @param indent put before each row.
     */
    public void print(PrintWriter out, String indent) {
        int[] widths = widths();
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder(indent);
            for (int column = 0; column < row.length; column++) {
                String space = " ".repeat(widths[column] - row[column].length());
                if (column == 0) {
                    line.append(row[column]).append(space);
                } else {
                    line.append(GAP).append(space).append(row[column]);
                }
            }
            out.println(line.toString().stripTrailing());
        }
    }

    private int[] widths() {
        int columns = rows.stream().mapToInt(row -> row.length).max().orElse(0);
        int[] widths = new int[columns];
        for (String[] row : rows) {
            for (int column = 0; column < row.length; column++) {
                widths[column] = Math.max(widths[column], row[column].length());
            }
        }
        return widths;
    }
}
