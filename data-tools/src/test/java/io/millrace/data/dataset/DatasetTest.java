package io.millrace.data.dataset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.file.SectionFile;
import io.millrace.core.file.SectionFileWriter;
import io.millrace.ranker.features.ContextSource;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureRate;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.features.RowTable;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

final class DatasetTest {
    static final int USERS = 5;
    static final int ITEMS = 7;
    private static final int TRAIN = 11;
    private static final int TEST = 3;
    static final DatasetWriter.Counts COUNTS = new DatasetWriter.Counts(USERS, ITEMS, TRAIN, TEST);
    private static final long MS_PER_DAY = 86_400_000;
    static final FeatureSchema SCHEMA = schema(12);

    @TempDir private Path folder;

    @Test
    void shouldReadBackWhatWasWritten() {
        DatasetManifest written = write("a", 1);
        try (Dataset dataset = Dataset.open(folder.resolve("a"))) {
            assertEquals(written, dataset.manifest());
            assertEquals(folder.resolve("a"), dataset.path());
            assertEquals(SCHEMA.fingerprint(), dataset.schema().fingerprint());
            assertEquals(USERS, dataset.users().count());
            assertEquals(2, dataset.users().indexOf(102));
            assertEquals(ITEMS, dataset.items().count());
            assertEquals(TEST, dataset.test().count());
            InteractionTable train = dataset.train();
            assertEquals(TRAIN, train.count());
            RowLayout layout = SCHEMA.layout(FeatureScope.CONTEXT);
            for (int i = 0; i < TRAIN; i++) {
                assertEquals(i % USERS, train.user(i));
                assertEquals(i % ITEMS, train.item(i));
                assertEquals(timestampMs(i), train.timestampMs(i));
                assertEquals(i % 2 == 1, train.isClick(i));
                assertEquals(i % 4 >= 2, train.isLongView(i));
                assertEquals(i % 8 >= 4, train.isLike(i));
                assertEquals(i / 10f, train.watchRatio(i));
                assertEquals(
                        i % 12 + FeatureField.FIRST,
                        train.contextSegment()
                                .get(
                                        RowLayout.INT,
                                        train.contextOffset(i) + 4L * layout.slotOf(0)));
            }
        }
    }

    /** Local time is two hours ahead, so the last two hours of a day belong to the next. */
    @Test
    void shouldCountDaysInLocalTime() {
        write("a", 1);
        try (Dataset dataset = Dataset.open(folder.resolve("a"))) {
            for (int i = 0; i < TRAIN; i++) {
                long localHours = timestampMs(i) / 3_600_000 + 2;
                assertEquals(localHours / 24, dataset.train().day(i), "impression " + i);
            }
            assertNotEquals(
                    dataset.train().timestampMs(TRAIN - 1) / MS_PER_DAY,
                    dataset.train().day(TRAIN - 1));
        }
    }

    @Test
    void shouldGiveTheSameFingerprintToTheSameFilesOnly() {
        String first = write("a", 1).fingerprint();
        assertEquals(first, write("b", 1).fingerprint());
        assertNotEquals(first, write("c", 2).fingerprint());
        assertEquals(16, first.length());
    }

    @Test
    void shouldNameTheFileWhenAnyByteOfAnyFileIsChanged() throws IOException {
        write("a", 1);
        Path dataset = folder.resolve("a");
        for (Path file : files(dataset)) {
            byte[] whole = Files.readAllBytes(file);
            int step = Math.max(1, whole.length / 60);
            for (int at = 0; at < whole.length; at += step) {
                byte[] changed = whole.clone();
                changed[at] ^= 4;
                Files.write(file, changed);
                try (Dataset opened = Dataset.open(dataset)) {
                    // A letter of the name or a digit of the seed may change; nothing else may.
                    assertTrue(
                            file.endsWith(DatasetLayout.MANIFEST)
                                    && onlyNameOrSeedDiffers(opened.manifest()),
                            "undetected: " + file.getFileName() + " at " + at);
                } catch (MillraceException e) {
                    assertEquals(1, e.getMessage().lines().count(), e.getMessage());
                }
            }
            Files.write(file, whole);
        }
        Dataset.open(dataset).close();
    }

    @Test
    void shouldNameTheFileWhenItIsCutShortOrGone() throws IOException {
        write("a", 1);
        Path dataset = folder.resolve("a");
        for (Path file : files(dataset)) {
            byte[] whole = Files.readAllBytes(file);
            for (int length : new int[] {0, 1, whole.length / 2, whole.length - 2}) {
                Files.write(file, Arrays.copyOf(whole, length));
                assertRefused(dataset, null, String.valueOf(file.getFileName()));
            }
            Files.delete(file);
            assertRefused(dataset, ErrorCode.NOT_FOUND, String.valueOf(file.getFileName()));
            Files.write(file, whole);
        }
    }

    @Test
    void shouldRefuseAWholeFileOfAnotherDataSet() throws IOException {
        write("a", 1);
        write("b", 2);
        for (String name : List.of(DatasetLayout.USERS, DatasetLayout.TRAIN)) {
            Path own = folder.resolve("a").resolve(name);
            byte[] whole = Files.readAllBytes(own);
            Files.write(own, Files.readAllBytes(folder.resolve("b").resolve(name)));
            assertRefused(folder.resolve("a"), ErrorCode.MISMATCH, name);
            Files.write(own, whole);
        }
    }

    @Test
    void shouldRefuseAManifestThatIsOfAnotherFormatOrLeavesFilesOut() throws IOException {
        write("a", 1);
        Path manifest = folder.resolve("a").resolve(DatasetLayout.MANIFEST);
        String whole = Files.readString(manifest);
        Files.writeString(manifest, whole.replace("\"format\" : 1", "\"format\" : 2"));
        MillraceException e =
                assertThrows(
                        MillraceException.class, () -> Dataset.readManifest(folder.resolve("a")));
        assertTrue(e.getMessage().contains("format"), e.getMessage());
        Files.writeString(manifest, whole.replace("users.rows", "losers.rows"));
        assertRefused(folder.resolve("a"), ErrorCode.MISMATCH, DatasetLayout.USERS);
        Files.writeString(manifest, whole.replace("\"trainEvents\" : 11", "\"trainEvents\" : 12"));
        assertRefused(folder.resolve("a"), ErrorCode.MISMATCH, "train=11 of 12");
    }

    @Test
    void shouldSayThatAFolderIsNoDataSet() {
        assertRefused(folder, ErrorCode.NOT_FOUND, "not a data set");
        assertRefused(folder.resolve("nowhere"), ErrorCode.NOT_FOUND, "nowhere");
    }

    @Test
    void shouldLeaveNothingWhenItIsNotCommitted() throws IOException {
        try (DatasetWriter writer = DatasetWriter.create(folder.resolve("a"), false)) {
            writer.writeSchema(SCHEMA);
        }
        assertEquals(List.of(), files(folder));
    }

    @Test
    void shouldReplaceADataSetOnlyWhenAsked() {
        write("a", 1);
        assertThrows(MillraceException.class, () -> write("a", 2));
        assertEquals(1L, Dataset.readManifest(folder.resolve("a")).seed());
        try (DatasetWriter writer = DatasetWriter.create(folder.resolve("a"), true)) {
            fill(writer, 3);
            writer.commit(
                    "test", "made", new DatasetWriter.Counts(USERS, ITEMS, TRAIN, TEST), null);
        }
        assertNull(Dataset.readManifest(folder.resolve("a")).seed());
    }

    @Test
    void shouldRefuseImpressionsOutOfOrderOrOfNobody() {
        Path file = folder.resolve("events");
        assertBadEvents(file, "out of order: index=1", 0, 0, 5, 1, 1, 4);
        assertBadEvents(file, "index=1, user=5 of 5", 0, 0, 5, USERS, 1, 6);
        assertBadEvents(file, "index=0, user=0 of 5, item=-1 of 7", 0, -1, 5, 1, 1, 6);
        assertBadEvents(file, "index=0, user=0 of 5, item=7 of 7", 0, ITEMS, 5, 1, 1, 6);
    }

    @Test
    void shouldRefuseImpressionsOfAnotherSchema() {
        Path file = folder.resolve("events");
        try (InteractionTable.Builder events = InteractionTable.builder(2, SCHEMA)) {
            events.write(file);
        }
        FeatureSchema wide = schema(400);
        MillraceException e =
                assertThrows(
                        MillraceException.class,
                        () -> InteractionTable.open(file, wide, USERS, ITEMS).close());
        assertEquals(ErrorCode.MISMATCH, e.code());
    }

    /** Those of click and long view are what a file without names has: it stays as it was. */
    @Test
    void shouldKeepTheLabelsThatASourceDeclares() {
        Path file = folder.resolve("events");
        List<Label> others = List.of(Label.CLICK, Label.LIKE, new Label("cart", 7));
        for (List<Label> labels : List.of(Label.USUAL, others)) {
            try (InteractionTable.Builder events = InteractionTable.builder(3, SCHEMA, labels)) {
                for (int i = 0; i < 3; i++) {
                    events.setImpression(i, 0, 0, i);
                    events.contextSegment()
                            .set(RowLayout.INT, events.contextOffset(i), FeatureField.FIRST);
                }
                events.setOutcome(1, Label.LIKE.mask() | 1 << 7, 0);
                events.setOutcome(2, Label.CLICK.mask(), 0);
                events.write(file);
            }
            try (InteractionTable events = InteractionTable.open(file, SCHEMA, USERS, ITEMS);
                    SectionFile sections = SectionFile.map(file, InteractionLayout.KIND, 1)) {
                assertEquals(labels, events.labels());
                assertEquals(labels.equals(others), sections.names().contains("label_names"));
                Label cart = new Label("cart", 7);
                assertTrue(!cart.holds(events, 0) && cart.holds(events, 1));
                assertTrue(!cart.holds(events, 2) && Label.CLICK.holds(events, 2));
                assertTrue(!Label.CLICK.holds(events, 1) && Label.LIKE.holds(events, 1));
            }
        }
    }

    @Test
    void shouldRefuseLabelsThatCannotBe() {
        for (List<Label> bad :
                List.of(List.of(Label.LIKE), List.of(Label.CLICK, Label.CLICK), List.<Label>of())) {
            assertThrows(
                    MillraceException.class,
                    () -> InteractionTable.builder(1, SCHEMA, bad).close());
        }
        assertThrows(MillraceException.class, () -> new Label("cart", 8));
        assertThrows(MillraceException.class, () -> new Label("Cart", 3));
        Path file = folder.resolve("events");
        for (String names : List.of("", "like", "click\n\nA", "click\nclick")) {
            try (InteractionTable.Builder events = InteractionTable.builder(0, SCHEMA);
                    SectionFile whole = written(events)) {
                try (SectionFileWriter writer =
                        SectionFileWriter.create(file, InteractionLayout.KIND, 1)) {
                    whole.names().forEach(name -> writer.section(name, whole.section(name)));
                    byte[] bytes = names.getBytes(StandardCharsets.UTF_8);
                    writer.section("label_names", MemorySegment.ofArray(bytes)).commit();
                }
            }
            MillraceException e =
                    assertThrows(
                            MillraceException.class,
                            () -> InteractionTable.open(file, SCHEMA, USERS, ITEMS).close());
            assertEquals(ErrorCode.CORRUPT_FILE, e.code(), names);
        }
    }

    private SectionFile written(InteractionTable.Builder events) {
        Path file = folder.resolve("whole");
        events.write(file);
        return SectionFile.map(file, InteractionLayout.KIND, 1);
    }

    @Test
    void shouldRefuseLabelsThatDifferBetweenTrainAndTest() {
        Path target = folder.resolve("labels");
        try (DatasetWriter writer = DatasetWriter.create(target, false);
                InteractionTable.Builder other =
                        InteractionTable.builder(0, SCHEMA, List.of(Label.CLICK))) {
            fill(writer, 1);
            writer.writeEvents(DatasetLayout.TEST, other);
            writer.commit("b", "made", new DatasetWriter.Counts(USERS, ITEMS, TRAIN, 0), null);
        }
        assertRefused(target, ErrorCode.MISMATCH, "labels to train on=");
    }

    @Test
    void shouldRefuseRatesThatAreNotThereOrCannotBe() {
        Path file = folder.resolve("events");
        FeatureRate rate = new FeatureRate(FeatureRate.Event.CLICK, "creator", 60, 0.5f, 20);
        FeatureSchema rated = SCHEMA.with(List.of(FeatureField.rate("now", rate, 0, 1)));
        try (InteractionTable.Builder events = InteractionTable.builder(2, SCHEMA)) {
            assertEquals(0, events.impressionSegment().byteSize());
            events.write(file);
        }
        assertBadRates(file, rated, "impression");
        try (InteractionTable.Builder events = InteractionTable.builder(2, rated)) {
            events.impressionSegment()
                    .set(RowLayout.FLOAT, events.impressionOffset(1), Float.POSITIVE_INFINITY);
            events.write(file);
        }
        assertBadRates(file, rated, "index=1, field=now");
    }

    private static void assertBadRates(Path file, FeatureSchema rated, String reason) {
        MillraceException e =
                assertThrows(
                        MillraceException.class,
                        () -> InteractionTable.open(file, rated, USERS, ITEMS).close());
        assertTrue(e.getMessage().contains(reason), e.getMessage());
    }

    /** A server would begin as if nothing had ever happened. */
    @Test
    void shouldRefuseRatesWithoutWhatWasCounted() throws IOException {
        write("a", 1);
        FeatureRate rate = new FeatureRate(FeatureRate.Event.CLICK, "creator", 60, 0.5f, 20);
        FeatureSchema rated = SCHEMA.with(List.of(FeatureField.rate("now", rate, 0, 1)));
        try (DatasetWriter writer = DatasetWriter.create(folder.resolve("b"), false);
                InteractionTable.Builder none = InteractionTable.builder(0, rated)) {
            writer.writeSchema(rated);
            for (String name : List.of(DatasetLayout.USERS, DatasetLayout.ITEMS)) {
                Files.copy(folder.resolve("a").resolve(name), writer.resolve(name));
                writer.seal(name);
            }
            writer.writeEvents(DatasetLayout.TRAIN, none);
            writer.writeEvents(DatasetLayout.TEST, none);
            writer.commit("b", "made", new DatasetWriter.Counts(USERS, ITEMS, 0, 0), null);
        }
        assertRefused(folder.resolve("b"), ErrorCode.MISMATCH, DatasetLayout.COUNTERS);
    }

    @Test
    void shouldHoldNoImpressionAtAll() {
        Path file = folder.resolve("events");
        try (InteractionTable.Builder events = InteractionTable.builder(0, SCHEMA)) {
            events.write(file);
        }
        try (InteractionTable events = InteractionTable.open(file, SCHEMA, USERS, ITEMS)) {
            assertEquals(0, events.count());
        }
    }

    private DatasetManifest write(String name, int seed) {
        try (DatasetWriter writer = DatasetWriter.create(folder.resolve(name), false)) {
            fill(writer, seed);
            return writer.commit(
                    "test",
                    "made",
                    new DatasetWriter.Counts(USERS, ITEMS, TRAIN, TEST),
                    (long) seed);
        }
    }

    static void fill(DatasetWriter writer, int seed) {
        writer.writeSchema(SCHEMA);
        try (RowTable.Builder users = RowTable.builder(SCHEMA.layout(FeatureScope.USER), USERS);
                RowTable.Builder items = RowTable.builder(SCHEMA.layout(FeatureScope.ITEM), ITEMS);
                InteractionTable.Builder train = events(TRAIN, 0, seed);
                InteractionTable.Builder test = events(TEST, TRAIN, seed)) {
            for (int user = 0; user < USERS; user++) {
                users.append(100 + user);
                users.number(SCHEMA.field("activity"), user * seed);
            }
            for (int item = 0; item < ITEMS; item++) {
                items.append(900 + item);
                items.category(SCHEMA.field("creator"), 2 + (item * seed) % 4);
            }
            try (RowTable rows = users.build()) {
                writer.writeRows(DatasetLayout.USERS, rows);
            }
            try (RowTable rows = items.build()) {
                writer.writeRows(DatasetLayout.ITEMS, rows);
            }
            writer.writeEvents(DatasetLayout.TRAIN, train);
            writer.writeEvents(DatasetLayout.TEST, test);
        }
    }

    private static InteractionTable.Builder events(int count, int first, int seed) {
        RowLayout layout = SCHEMA.layout(FeatureScope.CONTEXT);
        InteractionTable.Builder events = InteractionTable.builder(count, SCHEMA);
        for (int i = 0; i < count; i++) {
            int number = first + i;
            events.setImpression(i, number % USERS, number % ITEMS, timestampMs(number));
            events.setOutcome(
                    i, number % 2 == 1, number % 4 >= 2, number % 8 >= 4, number * seed / 10f);
            events.contextSegment()
                    .set(
                            RowLayout.INT,
                            events.contextOffset(i) + 4L * layout.slotOf(0),
                            number % 12 + FeatureField.FIRST);
        }
        return events;
    }

    /** Eleven hours apart; the last to train on is at 23:00 UTC. */
    private static long timestampMs(int number) {
        return 20_000 * MS_PER_DAY + (9 + 11L * number) * 3_600_000;
    }

    private static FeatureSchema schema(int codes) {
        List<FeatureField> contexts =
                codes == 12
                        ? List.of(FeatureField.context("place", 12, ContextSource.REQUEST, -1))
                        : Stream.iterate(0, i -> i + 1)
                                .limit(codes / 10)
                                .map(
                                        i ->
                                                FeatureField.context(
                                                        "place" + i, 12, ContextSource.REQUEST, -1))
                                .toList();
        return new FeatureSchema(
                FeatureSchema.FORMAT,
                "test",
                120,
                Stream.concat(
                                Stream.of(
                                        FeatureField.numeric(FeatureScope.USER, "activity", 0, 1),
                                        FeatureField.categorical(FeatureScope.ITEM, "creator", 6)),
                                contexts.stream())
                        .toList(),
                Map.of());
    }

    private static boolean onlyNameOrSeedDiffers(DatasetManifest manifest) {
        return manifest.users() == USERS && manifest.files().size() == 5;
    }

    private static void assertRefused(Path dataset, @Nullable ErrorCode code, String named) {
        MillraceException e =
                assertThrows(MillraceException.class, () -> Dataset.open(dataset).close());
        assertTrue(e.getMessage().contains(named), e.getMessage());
        assertEquals(1, e.getMessage().lines().count(), e.getMessage());
        assertFalse(code != null && e.code() != code, e.code() + ": " + e.getMessage());
    }

    /** Two impressions, each user, item, hour. */
    private static void assertBadEvents(Path file, String expected, int... values) {
        try (InteractionTable.Builder events = InteractionTable.builder(2, SCHEMA)) {
            events.setImpression(0, values[0], values[1], values[2]);
            events.setImpression(1, values[3], values[4], values[5]);
            events.write(file);
        }
        MillraceException e =
                assertThrows(
                        MillraceException.class,
                        () -> InteractionTable.open(file, SCHEMA, USERS, ITEMS).close());
        assertEquals(ErrorCode.CORRUPT_FILE, e.code());
        assertTrue(e.getMessage().contains(expected), e.getMessage());
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.sorted().toList();
        }
    }
}
