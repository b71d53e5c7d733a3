package io.millrace.cli.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.core.metrics.Figures;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.Vocabulary;
import io.millrace.ranker.features.VocabularyCounts;

import org.junit.jupiter.api.Test;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;

final class VocabularyTableTest {
    private final Figures figures = new Figures();

    @Test
    void shouldSayHowMuchOfWhatWasMetIsKnown() {
        Vocabulary cities =
                new Vocabulary(List.of("Oslo", "Rome"))
                        .withCounts(new VocabularyCounts(List.of(6L, 1L), 3));
        String printed = printed(Map.of("city", cities, "page", new Vocabulary(List.of("home"))));
        assertEquals(
                """

                  vocabulary  values  coverage  rarest
                  city             2    0.7000       1
                  page             1         -       -
                """,
                printed);
        assertEquals(
                List.of(
                        "vocabulary.city.values",
                        "vocabulary.city.coverage",
                        "vocabulary.city.rarest",
                        "vocabulary.page.values"),
                figures.keys());
        assertEquals(2, figures.number("vocabulary.city.values"));
        assertEquals(0.7, figures.number("vocabulary.city.coverage"));
        assertEquals(1, figures.number("vocabulary.city.rarest"));
    }

    @Test
    void shouldPrintNothingWhenThereAreNone() {
        assertEquals("", printed(Map.of()));
        assertEquals(List.of(), figures.keys());
    }

    private String printed(Map<String, Vocabulary> vocabularies) {
        List<FeatureField> fields =
                vocabularies.entrySet().stream()
                        .map(
                                each ->
                                        FeatureField.categorical(
                                                FeatureScope.ITEM,
                                                each.getKey(),
                                                each.getValue().cardinality()))
                        .toList();
        FeatureSchema schema =
                new FeatureSchema(FeatureSchema.FORMAT, "x", 0, fields, vocabularies);
        StringWriter text = new StringWriter();
        PrintWriter out = new PrintWriter(text);
        VocabularyTable.print(schema, figures, out);
        out.flush();
        return text.toString().replace("\r", "");
    }
}
