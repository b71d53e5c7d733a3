package io.millrace.data.importers.kuairand;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.dataset.DatasetLayout;
import io.millrace.data.dataset.InteractionTable;
import io.millrace.data.dataset.Label;
import io.millrace.data.importers.DatasetReader;
import io.millrace.data.importers.ImportReport;
import io.millrace.data.importers.ImportTask;
import io.millrace.data.importers.table.HistoryPooling;
import io.millrace.data.importers.table.RatePlan;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureRate;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.features.SequencePooling;
import io.millrace.ranker.features.Vocabulary;
import io.millrace.ranker.features.VocabularyCounts;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

final class KuaiRandImporterTest {
    @TempDir private Path folder;

    @Test
    void shouldKeepEveryRowWhenValuesAreMissing() throws IOException {
        ImportReport report = run(new KuaiRandFolder());
        assertEquals(0, report.rejected(), () -> report.examples().toString());
        try (Dataset dataset = Dataset.open(target())) {
            assertEquals(3, dataset.users().count());
            assertEquals(3, dataset.items().count());
            RowTable users = dataset.users();
            assertEquals(FeatureField.MISSING, id(dataset, users, "follow_user_num_range", 1));
            assertTrue(id(dataset, users, "follow_user_num_range", 0) >= FeatureField.FIRST);
            assertTrue(Float.isNaN(number(dataset, users, "log_follow_user_num", 1)));
            assertEquals(
                    (float) Math.log1p(5), number(dataset, users, "log_follow_user_num", 0), 1e-6);
            RowTable items = dataset.items();
            assertTrue(Float.isNaN(number(dataset, items, "log_duration", 1)));
            assertEquals(FeatureField.MISSING, id(dataset, items, "duration_bucket", 1));
            assertEquals(FeatureField.MISSING, id(dataset, items, "aspect_bucket", 1));
            assertEquals(FeatureField.MISSING, id(dataset, items, "music_type", 2));
            assertArrayEquals(
                    new int[] {3, 2},
                    list(dataset, items, "tags", 0),
                    "tags 3 and 12, sorted as text");
            assertArrayEquals(new int[0], list(dataset, items, "tags", 2));
            assertEquals(id(dataset, items, "creator", 0), id(dataset, items, "creator", 1));
        }
    }

    @Test
    void shouldPoolHistoriesAsThePlanSays() throws IOException {
        HistoryPooling pooling = new HistoryPooling(Map.of("watched", SequencePooling.ATTENTION));
        KuaiRandImporter.run(
                new KuaiRandFolder().write(folder.resolve("source")),
                new KuaiRandPlan(List.of(), pooling, true),
                task(0));
        try (Dataset dataset = Dataset.open(target())) {
            assertEquals(SequencePooling.ATTENTION, dataset.schema().field("watched").pooling());
            assertNull(dataset.schema().field("long_watched").pooling());
            assertNull(dataset.schema().field("liked").pooling());
        }
    }

    @Test
    void shouldCountHowOftenValuesAreMetInTraining() throws IOException {
        run(new KuaiRandFolder());
        try (Dataset dataset = Dataset.open(target())) {
            for (String field : List.of("creator", "tags")) {
                Vocabulary vocabulary =
                        Objects.requireNonNull(dataset.schema().vocabularies().get(field), field);
                Long[] counts = new Long[vocabulary.values().size()];
                Arrays.fill(counts, 0L);
                InteractionTable train = dataset.train();
                for (long event = 0; event < train.count(); event++) {
                    int item = train.item(event);
                    int[] ids =
                            field.equals("tags")
                                    ? list(dataset, dataset.items(), field, item)
                                    : new int[] {id(dataset, dataset.items(), field, item)};
                    for (int id : ids) {
                        counts[id - FeatureField.FIRST]++;
                    }
                }
                assertEquals(new VocabularyCounts(List.of(counts), 0), vocabulary.counts(), field);
            }
        }
    }

    @Test
    void shouldTurnHistoryIntoSequencesAndCounters() throws IOException {
        run(new KuaiRandFolder());
        try (Dataset dataset = Dataset.open(target())) {
            RowTable users = dataset.users();
            assertArrayEquals(new int[] {2, 2, 3}, list(dataset, users, "watched", 0));
            assertArrayEquals(new int[] {2}, list(dataset, users, "long_watched", 0));
            assertArrayEquals(new int[] {3}, list(dataset, users, "liked", 0));
            assertArrayEquals(new int[0], list(dataset, users, "watched", 1));
            // Four views in all, two of them long: mean 0.5. User 100 has 2 of 3: (2 + 5 · 0.5) /
            // (3 + 5).
            assertEquals(4.5f / 8, number(dataset, users, "long_view_rate", 0), 1e-6);
            assertEquals(
                    (float) Math.log(3), number(dataset, users, "log_different_watched", 0), 1e-6);
            assertEquals((float) Math.log(2), number(dataset, users, "log_liked_length", 0), 1e-6);
            assertEquals(1f / 50, number(dataset, users, "long_watched_share", 0), 1e-6);
            assertEquals(0, number(dataset, users, "long_watched_share", 1));
            // Video 7 has one viewer, who watched it for long: (1 + 20 · 0.5) / (1 + 20).
            assertEquals(
                    11f / 21, number(dataset, dataset.items(), "item_long_view_rate", 0), 1e-6);
            assertEquals(
                    (float) Math.log(2), number(dataset, dataset.items(), "log_views", 0), 1e-6);
        }
    }

    @Test
    void shouldEncodeImpressionsWithLabelsAndContext() throws IOException {
        run(new KuaiRandFolder());
        try (Dataset dataset = Dataset.open(target())) {
            InteractionTable train = dataset.train();
            assertEquals(2, train.count());
            assertTrue(train.isClick(0) && train.isLongView(0) && !train.isLike(0));
            assertEquals(List.of(Label.CLICK, Label.LONG_VIEW, Label.LIKE), dataset.labels());
            assertEquals(1.25f, train.watchRatio(0));
            assertEquals(2, train.item(0));
            assertEquals(1 + FeatureField.FIRST, context(dataset, train, "tab", 0));
            assertEquals(FeatureField.FIRST, context(dataset, train, "hour", 0));
            assertEquals(
                    FeatureField.FIRST,
                    context(dataset, train, "day_of_week", 0),
                    "25 April 2022 was a Monday");
            assertEquals(23 + FeatureField.FIRST, context(dataset, train, "hour", 1));
            assertEquals(
                    FeatureField.UNSEEN,
                    context(dataset, dataset.test(), "tab", 0),
                    "tab 99 is none of 15");
        }
    }

    /** The same files with other feedback must give the same features, byte for byte. */
    @Test
    void shouldNeverLetFeedbackBecomeAFeature() throws IOException {
        run(new KuaiRandFolder());
        KuaiRandFolder changed = new KuaiRandFolder();
        changed.train.set(1, "100,9,20220425,30,1650812741436,0,1,0,1,0.01,0");
        changed.test.set(1, "101,8,20220501,1200,1651377600000,0,0,1,99,3.5,1");
        Path other = folder.resolve("other");
        KuaiRandImporter.run(
                changed.write(folder.resolve("changed")),
                new ImportTask(other, 0, ProgressListener.NONE));
        for (String name :
                List.of(DatasetLayout.SCHEMA, DatasetLayout.USERS, DatasetLayout.ITEMS)) {
            assertArrayEquals(
                    Files.readAllBytes(target().resolve(name)),
                    Files.readAllBytes(other.resolve(name)));
        }
        try (Dataset a = Dataset.open(target());
                Dataset b = Dataset.open(other)) {
            assertEquals(-1, a.train().contextSegment().mismatch(b.train().contextSegment()));
            assertEquals(-1, a.test().contextSegment().mismatch(b.test().contextSegment()));
            for (FeatureField field : a.schema().fields()) {
                assertFalse(KuaiRandColumns.FEEDBACK.contains(field.name()), field.name());
            }
        }
    }

    /** Of what came of an impression its own rate tells nothing, and that of a later one does. */
    @Test
    void shouldCountRatesOfEarlierImpressionsOnly() throws IOException {
        KuaiRandFolder source = new KuaiRandFolder();
        source.train.add("100,9,20220426,30,1650899141436,0,1,0,0,0,0");
        List<RatePlan> rates =
                List.of(new RatePlan("now", FeatureRate.Event.CLICK, "item_id", 1_440, 0.5f, 1f));
        KuaiRandImporter.run(
                source.write(folder.resolve("source")),
                new KuaiRandPlan(rates, HistoryPooling.MEAN, true),
                task(0));
        try (Dataset dataset = Dataset.open(target())) {
            assertTrue(dataset.schema().hasRates());
            InteractionTable train = dataset.train();
            assertEquals(3, train.count());
            assertEquals(train.item(0), train.item(2));
            assertTrue(train.isClick(0));
            assertTrue(Float.isNaN(rate(train, 0)) && Float.isNaN(rate(train, 1)));
            double left = Math.pow(0.5, (1_650_899_141_436L - train.timestampMs(0)) / 86_400_000.0);
            assertEquals((left + 0.5) / (left + 1), rate(train, 2), 1e-2);
        }
    }

    private static float rate(InteractionTable events, long event) {
        return events.impressionSegment().get(RowLayout.FLOAT, events.impressionOffset(event));
    }

    @Test
    void shouldCountRejectsWithLineAndReasonAndTakeTheRest() throws IOException {
        KuaiRandFolder source = new KuaiRandFolder();
        source.users.add(KuaiRandFolder.user(100, "full_active", "", "1"));
        source.train.add("100,777,20220425,30,1650812741436,1,0,1,1,1,1");
        source.train.add("555,7,20220425,30,1650812741436,1,0,1,1,1,1");
        source.train.add("100,7,20220425,30,never,1,0,1,1,1,1");
        source.train.add("100,7,20220425,30,1650812741436,2,0,1,1,1,1");
        source.train.add("100,7,20229925,30,1650812741436,1,0,1,1,1,1");
        source.train.add("100,7,20220425,30,1650615878628,1,0,1,1,1,1");
        source.train.add("100,7");
        source.train.add("102,8,20220425,100,1650812740000,0,0,0,1,,0");
        ImportReport report = run(source);
        assertEquals(8, report.rejected());
        assertEquals(3, report.trainEvents());
        assertTrue(
                report.examples().contains("impressions_val.csv.gz:4: unknown video: 777"),
                () -> report.examples().toString());
        assertTrue(report.examples().contains("user_features_pure.csv.gz:5: id twice: 100"));
        assertTrue(
                report.examples()
                        .contains(
                                "impressions_val.csv.gz:9: before the end of the user's history:"
                                        + " 1650615878628"),
                () -> report.examples().toString());
        assertTrue(
                report.examples().get(7).contains("expected 11 fields, found 2"),
                () -> report.examples().toString());
        try (Dataset dataset = Dataset.open(target())) {
            assertEquals(1650812740000L, dataset.train().timestampMs(0), "sorted by time");
        }
    }

    /** Separators, quotes and line breaks inside quotes belong to the value; lines still count. */
    @Test
    void shouldReadQuotedFieldsAsTheStandardSays() throws IOException {
        KuaiRandFolder source = new KuaiRandFolder();
        source.users.add(KuaiRandFolder.user(103, "\"full, \"\"very\"\"\r\nactive\"", "", "1"));
        source.users.add(KuaiRandFolder.user(104, "full_active", "", "many"));
        ImportReport report = run(source);
        assertEquals(4, report.users());
        assertEquals(
                List.of("user_features_pure.csv.gz:7: follow_user_num is no number: many"),
                report.examples());
        try (Dataset dataset = Dataset.open(target())) {
            Vocabulary vocabulary =
                    Objects.requireNonNull(
                            dataset.schema().vocabularies().get("user_active_degree"));
            assertEquals(
                    vocabulary.idOf("full, \"very\"\r\nactive"),
                    id(dataset, dataset.users(), "user_active_degree", 3));
            assertTrue(id(dataset, dataset.users(), "user_active_degree", 3) >= FeatureField.FIRST);
        }
    }

    @Test
    void shouldGiveUpAndLeaveNothingWhenTooMuchIsRejected() throws IOException {
        KuaiRandFolder source = new KuaiRandFolder();
        source.train.add("100,777,20220425,30,1650812741436,1,0,1,1,1,1");
        Path from = source.write(folder.resolve("source"));
        MillraceException e =
                assertThrows(MillraceException.class, () -> KuaiRandImporter.run(from, task(0)));
        assertTrue(e.getMessage().contains("count=1, limit=0"), e.getMessage());
        assertOnlyTheSourceIsThere();
    }

    @Test
    void shouldSayWhatIsWrongWhenAFileIsMissingTruncatedOrAlien() throws IOException {
        Path from = new KuaiRandFolder().write(folder.resolve("source"));
        Path users = from.resolve(KuaiRandColumns.USERS);
        byte[] whole = Files.readAllBytes(users);
        Files.write(users, Arrays.copyOf(whole, whole.length / 2));
        assertRefused(from, "not a whole gzip file");
        Files.writeString(users, "no gzip at all, but long enough to have a header to look at");
        assertRefused(from, "not a whole gzip file");
        Files.write(users, Files.readAllBytes(from.resolve(KuaiRandColumns.TRAIN)));
        assertRefused(from, "column missing");
        Files.delete(users);
        assertRefused(from, "missing=user_features_pure.csv.gz");
        assertOnlyTheSourceIsThere();
    }

    @Test
    void shouldReachTheKnownCountsOnTheRealData() {
        String data = System.getenv("MILLRACE_DATA");
        Path source = Path.of(data == null ? "../shared/data" : data, "kuairand-pure");
        assumeTrue(Files.isDirectory(source), () -> "no real data: " + source);
        ImportReport report = KuaiRandImporter.run(source, task(0));
        assertEquals(27_285, report.users());
        assertEquals(7_583, report.items());
        assertEquals(94_784, report.trainEvents());
        assertEquals(133_545, report.testEvents());
        try (Dataset dataset = Dataset.open(target())) {
            assertEquals(0.4379, clickRate(dataset.train()), 5e-5);
            assertEquals(0.4448, clickRate(dataset.test()), 5e-5);
            assertTrue(dataset.train().day(0) < dataset.test().day(0));
        }
    }

    private ImportReport run(KuaiRandFolder source) throws IOException {
        return KuaiRandImporter.run(
                source.write(folder.resolve("source")), task(ImportTask.DEFAULT_MAX_REJECTS));
    }

    private ImportTask task(long maxRejects) {
        return new ImportTask(target(), maxRejects, ProgressListener.NONE);
    }

    private Path target() {
        return folder.resolve("dataset");
    }

    private void assertRefused(Path from, String expected) {
        MillraceException e =
                assertThrows(MillraceException.class, () -> KuaiRandImporter.run(from, task(100)));
        assertTrue(
                e.code() == ErrorCode.BAD_INPUT || e.code() == ErrorCode.NOT_FOUND,
                e.code().toString());
        assertTrue(e.getMessage().contains(expected), e.getMessage());
        assertEquals(1, e.getMessage().lines().count(), e.getMessage());
    }

    private void assertOnlyTheSourceIsThere() throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            assertEquals(List.of(folder.resolve("source")), entries.toList());
        }
    }

    private static double clickRate(InteractionTable table) {
        long clicks = 0;
        for (long i = 0; i < table.count(); i++) {
            clicks += table.isClick(i) ? 1 : 0;
        }
        return (double) clicks / table.count();
    }

    private static int id(Dataset dataset, RowTable rows, String field, int row) {
        return new DatasetReader(dataset).id(rows, field, row);
    }

    private static float number(Dataset dataset, RowTable rows, String field, int row) {
        return new DatasetReader(dataset).number(rows, field, row);
    }

    private static int[] list(Dataset dataset, RowTable rows, String field, int row) {
        return new DatasetReader(dataset).list(rows, field, row);
    }

    private static int context(Dataset dataset, InteractionTable table, String field, long index) {
        return new DatasetReader(dataset).context(table, field, index);
    }
}
