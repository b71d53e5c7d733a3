package io.millrace.data.importers.mapped;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.dataset.InteractionTable;
import io.millrace.data.dataset.Label;
import io.millrace.data.importers.DatasetReader;
import io.millrace.data.importers.ImportReport;
import io.millrace.data.importers.ImportTask;
import io.millrace.data.importers.source.ParquetWriting;
import io.millrace.index.attributes.AttributeTable;
import io.millrace.index.attributes.CategoryColumn;
import io.millrace.index.attributes.Float64Column;
import io.millrace.index.attributes.TagsColumn;
import io.millrace.ranker.features.ContextEncoder;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureRate;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.features.VocabularyCounts;

import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Objects;

final class MappedImporterTest {
    static final String MAPPING =
            """
            {
              "name": "shop",
              "user": "uid",
              "item": "sku",
              "ids": "TEXT",
              "time": "at",
              "timeForm": "ISO",
              "utcOffsetMinutes": 480,
              "click": {"column": "stay", "atLeast": 3},
              "like": {"column": "bought", "atLeast": 1},
              "watchRatio": "share",
              "isEveryEventWatched": false,
              "features": [
                {"column": "city", "scope": "USER", "kind": "CATEGORICAL"},
                {"column": "price", "scope": "ITEM", "kind": "NUMERIC", "encoding": "LOG"},
                {"column": "price", "name": "price_bucket", "scope": "ITEM", "kind": "CATEGORICAL",
                 "encoding": "QUANTILES", "buckets": 4},
                {"column": "seller", "scope": "ITEM", "kind": "CATEGORICAL",
                 "encoding": "HASHED", "buckets": 10},
                {"column": "tags", "scope": "ITEM", "kind": "TAGS", "maxValues": 2},
                {"column": "page", "scope": "CONTEXT", "kind": "CATEGORICAL"}
              ],
              "hasTimeOnCircles": true,
              "pooling": {"watched": {"form": "RECENCY", "halfLife": 8}},
              "crosses": [
                {"name": "page_hour", "scope": "CONTEXT", "crossOf": ["page", "hour"]},
                {"name": "seller_price", "scope": "ITEM", "crossOf": ["seller", "price_bucket"],
                 "buckets": 50}
              ],
              "text": {"separator": ";", "missing": ["NULL"]},
              "split": {"historyShare": 0.4, "testShare": 0.2}
            }
            """;

    private static final long ANN = 5301121648421453870L;

    /** Five events of three days by local time; the last two are of one UTC day. */
    static final String EVENTS =
            """
            uid;sku;at;stay;bought;share;city;price;seller;tags;page
            ann;p1;2024-05-01T02:00:00Z;5;1;0.5;Oslo;99;s1;a|b|c;home
            bob;p2;2024-05-01T03:00:00Z;1;0;NULL;NULL;NULL;NULL;NULL;NULL
            ann;p2;2024-05-02T10:00:00+08:00;3;0;1;Rome;7;s9;z;search
            bob;p1;2024-05-02T15:59:59Z;2;0;0;Oslo;1;s1;a;home
            cyd;p1;2024-05-02T16:00:00Z;9;1;2;Bern;1;s1;a;home
            """;

    @TempDir private Path folder;

    @Test
    void shouldMakeFeaturesOfColumnsAsTheMappingSays() throws IOException {
        ImportReport report = run(MAPPING, EVENTS, 0);
        assertEquals(3, report.users());
        assertEquals(2, report.items());
        try (Dataset dataset = Dataset.open(target())) {
            DatasetReader reader = new DatasetReader(dataset);
            RowTable items = dataset.items();
            assertEquals((float) Math.log(100), reader.number(items, "price", 0), 1e-6);
            assertTrue(Float.isNaN(reader.number(items, "price", 1)), "the first row counts");
            assertEquals(FeatureField.FIRST, reader.id(items, "price_bucket", 0));
            assertEquals(FeatureField.MISSING, reader.id(items, "price_bucket", 1));
            assertArrayEquals(new int[] {2, 3}, reader.list(items, "tags", 0), "at most two");
            assertEquals(FeatureField.MISSING, reader.id(items, "seller", 1));
            assertEquals(12, dataset.schema().field("seller").cardinality());
            RowTable users = dataset.users();
            assertEquals(FeatureField.MISSING, reader.id(users, "city", 1));
            // Bern, Oslo: what was said of ann first, not Rome.
            assertEquals(FeatureField.FIRST + 1, reader.id(users, "city", 0));
            // The first eight bytes of the SHA-256 of "ann", by another tool.
            assertEquals(ANN, users.id(0));
        }
    }

    /** Rows have a logarithm, a bucket and a hash of them. */
    @Test
    void shouldKeepTheValuesThatItemsAreFilteredBy() throws IOException {
        run(MAPPING, EVENTS, 0);
        try (Dataset dataset = Dataset.open(target());
                AttributeTable table = dataset.openAttributes()) {
            assertEquals(2, table.rows());
            assertEquals(99, ((Float64Column) table.column("price")).get(0));
            assertEquals(99, ((Float64Column) table.column("price_bucket")).get(0));
            assertEquals("s1", ((CategoryColumn) table.column("seller")).get(0));
            assertEquals(List.of("a", "b"), ((TagsColumn) table.column("tags")).get(0));
            for (String name : List.of("price", "price_bucket", "seller", "tags")) {
                assertTrue(table.column(name).isMissing(1), name);
            }
            assertFalse(table.schema().has("item_id"));
            assertFalse(table.schema().has("seller_price"), "crossed");
            assertFalse(table.schema().has("city"), "of users");
            DatasetReader reader = new DatasetReader(dataset);
            assertEquals(
                    reader.number(dataset.items(), "log_views", 0),
                    (float) ((Float64Column) table.column("log_views")).get(0));
        }
    }

    /** Values of types of their own, and lists, say the same as the texts do. */
    @Test
    void shouldMakeTheSameOfParquet() throws IOException {
        run(MAPPING, EVENTS, 0);
        Path log = folder.resolve("events.parquet");
        ParquetWriting.write(
                log,
                """
                message log {
                  required binary uid (STRING);
                  required binary sku (STRING);
                  required int64 at (TIMESTAMP(MICROS,true));
                  optional int32 stay;
                  optional boolean bought;
                  optional double share;
                  optional binary city (STRING);
                  optional int64 price;
                  optional binary seller (STRING);
                  optional group tags (LIST) { repeated group list { optional binary element (STRING); } }
                  optional binary page (STRING);
                }
                """,
                CompressionCodecName.SNAPPY,
                1 << 20,
                5,
                (group, row) ->
                        fill(group, EVENTS.lines().skip(1 + row).findFirst().orElseThrow()));
        Path other = folder.resolve("other");
        MappedImporter.run(
                SourceForm.PARQUET,
                List.of(log),
                Mapping.read(folder.resolve("mapping.json")),
                new ImportTask(other, 0, ProgressListener.NONE));
        for (String name : List.of("users.rows", "items.rows", "train.events", "test.events")) {
            assertEquals(
                    -1, Files.mismatch(target().resolve(name), other.resolve(name)), () -> name);
        }
        assertEquals(
                -1, Files.mismatch(target().resolve("schema.json"), other.resolve("schema.json")));
    }

    private static void fill(Group group, String event) {
        String[] fields = event.split(";", -1);
        for (int field = 0; field < fields.length; field++) {
            String text = fields[field];
            if (text.equals("NULL")) {
                continue;
            }
            String name = group.getType().getFieldName(field);
            switch (name) {
                case "at" ->
                        group.append(name, OffsetDateTime.parse(text).toEpochSecond() * 1_000_000);
                case "stay" -> group.append(name, Integer.parseInt(text));
                case "bought" -> group.append(name, text.equals("1"));
                case "share" -> group.append(name, Double.parseDouble(text));
                case "price" -> group.append(name, Long.parseLong(text));
                case "tags" -> {
                    Group tags = group.addGroup(name);
                    for (String tag : text.split("\\|", -1)) {
                        tags.addGroup("list").append("element", tag);
                    }
                }
                default -> group.append(name, text);
            }
        }
    }

    /**
     * What the fields must hold is worked out in CrossedFieldTest; here it is that they are there.
     */
    @Test
    void shouldCrossCategoriesOfItemsAndOfTheMoment() throws IOException {
        run(MAPPING, EVENTS, 0);
        try (Dataset dataset = Dataset.open(target())) {
            DatasetReader reader = new DatasetReader(dataset);
            assertEquals(52, dataset.schema().field("seller_price").cardinality());
            assertTrue(reader.id(dataset.items(), "seller_price", 0) >= FeatureField.FIRST);
            assertEquals(FeatureField.MISSING, reader.id(dataset.items(), "seller_price", 1));
            int search = reader.context(dataset.train(), "page_hour", 0);
            int home = reader.context(dataset.train(), "page_hour", 1);
            assertTrue(search >= FeatureField.FIRST && home >= FeatureField.FIRST);
            assertNotEquals(search, home);
        }
    }

    @Test
    void shouldCountRatesOfWhatCameBefore() throws IOException {
        run(rated("item_id", "CLICK"), EVENTS, 0);
        try (Dataset dataset = Dataset.open(target())) {
            InteractionTable train = dataset.train();
            FeatureRate rate = Objects.requireNonNull(dataset.schema().field("now").rate());
            // p2 was shown once before it is shown to ann, and not clicked.
            assertEquals(1, train.item(0));
            float expected = 20 * rate.usual() / 21;
            assertEquals(expected, rate(train, 0), 1e-3);
            assertEquals(0.5f, rate.usual(), "one of two impressions to train on is clicked");
        }
    }

    private static float rate(InteractionTable events, long event) {
        return events.impressionSegment().get(RowLayout.FLOAT, events.impressionOffset(event));
    }

    private static String rated(String of, String event) {
        return MAPPING.replace(
                "\"crosses\"",
                """
                "rates": [{"name": "now", "event": "%s", "of": "%s", "halfLifeMinutes": 1000000}],
                "crosses\"\
                """
                        .formatted(event, of));
    }

    @Test
    void shouldRefuseRatesThatCannotBeCounted() {
        assertBadMapping(rated("shop", "CLICK"), "field=now, of=shop");
        assertBadMapping(rated("city", "CLICK"), "field=now, of=city");
        assertBadMapping(rated("tags", "LIKE"), "LIKE");
        assertBadMapping(
                rated("tags", "WATCH").replace("\"watchRatio\": \"share\",", ""),
                "name=now; give the key watchRatio");
    }

    /** Keys of lists are told, not thrown, and so is a separator that quotes. */
    @Test
    void shouldRefuseMappingsWithHoles() {
        assertBadMapping(MAPPING.replace("[\"NULL\"]", "[null]"), "key=missing");
        assertBadMapping(
                MAPPING.replace("\"missing\":", "\"columns\": [null], \"missing\":"),
                "key=columns");
        assertBadMapping(MAPPING.replace("\"crosses\": [", "\"crosses\": [null, "), "key=crosses");
        assertBadMapping(
                MAPPING.replace("\"features\": [", "\"features\": [null, "), "key=features");
        assertBadMapping(
                rated("item_id", "CLICK").replace("\"rates\": [", "\"rates\": [null, "),
                "key=rates");
        assertBadMapping(
                MAPPING.replace("\"separator\": \";\"", "\"separator\": \"\\\"\""),
                "bad separator");
    }

    @Test
    void shouldRejectATimeThatNoClockReaches() {
        String events = EVENTS.replace("2024-05-01T02:00:00Z", "+999999999-12-31T23:59:59Z");
        MillraceException e = assertThrows(MillraceException.class, () -> run(MAPPING, events, 0));
        assertTrue(e.getMessage().contains("events.csv:2: at is no time"), e.getMessage());
    }

    /** It begins comments where there are any. */
    @Test
    void shouldTakeAHashAsSeparator() throws IOException {
        run(
                MAPPING.replace("\"separator\": \";\"", "\"separator\": \"#\""),
                EVENTS.replace(';', '#'),
                0);
        try (Dataset dataset = Dataset.open(target())) {
            assertEquals(3, dataset.users().count());
        }
    }

    private void assertBadMapping(String mapping, String reason) {
        MillraceException e = assertThrows(MillraceException.class, () -> run(mapping, EVENTS, 0));
        assertTrue(e.getMessage().contains(reason), e.getMessage());
        assertFalse(Files.exists(target()));
    }

    @Test
    void shouldPartEventsByLocalDaysAndKeepLabelsAndContext() throws IOException {
        run(MAPPING, EVENTS, 0);
        try (Dataset dataset = Dataset.open(target())) {
            DatasetReader reader = new DatasetReader(dataset);
            InteractionTable train = dataset.train();
            assertEquals(2, train.count());
            assertEquals(1, dataset.test().count());
            assertTrue(train.isClick(0) && train.isLongView(0) && !train.isLike(0));
            assertFalse(train.isClick(1));
            assertTrue(dataset.test().isLike(0));
            assertEquals(2, dataset.test().watchRatio(0));
            assertEquals(10 + FeatureField.FIRST, reader.context(train, "hour", 0));
            assertEquals(10 + FeatureField.FIRST, reader.context(train, "hour_circle", 0));
            assertEquals(
                    3 + FeatureField.FIRST,
                    reader.context(train, "day_of_week_circle", 0),
                    "Thursday");
            assertEquals(FeatureField.FIRST, reader.context(dataset.test(), "hour", 0));
            assertEquals(FeatureField.FIRST + 1, reader.context(train, "page", 0), "search");
            assertEquals(FeatureField.FIRST, reader.context(train, "page", 1), "home");
            assertArrayEquals(new int[] {2}, reader.list(dataset.users(), "watched", 0));
            assertArrayEquals(
                    new int[0], reader.list(dataset.users(), "watched", 1), "bob did not click");
        }
    }

    @Test
    void shouldCountRowsThatCannotBeTakenAndKeepNothingOfThem() throws IOException {
        String bad =
                """
                dan;p1;yesterday;1;0;1;Oslo;1;s1;a;home
                dan;p9;2024-05-02T16:00:00Z;1;0;1;Oslo;cheap;s1;a;home
                ;p9;2024-05-02T16:00:00Z;1;0;1;Oslo;1;s1;a;home
                dan;p9;2024-05-02T16:00:00Z;x;0;1;Oslo;1;s1;a;home
                """;
        ImportReport report = run(MAPPING, EVENTS + bad, 4);
        assertEquals(
                List.of(
                        "events.csv:7: at is no time: yesterday",
                        "events.csv:8: price is no number: cheap",
                        "events.csv:9: uid is missing",
                        "events.csv:10: stay is no number: x"),
                report.examples());
        assertEquals(3, report.users());
        assertEquals(2, report.items());
    }

    @Test
    void shouldReadNumbersAndSecondsOfFilesWithoutAHeader() throws IOException {
        String mapping =
                MAPPING.replace("\"TEXT\"", "\"NUMBER\"")
                        .replace("\"ISO\"", "\"SECONDS\"")
                        .replace(
                                "\"separator\": \";\",",
                                "\"separator\": \"::\", \"columns\": [\"uid\", \"sku\","
                                        + " \"at\", \"stay\", \"bought\", \"share\", \"city\","
                                        + " \"price\", \"seller\", \"tags\", \"page\"],");
        StringBuilder events = new StringBuilder();
        for (int day = 0; day < 5; day++) {
            events.append("7::").append(40 + day).append("::");
            events.append(1_714_500_000 + 86_400 * day).append("::4::0::1::x::1::s::t::p\n");
        }
        run(mapping, events.toString(), 0);
        try (Dataset dataset = Dataset.open(target())) {
            assertEquals(7, dataset.users().id(0));
            assertEquals(44, dataset.items().id(4));
            assertEquals(1_714_845_600_000L, dataset.test().timestampMs(0));
        }
    }

    @Test
    void shouldPartNumbersAtQuantilesOfTheItems() throws IOException {
        StringBuilder events = new StringBuilder(EVENTS.lines().findFirst().orElseThrow());
        for (int item = 0; item < 8; item++) {
            events.append("\nann;p").append(item).append(";2024-05-0").append(1 + item % 4);
            events.append("T02:00:00Z;5;1;0.5;Oslo;").append(item * item).append(";s;t;p");
        }
        run(MAPPING, events.toString(), 0);
        try (Dataset dataset = Dataset.open(target())) {
            DatasetReader reader = new DatasetReader(dataset);
            FeatureField field = dataset.schema().field("price_bucket");
            assertEquals(List.of(4f, 16f, 36f), field.bounds());
            for (int item = 0; item < 8; item++) {
                int id = reader.id(dataset.items(), "price_bucket", item);
                assertEquals(FeatureField.FIRST + item / 2, id);
                assertEquals(
                        id,
                        dataset.schema().idOf(field, String.valueOf(item * item)),
                        "whoever serves gets the same");
            }
        }
    }

    /** So the place on a page is learnt, and is the same for all candidates while serving. */
    @Test
    void shouldServeAContextAsTheMappingSays() throws IOException {
        String served =
                MAPPING.replace(
                        "\"page\", \"scope\": \"CONTEXT\", \"kind\": \"CATEGORICAL\"}",
                        "\"page\", \"scope\": \"CONTEXT\", \"kind\": \"CATEGORICAL\","
                                + " \"servedAs\": \"search\"}");
        run(served, EVENTS, 0);
        try (Dataset dataset = Dataset.open(target())) {
            FeatureSchema schema = dataset.schema();
            FeatureField page = schema.field("page");
            assertEquals(schema.idOf(page, "search"), page.servingDefault() + FeatureField.FIRST);
            MemorySegment row =
                    Arena.ofAuto().allocate(schema.layout(FeatureScope.CONTEXT).rowBytes());
            new ContextEncoder(schema).encodeInto(0, new int[0], new int[0], 0, row, 0);
            int at = 4 * schema.layout(FeatureScope.CONTEXT).slotOf(page);
            assertEquals(schema.idOf(page, "search"), row.get(RowLayout.INT, at));
        }
    }

    /** In users and items a value counts once for each of them, in the context for each event. */
    @Test
    void shouldTakeRareValuesForUnseenWhenAskedTo() throws IOException {
        String rare = ", \"leastCount\": 2}";
        String mapping =
                MAPPING.replace(
                                "\"kind\": \"TAGS\", \"maxValues\": 2}",
                                "\"kind\": \"TAGS\"" + rare)
                        .replace(
                                "\"city\", \"scope\": \"USER\", \"kind\": \"CATEGORICAL\"}",
                                "\"city\", \"scope\": \"USER\", \"kind\": \"CATEGORICAL\"" + rare)
                        .replace(
                                "\"page\", \"scope\": \"CONTEXT\", \"kind\": \"CATEGORICAL\"}",
                                "\"page\", \"scope\": \"CONTEXT\", \"kind\": \"CATEGORICAL\""
                                        + rare);
        String more =
                """
                dan;p3;2024-05-02T16:00:00Z;9;1;2;Oslo;1;s1;b|d;cart
                eve;p3;2024-05-02T16:00:00Z;9;1;2;Rome;1;s1;;home
                """;
        run(mapping, EVENTS + more, 0);
        try (Dataset dataset = Dataset.open(target())) {
            DatasetReader reader = new DatasetReader(dataset);
            FeatureSchema schema = dataset.schema();
            assertEquals(List.of("Oslo"), vocabulary(schema, "city"));
            assertEquals(List.of("b"), vocabulary(schema, "tags"));
            assertEquals(List.of("home"), vocabulary(schema, "page"));
            // Of the impressions to train on, ann's of p2 in a search and bob's of p1 at home.
            assertCounts(schema, "city", 1, 0);
            assertCounts(schema, "tags", 1, 2);
            assertCounts(schema, "page", 1, 1);
            RowTable users = dataset.users();
            assertEquals(FeatureField.FIRST, reader.id(users, "city", 0), "ann of Oslo");
            assertEquals(FeatureField.MISSING, reader.id(users, "city", 1), "bob");
            assertEquals(FeatureField.UNSEEN, reader.id(users, "city", 2), "cyd of Bern");
            assertEquals(FeatureField.FIRST, reader.id(users, "city", 3), "dan of Oslo");
            assertArrayEquals(new int[] {1, 2, 1}, reader.list(dataset.items(), "tags", 0));
            assertEquals(FeatureField.UNSEEN, reader.context(dataset.train(), "page", 0), "search");
            assertEquals(FeatureField.FIRST, reader.context(dataset.train(), "page", 1), "home");
        }
    }

    private static void assertCounts(FeatureSchema schema, String field, long count, long unseen) {
        assertEquals(
                new VocabularyCounts(List.of(count), unseen),
                Objects.requireNonNull(schema.vocabularies().get(field), field).counts());
    }

    private static List<String> vocabulary(FeatureSchema schema, String field) {
        return Objects.requireNonNull(schema.vocabularies().get(field), field).values();
    }

    @Test
    void shouldKeepLabelsThatTheMappingNames() throws IOException {
        String labels =
                """
                "labels": {"seen": {"column": "share", "atLeast": 1},
                           "cart": {"column": "stay", "atLeast": 9}},
                "watchRatio"\
                """;
        run(MAPPING, EVENTS, 0);
        try (Dataset dataset = Dataset.open(target())) {
            assertEquals(List.of(Label.CLICK, Label.LIKE), dataset.labels());
        }
        Path second = Files.createDirectory(folder.resolve("second"));
        MappedRun.run(second, MAPPING.replace("\"watchRatio\"", labels), EVENTS, 0);
        try (Dataset dataset = Dataset.open(MappedRun.target(second))) {
            Label cart = new Label("cart", 3);
            Label seen = new Label("seen", 4);
            assertEquals(List.of(Label.CLICK, Label.LIKE, cart, seen), dataset.labels());
            InteractionTable train = dataset.train();
            assertTrue(seen.holds(train, 0) && !cart.holds(train, 0), "a share of 1, 3 s");
            assertTrue(!seen.holds(train, 1) && !cart.holds(train, 1));
            assertTrue(seen.holds(dataset.test(), 0) && cart.holds(dataset.test(), 0));
        }
    }

    /** Each line replaces a part of the good mapping and names what the message must contain. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"user\": \"uid\" | \"user\": \"nobody\" | column=nobody",
                "\"user\": \"uid\", | `` | key=user",
                "\"timeForm\": \"ISO\" | \"timeForm\": \"DAYS\" | DAYS",
                "\"atLeast\": 3 | \"atMost\": 3 | key=click.atLeast",
                "\"kind\": \"TAGS\" | \"kind\": \"SEQUENCE\" | column=tags",
                "\"buckets\": 10 | \"buckets\": 0 | buckets=0",
                "\"encoding\": \"LOG\" | \"encoding\": \"HASHED\" | column=price",
                "\"column\": \"tags\" | \"column\": \"price\" | feature twice",
                "\"name\": \"price_bucket\" | \"name\": \"seller\" | name=seller",
                "\"crossOf\": [\"page\", | \"crossOf\": [\"city\", | crossOf=city",
                "\"crossOf\": [\"page\", | \"crossOf\": [\"paeg\", | crossOf=paeg",
                "\"page_hour\" | \"hour\" | field=hour",
                "\"name\": \"page_hour\", | `` | key=name of a cross",
                "\"buckets\": 50 | \"buckets\": -1 | buckets=-1",
                "\"buckets\": 4 | \"buckets\": 0 | buckets=0",
                "\"column\": \"tags\" | \"column\": \"hour\" | column=hour",
                "\"column\": \"city\" | \"column\": \"town\" | column=town",
                "\"USER\", \"kind\": | \"USER\", \"mostValues\": 1, \"kind\": | feature=city,"
                        + " values=2",
                "\"maxValues\": 2 | \"mostValues\": 2 | feature=tags, values=3, mostValues=2",
                "\"CONTEXT\", \"kind\": | \"CONTEXT\", \"mostValues\": 1, \"kind\": | feature=page,"
                        + " values=2",
                "\"CONTEXT\", \"kind\": | \"CONTEXT\", \"servedAs\": \"cart\", \"kind\": |"
                        + " name=page, servedAs=cart",
                "\"USER\", \"kind\": | \"USER\", \"servedAs\": \"Rome\", \"kind\": |"
                        + " scope=USER, servedAs=Rome",
                "\"maxValues\": 2 | \"leastCount\": 0 | leastCount=0",
                "\"buckets\": 10 | \"leastCount\": 2 | column=seller, kind=CATEGORICAL,"
                        + " encoding=HASHED",
                "{\"watched\": | {\"seen\": | pooling=seen, known=[watched, long_watched, liked]",
                "\"halfLife\": 8 | \"halfLife\": 0 | form=RECENCY, halfLife=0.0",
                "\"historyShare\": 0.4 | \"historyShare\": 0.9 | history=0.9",
                "\"watchRatio\": | \"labels\": {\"Cart\": {\"column\": \"stay\", \"atLeast\": 1}},"
                        + " \"watchRatio\": | name=Cart",
                "\"watchRatio\": | \"labels\": {\"like\": {\"column\": \"stay\", \"atLeast\": 1}},"
                        + " \"watchRatio\": | labels=like; map it by click, longView or like",
                "\"watchRatio\": | \"labels\": {\"cart\": {\"column\": \"stray\", \"atLeast\": 1}},"
                        + " \"watchRatio\": | column=stray",
                "\"watchRatio\": | \"labels\": {\"cart\": null}, \"watchRatio\": | key=labels.cart",
                "\"separator\": \";\" | \"charset\": \"ascii-9\" | charset=ascii-9",
            })
    void shouldSayWhatIsWrongWhenTheMappingIsBad(String from, String to, String expected) {
        assertTrue(MAPPING.contains(from), from);
        MillraceException e =
                assertThrows(
                        MillraceException.class, () -> run(MAPPING.replace(from, to), EVENTS, 0));
        assertTrue(e.getMessage().contains(expected), e.getMessage());
        assertEquals(1, e.getMessage().lines().count());
        assertFalse(Files.exists(target()));
    }

    private ImportReport run(String mapping, String events, long maxRejects) throws IOException {
        return MappedRun.run(folder, mapping, events, maxRejects);
    }

    private Path target() {
        return MappedRun.target(folder);
    }
}
