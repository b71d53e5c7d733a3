package io.millrace.cli.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.core.metrics.Figures;

import org.junit.jupiter.api.Test;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;

final class RetrieverTableTest {
    private static final List<String> NAMES =
            List.of("recall10", "recall50", "recall100", "recall500", "ndcg10");

    @Test
    void shouldPutTheWaysBelowEachOther() {
        Figures figures = new Figures().put("retriever", "two-tower");
        add(figures, "", 0.1);
        add(figures, "baseline.popularity.", 0.9);
        add(figures, "retriever.item-knn.", 0.2);
        assertEquals(
                """

                retriever    R@10    R@50   R@100   R@500  NDCG@10
                two-tower  0.1000  0.2000  0.3000  0.4000   0.5000
                item-knn   0.2000  0.3000  0.4000  0.5000   0.6000
                """,
                printed(figures));
    }

    @Test
    void shouldNameTheWayOfTheBundle() {
        Figures figures = new Figures().put("retriever", "ials");
        add(figures, "", 0.1);
        add(figures, "retriever.popular.", 0.2);
        assertEquals(
                """

                retriever    R@10    R@50   R@100   R@500  NDCG@10
                ials       0.1000  0.2000  0.3000  0.4000   0.5000
                popular    0.2000  0.3000  0.4000  0.5000   0.6000
                """,
                printed(figures));
    }

    @Test
    void shouldPrintNothingOfTheBundleAlone() {
        Figures figures = new Figures().put("retriever", "two-tower");
        add(figures, "", 0.1);
        assertEquals("", printed(figures));
    }

    private static void add(Figures figures, String prefix, double first) {
        figures.put(prefix + "retrieval.users", 9);
        for (int i = 0; i < NAMES.size(); i++) {
            figures.put(prefix + "retrieval." + NAMES.get(i), first + 0.1 * i);
        }
    }

    private static String printed(Figures figures) {
        StringWriter text = new StringWriter();
        RetrieverTable.print(figures, new PrintWriter(text, true));
        return text.toString();
    }
}
