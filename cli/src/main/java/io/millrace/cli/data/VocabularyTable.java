package io.millrace.cli.data;

import io.millrace.cli.console.TextTable;
import io.millrace.cli.console.Texts;
import io.millrace.core.metrics.Figures;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.Vocabulary;
import io.millrace.ranker.features.VocabularyCounts;

import java.io.PrintWriter;
import java.util.Map;

/** How large the vocabularies of a schema are, and how much of what was met they know. */
final class VocabularyTable {
    private VocabularyTable() {}

    /** Prints a line for each vocabulary, if there are any, and adds its figures. */
    static void print(FeatureSchema schema, Figures figures, PrintWriter out) {
        if (schema.vocabularies().isEmpty()) {
            return;
        }
        TextTable table = new TextTable().row("vocabulary", "values", "coverage", "rarest");
        for (Map.Entry<String, Vocabulary> entry : schema.vocabularies().entrySet()) {
            String key = "vocabulary." + entry.getKey();
            int values = entry.getValue().values().size();
            VocabularyCounts counts = entry.getValue().counts();
            figures.put(key + ".values", values);
            if (counts == null) {
                table.row(entry.getKey(), Texts.count(values), "-", "-");
                continue;
            }
            figures.put(key + ".coverage", counts.coverage());
            figures.put(key + ".rarest", counts.rarest());
            table.row(
                    entry.getKey(),
                    Texts.count(values),
                    Texts.number(counts.coverage(), 4),
                    Texts.count(counts.rarest()));
        }
        out.println();
        table.print(out, "  ");
    }
}
