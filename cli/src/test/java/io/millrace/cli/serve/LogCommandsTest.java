package io.millrace.cli.serve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import io.millrace.cli.CommandRun;
import io.millrace.cli.load.TraceFile;
import io.millrace.client.MillraceClient;
import io.millrace.client.message.FeedbackEvent;
import io.millrace.client.message.RankColumn;
import io.millrace.client.message.RankColumns;
import io.millrace.client.message.RankQuery;
import io.millrace.client.message.RecommendQuery;
import io.millrace.core.json.Json;
import io.millrace.core.log.LogFileReader;
import io.millrace.core.log.LogFiles;
import io.millrace.core.log.LogLimits;
import io.millrace.core.log.LogPlan;
import io.millrace.core.log.RollingLog;
import io.millrace.core.progress.ProgressListener;
import io.millrace.core.wire.codec.EventCode;
import io.millrace.data.bundle.BuildPlan;
import io.millrace.data.bundle.BundleBuilder;
import io.millrace.data.bundle.OfflineBundle;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.dataset.InteractionTable;
import io.millrace.data.parity.ParityReport;
import io.millrace.data.simulate.SimulationPlan;
import io.millrace.data.simulate.Simulator;
import io.millrace.data.train.Training;
import io.millrace.data.train.TrainingPlan;
import io.millrace.loadgen.plan.LoadTrace;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureKind;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.impression.Impression;
import io.millrace.ranker.impression.ImpressionDescription;
import io.millrace.ranker.impression.ImpressionLayout;
import io.millrace.server.MillraceServer;
import io.millrace.server.config.ServerConfig;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** A trained bundle is served with a log, which is replayed and compared with training. */
final class LogCommandsTest {
    private static final int USERS = 60;
    private static final int ITEMS = 400;
    private static final int REQUESTS = 150;
    private static final int FIRST_DAY = 100;
    private static final long BEGIN_MS = 1_700_000_000_000L;
    private static final int TIMEOUT_MS = 20_000;

    @TempDir private static Path shared;

    @TempDir private Path folder;

    @BeforeAll
    static void serveAWorld() {
        Path world = shared.resolve("world");
        makeWorld(world, USERS, 1);
        makeWorld(shared.resolve("other"), USERS + 1, 2);
        try (Dataset dataset = Dataset.open(world)) {
            Training.run(
                    dataset,
                    shared.resolve("models"),
                    TrainingPlan.defaults(dataset, 1, 2),
                    ProgressListener.NONE);
        }
        BundleBuilder.run(
                world,
                shared.resolve("models"),
                shared.resolve("bundle"),
                BuildPlan.defaults().withGraph(graph -> graph.withThreads(2)),
                ProgressListener.NONE);
        serve(shared.resolve("log"), LogCommandsTest::ask);
    }

    private static void serve(Path log, Consumer<MillraceClient> caller) {
        ServerConfig config =
                ServerConfig.defaults()
                        .with("bundle", shared.resolve("bundle").toString())
                        .with("log.folder", log.toString())
                        .with("network.port", 0)
                        .with("network.adminPort", -1)
                        .with("limits.k", 10)
                        .with("funnel.candidates", 50)
                        .with("funnel.warmUpRequests", 0);
        try (MillraceServer server = MillraceServer.start(config);
                MillraceClient client =
                        MillraceClient.of(
                                "127.0.0.1", server.port(), Duration.ofMillis(TIMEOUT_MS))) {
            caller.accept(client);
        }
    }

    private static void makeWorld(Path path, int users, long seed) {
        Simulator.run(SimulationPlan.defaults(users, ITEMS, seed), path, ProgressListener.NONE);
    }

    private static void ask(MillraceClient client) {
        long[] users = client.info(USERS).sampleUsers();
        for (int i = 0; i < REQUESTS; i++) {
            long userId = i % 10 == 9 ? -i : users[i % users.length];
            long dayMs = i < FIRST_DAY ? 0 : 86_400_000;
            client.recommend(RecommendQuery.of(userId, 10).at(BEGIN_MS + dayMs + i));
        }
    }

    @Test
    void shouldEndWithZeroWhenEverythingIsEqual() {
        Path json = folder.resolve("replay.json");
        CommandRun replay =
                CommandRun.of(
                        "replay", path("log"), "--bundle", path("bundle"), "--json", "" + json);
        assertEquals(0, replay.code(), replay.err() + replay.out());
        JsonNode figures = Json.read(json, JsonNode.class);
        assertEquals(REQUESTS, figures.get("requests").asInt());
        assertEquals(REQUESTS, figures.get("equal").asInt());
        assertEquals(0, figures.get("different").asInt());
        assertParity("--bundle", path("bundle"));
        assertParity("--bundle", path("bundle"), "--dataset", path("world"));
    }

    @Test
    void shouldTakeTheRequestsOfALogForATrace() {
        LoadTrace trace = TraceFile.read(shared.resolve("log"));
        long[] asked;
        try (OfflineBundle bundle = OfflineBundle.open(shared.resolve("bundle"))) {
            asked =
                    IntStream.range(0, REQUESTS)
                            .mapToLong(i -> i % 10 == 9 ? -i : bundle.users().id(i % USERS))
                            .toArray();
        }
        assertArrayEquals(
                Arrays.stream(asked).sorted().toArray(),
                Arrays.stream(trace.userIds()).sorted().toArray());
    }

    @Test
    void shouldLeaveHistoriesOutThatFeedbackHasChanged() {
        Path log = folder.resolve("log");
        Path json = folder.resolve("parity.json");
        serve(
                log,
                client -> {
                    long userId = client.info(USERS).sampleUsers()[0];
                    long itemId = client.info(USERS).sampleItems()[0];
                    client.recommend(RecommendQuery.of(userId, 10).at(BEGIN_MS));
                    client.feedback(
                            userId,
                            BEGIN_MS,
                            List.of(new FeedbackEvent(EventCode.WATCH, itemId, 1)));
                    client.recommend(RecommendQuery.of(userId, 10).at(BEGIN_MS));
                    client.recommend(RecommendQuery.of(userId, 10).at(BEGIN_MS));
                });
        String bundle = path("bundle");
        CommandRun replay = CommandRun.of("replay", "" + log, "--bundle", bundle);
        assertEquals(0, replay.code(), replay.out());
        CommandRun parity =
                CommandRun.of("verify-parity", "" + log, "--bundle", bundle, "--json", "" + json);
        assertEquals(0, parity.code(), parity.out());
        JsonNode figures = Json.read(json, JsonNode.class);
        assertEquals(3, figures.get("equal.user").asInt());
        assertEquals(2, figures.get("told.user").asInt());
        assertTrue(parity.out().contains("histories told since"), parity.out());
    }

    @Test
    void shouldCompareItemsThatWereRankedButNotRowsThatWereBrought() {
        Path log = folder.resolve("log");
        Path json = folder.resolve("parity.json");
        serve(
                log,
                client -> {
                    long userId = client.info(USERS).sampleUsers()[0];
                    List<Long> items = List.of(client.info(USERS).sampleItems()[3], -1L);
                    client.rank(RankQuery.ofItems(userId, items));
                    RankColumns.Column first = client.rankColumns().columns().getFirst();
                    RankColumn column = new RankColumn.Numbers(first.name(), new double[] {0, 1});
                    client.rank(RankQuery.ofRows(List.of(7L, 8L), List.of(column)));
                });
        String bundle = path("bundle");
        CommandRun replay = CommandRun.of("replay", "" + log, "--bundle", bundle);
        assertEquals(0, replay.code(), replay.out());
        CommandRun parity =
                CommandRun.of("verify-parity", "" + log, "--bundle", bundle, "--json", "" + json);
        assertEquals(0, parity.code(), parity.err() + parity.out());
        JsonNode figures = Json.read(json, JsonNode.class);
        assertEquals(2, figures.get("impressions").asInt());
        assertEquals(1, figures.get("rows.item").asInt());
        assertEquals(1, figures.get("equal.item").asInt());
        assertEquals(2, figures.get("equal.context").asInt());
    }

    private void assertParity(String... options) {
        Path json = folder.resolve("parity.json");
        List<String> words = new ArrayList<>(List.of("verify-parity", path("log"), "--json"));
        words.add(json.toString());
        words.addAll(List.of(options));
        CommandRun parity = CommandRun.of(words.toArray(String[]::new));
        assertEquals(0, parity.code(), parity.err() + parity.out());
        JsonNode figures = Json.read(json, JsonNode.class);
        assertEquals(REQUESTS, figures.get("impressions").asInt());
        for (String scope : List.of("user", "context")) {
            assertEquals(REQUESTS, figures.get("rows." + scope).asInt());
            assertEquals(REQUESTS, figures.get("equal." + scope).asInt());
        }
        assertEquals(0, figures.get("told.user").asInt());
        assertEquals(10 * REQUESTS, figures.get("rows.item").asInt());
        assertEquals(10 * REQUESTS, figures.get("equal.item").asInt());
    }

    private static String path(String name) {
        return shared.resolve(name).toString();
    }

    @Test
    void shouldNameFieldAndBitsWhenAServedRowIsNotTheTrainedOne() throws IOException {
        for (FeatureScope scope : ParityReport.COMPARED) {
            Path log = folder.resolve("log-" + scope);
            FeatureSchema schema = FeatureSchema.read(shared.resolve("bundle/schema.json"));
            int field = schema.fields(scope).size() - 1;
            long slotAt = 4L * schema.layout(scope).slotOf(field);
            int[] served = new int[1];
            copy(
                    log,
                    (record, impression) -> {
                        long row =
                                switch (scope) {
                                    case USER -> impression.userRowOffset();
                                    case CONTEXT -> impression.contextRowOffset();
                                    case ITEM -> impression.itemRowOffset(4);
                                    case IMPRESSION -> throw new AssertionError(scope);
                                };
                        if (record == 7) {
                            served[0] = 1 ^ impression.segment().get(RowLayout.INT, row + slotAt);
                            impression.segment().set(RowLayout.INT, row + slotAt, served[0]);
                        }
                    });
            CommandRun run = CommandRun.of("verify-parity", "" + log, "--bundle", path("bundle"));
            assertEquals(1, run.code(), run.err() + run.out());
            String expected =
                    String.format(
                            "field %s, value 0: served %08x, trained %08x",
                            schema.fields(scope).get(field).name(), served[0], served[0] ^ 1);
            assertTrue(run.out().contains(expected), expected + " not in " + run.out());
        }
    }

    @Test
    void shouldEndWithOneAndShowBothWhenAnAnswerDiffers() throws IOException {
        Path log = folder.resolve("log");
        copy(
                log,
                (record, impression) -> {
                    if (record == 3) {
                        long at =
                                impression.itemRowOffset(0)
                                        - ImpressionLayout.ITEM_ROW_OFFSET
                                        + ImpressionLayout.ITEM_SCORE_OFFSET;
                        impression.segment().set(ImpressionLayout.FLOAT, at, 0.5f);
                    }
                });
        CommandRun run = CommandRun.of("replay", "" + log, "--bundle", path("bundle"));
        assertEquals(1, run.code(), run.err() + run.out());
        assertTrue(run.out().contains("0.500000000 (3f000000)"), run.out());
        assertTrue(run.out().matches("(?s).*different +1\\R.*"), run.out());
    }

    @Test
    void shouldSaySoWhenTheDataSetIsAnother() {
        CommandRun run =
                CommandRun.of(
                        "verify-parity",
                        path("log"),
                        "--bundle",
                        path("bundle"),
                        "--dataset",
                        path("other"));
        assertEquals(1, run.code());
        assertTrue(run.err().contains("built from another data set"), run.err());
    }

    /** What was clicked goes by the ids, so that the data set can be told whether it has it. */
    private static boolean isClick(long itemId) {
        return itemId % 3 == 0;
    }

    private Path writeOutcomes(Path log) throws IOException {
        List<String> lines = new ArrayList<>(List.of("correlation,user,item,click,long_view,like"));
        copy(
                folder.resolve("read"),
                (record, impression) -> {
                    for (int i = 0; i < impression.itemCount(); i++) {
                        if (impression.isUserKnown() && isClick(impression.itemId(i))) {
                            lines.add(
                                    String.join(
                                            ",",
                                            "" + impression.correlationId(),
                                            "" + impression.subjectId(),
                                            "" + impression.itemId(i),
                                            "1,0,1"));
                        }
                    }
                });
        lines.add("7,7,7,1,0,0");
        return Files.write(log.resolveSibling("outcomes.csv"), lines);
    }

    /** The rows of users are those of their first impression, 60 requests before the next. */
    @Test
    void shouldMakeADataSetThatCanBeTrainedOnWhenImported() throws IOException {
        Path log = folder.resolve("log");
        FeatureSchema schema = FeatureSchema.read(shared.resolve("bundle/schema.json"));
        long numberAt = 4L * schema.layout(FeatureScope.USER).slotOf(numberOf(schema));
        copy(
                log,
                (record, impression) ->
                        impression
                                .segment()
                                .set(
                                        RowLayout.FLOAT,
                                        impression.userRowOffset() + numberAt,
                                        record < USERS ? 12.5f : 99f));
        Path made = folder.resolve("made");
        CommandRun run =
                CommandRun.of(
                        "import",
                        "impressions",
                        "" + log,
                        "--bundle",
                        path("bundle"),
                        "--outcomes",
                        "" + writeOutcomes(log),
                        "--out",
                        "" + made);
        assertEquals(0, run.code(), run.err());
        assertTrue(
                run.out().contains("left out: outcomes.csv:")
                        && run.out().contains("no such impression in the log"),
                run.out());
        try (Dataset dataset = Dataset.open(made)) {
            assertEquals(900, dataset.train().count());
            assertEquals(450, dataset.test().count());
            assertClicks(dataset, dataset.train());
            assertClicks(dataset, dataset.test());
            for (long event = 0; event < 450; event++) {
                long row = dataset.users().offset(dataset.test().user(event));
                assertEquals(12.5f, dataset.users().segment().get(RowLayout.FLOAT, row + numberAt));
            }
        }
        CommandRun train =
                CommandRun.of(
                        "train", "--dataset", "" + made, "--out", "" + folder.resolve("models"));
        assertEquals(0, train.code(), train.err());
    }

    private static FeatureField numberOf(FeatureSchema schema) {
        return schema.fields(FeatureScope.USER).stream()
                .filter(field -> field.kind() == FeatureKind.NUMERIC)
                .findFirst()
                .orElseThrow();
    }

    private static void assertClicks(Dataset dataset, InteractionTable events) {
        for (long event = 0; event < events.count(); event++) {
            boolean isClick = isClick(dataset.items().id(events.item(event)));
            assertEquals(isClick, events.isClick(event));
            assertEquals(isClick, events.isLike(event));
            assertFalse(events.isLongView(event));
        }
    }

    private interface Change {
        void apply(int record, Impression impression);
    }

    /** Copies the log with a record changed, its checksum right. */
    private static void copy(Path target, Change change) throws IOException {
        Path file = LogFiles.of(shared.resolve("log"), ImpressionDescription.KIND).getFirst();
        Files.createDirectories(target);
        try (LogFileReader reader = LogFileReader.open(file, ImpressionDescription.KIND)) {
            JsonNode layout = Json.mapper().readTree(reader.description()).get("layout");
            Impression impression =
                    new Impression(Json.mapper().treeToValue(layout, ImpressionLayout.class));
            LogLimits limits = new LogLimits(1 << 20, 1 << 30, 3_600_000, 1L << 31);
            LogPlan plan =
                    new LogPlan(target, ImpressionDescription.KIND, reader.description(), limits);
            try (RollingLog log = RollingLog.open(plan, InstantSource.system())) {
                for (int record = 0; reader.next(); record++) {
                    byte[] content =
                            reader.segment()
                                    .asSlice(reader.offset(), reader.length())
                                    .toArray(ValueLayout.JAVA_BYTE);
                    impression.wrap(MemorySegment.ofArray(content), 0, content.length);
                    change.apply(record, impression);
                    log.append(new UnsafeBuffer(content), 0, content.length);
                }
                log.flush();
            }
        }
    }
}
