package io.millrace.data.importers.criteo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.dataset.InteractionTable;
import io.millrace.data.importers.DatasetReader;
import io.millrace.data.importers.ImportReport;
import io.millrace.data.importers.ImportTask;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.RowTable;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

final class CriteoImporterTest {
    private static final int BUCKETS = 50;
    private static final CriteoPlan PLAN = new CriteoPlan(BUCKETS, 2);

    @TempDir private Path folder;

    @Test
    void shouldMakeEveryRowAnItemThatIsShownOnce() throws IOException {
        ImportReport report =
                run(
                        0,
                        line("1", "7", "68fd1e64"),
                        line("0", "-2", ""),
                        line("0", "", "68fd1e64"),
                        line("1", "1", "80e26c9b"));
        assertEquals(4, report.items());
        assertEquals(2, report.trainEvents());
        assertEquals(2, report.testEvents());
        try (Dataset dataset = Dataset.open(target())) {
            DatasetReader reader = new DatasetReader(dataset);
            RowTable items = dataset.items();
            assertEquals((float) Math.log(8), reader.number(items, "I1", 0), 1e-6);
            assertEquals((float) -Math.log(3), reader.number(items, "I1", 1), 1e-6);
            assertTrue(Float.isNaN(reader.number(items, "I1", 2)));
            FeatureField category = dataset.schema().field("C1");
            int id = dataset.schema().idOf(category, "68fd1e64");
            assertTrue(id >= FeatureField.FIRST && id < BUCKETS + FeatureField.FIRST);
            assertEquals(id, reader.id(items, "C1", 0));
            assertEquals(FeatureField.MISSING, reader.id(items, "C1", 1));
            assertEquals(id, reader.id(items, "C1", 2));
            assertEquals(3, items.id(2), "the number of the line");
            // Of the two rows to train on alone: log 8 and -log 3.
            double mean = (Math.log(8) - Math.log(3)) / 2;
            assertEquals(mean, dataset.schema().field("I1").mean(), 1e-6);
            assertEquals(
                    Math.log(8) - mean, dataset.schema().field("I1").standardDeviation(), 1e-6);
            checkImpressions(dataset);
        }
    }

    private static void checkImpressions(Dataset dataset) {
        InteractionTable train = dataset.train();
        assertTrue(train.isClick(0));
        assertFalse(train.isClick(1));
        assertEquals(1, train.item(1));
        assertEquals(train.day(0), train.day(1));
        assertEquals(train.day(0) + 1, dataset.test().day(0));
        assertEquals(3, dataset.test().item(1));
        assertTrue(dataset.test().isClick(1));
        assertEquals(1, dataset.users().count());
    }

    @Test
    void shouldCountRowsThatCannotBeTaken() throws IOException {
        String shortLine = line("0", "1", "a").substring(2);
        ImportReport report =
                run(
                        3,
                        line("2", "1", "a"),
                        line("1", "many", "a"),
                        shortLine,
                        line("1", "1", "a"),
                        line("0", "1", "a"));
        assertEquals(
                List.of(
                        "log.tsv:1: label is neither 0 nor 1: 2",
                        "log.tsv:2: I1 is no number: many",
                        "log.tsv:3: expected 40 fields, found 39"),
                report.examples());
        assertEquals(2, report.items());
    }

    @Test
    void shouldLeaveNothingWhenThereAreFewerRowsThanDays() {
        MillraceException e =
                assertThrows(MillraceException.class, () -> run(0, line("1", "1", "a")));
        assertTrue(e.getMessage().contains("rows=1, days=2"), e.getMessage());
        assertFalse(Files.exists(target()));
    }

    private ImportReport run(long maxRejects, String... lines) throws IOException {
        Path log = Files.write(folder.resolve("log.tsv"), List.of(lines));
        return CriteoImporter.run(
                log, PLAN, new ImportTask(target(), maxRejects, ProgressListener.NONE));
    }

    private Path target() {
        return folder.resolve("set");
    }

    /** A line whose other fields hold the same everywhere. */
    static String line(String label, String number, String category) {
        List<String> fields = new ArrayList<>(List.of(label, number));
        for (int i = 1; i < CriteoColumns.NUMBERS.size(); i++) {
            fields.add("0");
        }
        fields.add(category);
        for (int i = 1; i < CriteoColumns.CATEGORIES.size(); i++) {
            fields.add("0123abcd");
        }
        return String.join("\t", fields);
    }
}
