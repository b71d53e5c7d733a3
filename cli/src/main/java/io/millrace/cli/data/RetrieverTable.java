package io.millrace.cli.data;

import io.millrace.cli.console.TextTable;
import io.millrace.cli.console.Texts;
import io.millrace.core.metrics.Figures;
import io.millrace.data.retrieve.Retriever;

import java.io.PrintWriter;
import java.util.List;

/** What was measured of several ways of retrieval, one below the other. */
final class RetrieverTable {
    private static final List<String> FIGURES =
            List.of("recall10", "recall50", "recall100", "recall500", "ndcg10");

    private RetrieverTable() {}

    /** Prints the ways there are figures of, if it is more than that of the bundle. */
    static void print(Figures figures, PrintWriter out) {
        TextTable table =
                new TextTable().row("retriever", "R@10", "R@50", "R@100", "R@500", "NDCG@10");
        boolean isMoreThanBundle = false;
        for (Retriever way : Retriever.values()) {
            boolean isOfBundle =
                    figures.has("retriever") && figures.text("retriever").equals(way.label());
            String prefix = isOfBundle ? "" : "retriever." + way.label() + ".";
            if (figures.has(prefix + "retrieval.users")) {
                isMoreThanBundle |= !isOfBundle;
                table.row(row(figures, way.label(), prefix + "retrieval."));
            }
        }
        if (isMoreThanBundle) {
            out.println();
            table.print(out, "");
        }
    }

    private static String[] row(Figures figures, String label, String prefix) {
        String[] cells = new String[FIGURES.size() + 1];
        cells[0] = label;
        for (int i = 0; i < FIGURES.size(); i++) {
            cells[i + 1] = Texts.number(figures.number(prefix + FIGURES.get(i)), 4);
        }
        return cells;
    }
}
