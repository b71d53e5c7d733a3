package io.millrace.cli.console;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * A table of text: the first column to the left, numbers to the right, remarks behind them to the
 * left again.
 *
 * <p>Threading: one thread.
 */
public final class TextTable {
    private static final String GAP = "  ";

    private final List<String[]> rows = new ArrayList<>();
    private final int remarks;

    /** Creates an empty table without remarks. */
    public TextTable() {
        this(Integer.MAX_VALUE);
    }

    /**
     * Creates an empty table.
     *
     * @param remarks first column that is to the left again.
     */
    public TextTable(int remarks) {
        this.remarks = remarks;
    }

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
                line.append(column == 0 ? "" : GAP);
                if (column == 0 || column >= remarks) {
                    line.append(row[column]).append(space);
                } else {
                    line.append(space).append(row[column]);
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
