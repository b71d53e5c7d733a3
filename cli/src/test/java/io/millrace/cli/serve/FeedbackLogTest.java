package io.millrace.cli.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import io.millrace.cli.CommandRun;
import io.millrace.client.MillraceClient;
import io.millrace.client.message.Answer;
import io.millrace.client.message.FeedbackEvent;
import io.millrace.client.message.RecommendQuery;
import io.millrace.client.message.ServerInfo;
import io.millrace.core.json.Json;
import io.millrace.core.progress.ProgressListener;
import io.millrace.core.random.SplitRandom;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.codec.EventCode;
import io.millrace.data.bundle.BuildPlan;
import io.millrace.data.bundle.BundleBuilder;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.dataset.InteractionTable;
import io.millrace.data.simulate.SimulationPlan;
import io.millrace.data.simulate.Simulator;
import io.millrace.data.train.Training;
import io.millrace.data.train.TrainingPlan;
import io.millrace.server.MillraceServer;
import io.millrace.server.config.ServerConfig;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * Simulated users are shown items by two bundles in turn and tell what they did with them; what a
 * data set made of the log says of it is what a plain loop over the requests says.
 */
final class FeedbackLogTest {
    private static final int USERS = 60;
    private static final int ITEMS = 400;
    private static final int PERSONS = 6;
    private static final int STEPS = 250;
    private static final int LATER_ITEMS = 40;
    private static final long BEGIN_MS = 1_700_000_000_000L;
    private static final long HOUR_MS = 3_600_000;
    private static final long WINDOW_MS = 2 * HOUR_MS;
    private static final long STRANGER = -5;

    @TempDir private static Path shared;
    private static final SplitRandom RANDOM = new SplitRandom(20_261_122);

    /** What was sent and answered, in this order. */
    private static final List<Shown> SHOWN = new ArrayList<>();

    private static final List<Told> TOLD = new ArrayList<>();
    private static final Set<Long> KNOWN_USERS = new HashSet<>();
    private static final Set<Long> KNOWN_ITEMS = new HashSet<>();
    private static long clockMs = BEGIN_MS;
    private static int sent;

    @TempDir private Path folder;

    private record Shown(int order, String bundle, long userId, long momentMs, List<Long> itemIds) {
        Shown {
            itemIds = List.copyOf(itemIds);
        }
    }

    private record Told(int order, long userId, long momentMs, FeedbackEvent event) {}

    @BeforeAll
    static void serveTwoBundles() throws InterruptedException {
        Path world = shared.resolve("world");
        Simulator.run(SimulationPlan.defaults(USERS, ITEMS, 1), world, ProgressListener.NONE);
        try (Dataset dataset = Dataset.open(world)) {
            Training.run(
                    dataset,
                    shared.resolve("models"),
                    TrainingPlan.defaults(dataset, 1, 2),
                    ProgressListener.NONE);
            for (int user = 0; user < USERS; user++) {
                KNOWN_USERS.add(dataset.users().id(user));
            }
            for (int item = 0; item < ITEMS; item++) {
                KNOWN_ITEMS.add(dataset.items().id(item));
            }
        }
        build("first", 8);
        build("second", 12);
        serve("first");
        serve("second");
        serve("first");
    }

    private static void build(String name, int maxConnections) {
        BundleBuilder.run(
                shared.resolve("world"),
                shared.resolve("models"),
                shared.resolve(name),
                BuildPlan.defaults()
                        .withGraph(
                                graph -> graph.withThreads(1).withMaxConnections(maxConnections)),
                ProgressListener.NONE);
    }

    private static void serve(String bundle) throws InterruptedException {
        ServerConfig config =
                ServerConfig.defaults()
                        .with("bundle", path(bundle))
                        .with("log.folder", path("log"))
                        .with("network.port", 0)
                        .with("network.adminPort", -1)
                        .with("limits.k", 10)
                        .with("funnel.candidates", 50)
                        .with("funnel.warmUpRequests", 0);
        try (MillraceServer server = MillraceServer.start(config);
                MillraceClient client =
                        MillraceClient.of("127.0.0.1", server.port(), Duration.ofSeconds(20))) {
            ServerInfo info = client.info(USERS);
            if (SHOWN.isEmpty()) {
                upsertItems(client, info.dimension());
                tell(client, STRANGER, clockMs, event(EventCode.WATCH, info.sampleItems()[0]));
            }
            for (int step = 0; step < STEPS; step++) {
                // Else a feedback might have been answered in the same millisecond.
                Thread.sleep(2);
                act(client, info, bundle);
            }
        }
    }

    private static void upsertItems(MillraceClient client, int dimension) {
        for (int i = 0; i < LATER_ITEMS; i++) {
            float[] vector = new float[dimension];
            for (int d = 0; d < dimension; d++) {
                vector[d] = (float) RANDOM.nextGaussian();
            }
            assertEquals(Status.OK, client.upsert(-100 - i, List.of(), vector).status());
        }
    }

    /** Time goes on; requests come for moments before now, too, and are told of late or never. */
    private static void act(MillraceClient client, ServerInfo info, String bundle) {
        clockMs += 1 + RANDOM.nextInt((int) (HOUR_MS / 4));
        int person = RANDOM.nextInt(PERSONS + 1);
        long userId = person == PERSONS ? STRANGER : info.sampleUsers()[person];
        if (RANDOM.nextInt(3) > 0) {
            long momentMs = clockMs - (RANDOM.nextInt(4) == 0 ? RANDOM.nextInt(7_200_000) : 0);
            Answer answer = client.recommend(RecommendQuery.of(userId, 10).at(momentMs));
            List<Long> itemIds = LongStream.of(answer.itemIds()).boxed().toList();
            // A busy machine refuses some.
            if (answer.isOk()) {
                SHOWN.add(new Shown(sent++, bundle, userId, momentMs, itemIds));
            }
            return;
        }
        List<FeedbackEvent> events = new ArrayList<>();
        for (int i = RANDOM.nextInt(6); i >= 0; i--) {
            events.add(event(EventCode.get((short) RANDOM.nextInt(5)), itemFor(userId, info)));
        }
        long momentMs = clockMs - RANDOM.nextInt((int) HOUR_MS);
        tell(client, userId, momentMs, events.toArray(FeedbackEvent[]::new));
    }

    private static FeedbackEvent event(EventCode kind, long itemId) {
        float share = RANDOM.nextInt(4) == 0 ? Float.NaN : 0.25f + RANDOM.nextInt(5) / 4f;
        return new FeedbackEvent(kind, itemId, share);
    }

    /** Mostly one that the user was shown of late. */
    private static long itemFor(long userId, ServerInfo info) {
        List<Shown> shown =
                SHOWN.stream()
                        .filter(one -> one.userId == userId && !one.itemIds.isEmpty())
                        .toList();
        if (shown.isEmpty() || RANDOM.nextInt(6) == 0) {
            return info.sampleItems()[RANDOM.nextInt(info.sampleItems().length)];
        }
        int ago = Math.min(shown.size(), 1 + RANDOM.nextInt(3));
        List<Long> items = shown.get(shown.size() - ago).itemIds;
        return items.get(RANDOM.nextInt(items.size()));
    }

    private static void tell(
            MillraceClient client, long userId, long momentMs, FeedbackEvent... events) {
        Answer answer = client.feedback(userId, momentMs, List.of(events));
        int order = sent++;
        if (answer.isOk()) {
            for (FeedbackEvent event : events) {
                TOLD.add(new Told(order, userId, momentMs, event));
            }
        } else {
            // The second bundle has not what was upserted while the first was served.
            assertEquals(Status.UNKNOWN_ITEM, answer.status(), answer.message());
        }
    }

    private static String path(String name) {
        return shared.resolve(name).toString();
    }

    /** An item that was shown at a moment. */
    private record Place(long userId, long momentMs, long itemId) {}

    /** What came of it. */
    private static final class Outcome {
        private final Set<EventCode> kinds = new HashSet<>();
        private float watchRatio;
    }

    /** What a plain loop makes of what was sent. */
    private static final class Expected {
        private final Map<Place, Outcome> outcomes = new HashMap<>();
        private int joined;
        private int elsewhere;
        private int unjoined;

        Expected() {
            for (Told told : TOLD) {
                if (told.event.kind() == EventCode.IMPRESSION) {
                    continue;
                }
                Shown latest = latestBefore(told);
                if (latest == null) {
                    unjoined++;
                } else if (latest.bundle.equals("second")) {
                    elsewhere++;
                } else {
                    joined++;
                    add(told, latest);
                }
            }
        }

        private static @Nullable Shown latestBefore(Told told) {
            Shown latest = null;
            for (Shown shown : SHOWN) {
                if (shown.order < told.order
                        && shown.userId == told.userId
                        && shown.itemIds.contains(told.event.itemId())
                        && isInDataSet(shown, told.event.itemId())
                        && shown.momentMs <= told.momentMs
                        && told.momentMs - shown.momentMs <= WINDOW_MS
                        && (latest == null || shown.momentMs > latest.momentMs)) {
                    latest = shown;
                }
            }
            return latest;
        }

        /** Or in what would be made of the other bundle's impressions. */
        private static boolean isInDataSet(Shown shown, long itemId) {
            return shown.bundle.equals("second")
                    || (KNOWN_USERS.contains(shown.userId) && KNOWN_ITEMS.contains(itemId));
        }

        private void add(Told told, Shown shown) {
            Place place = new Place(shown.userId, shown.momentMs, told.event.itemId());
            Outcome outcome = outcomes.computeIfAbsent(place, key -> new Outcome());
            EventCode kind = told.event.kind();
            outcome.kinds.add(kind);
            boolean isWatch = kind == EventCode.WATCH || kind == EventCode.LONG_WATCH;
            if (isWatch && told.event.watchedShare() > outcome.watchRatio) {
                outcome.watchRatio = told.event.watchedShare();
            }
        }
    }

    @Test
    void shouldSayWhatUsersToldWhenImported() {
        Path made = folder.resolve("made");
        JsonNode figures = importLog(made, "--outcome-window", "2h");
        Expected expected = new Expected();
        assertTrue(expected.joined > 50 && expected.elsewhere > 20, "joined " + expected.joined);
        assertTrue(expected.unjoined > 20, "unjoined " + expected.unjoined);
        assertEquals(expected.joined, figures.get("feedback_joined").asInt());
        assertEquals(expected.elsewhere, figures.get("feedback_elsewhere").asInt());
        assertEquals(expected.unjoined, figures.get("feedback_unjoined").asInt());
        assertLaterOnesAreLeftOut(figures);
        Map<Place, Outcome> left = new HashMap<>(expected.outcomes);
        try (Dataset dataset = Dataset.open(made)) {
            long events =
                    assertOutcomes(dataset, dataset.train(), left)
                            + assertOutcomes(dataset, dataset.test(), left);
            assertEquals(shownByFirst().stream().mapToLong(FeedbackLogTest::knownOf).sum(), events);
        }
        assertTrue(left.isEmpty(), "not in the data set: " + left.keySet());
        CommandRun train =
                CommandRun.of(
                        "train", "--dataset", "" + made, "--out", "" + folder.resolve("models"));
        assertEquals(0, train.code(), train.err());
    }

    private static long assertOutcomes(
            Dataset dataset, InteractionTable events, Map<Place, Outcome> left) {
        for (long event = 0; event < events.count(); event++) {
            Place place =
                    new Place(
                            dataset.users().id(events.user(event)),
                            events.timestampMs(event),
                            dataset.items().id(events.item(event)));
            Outcome removed = left.remove(place);
            Outcome outcome = removed == null ? new Outcome() : removed;
            String where = place.toString();
            assertEquals(outcome.kinds.contains(EventCode.CLICK), events.isClick(event), where);
            assertEquals(
                    outcome.kinds.contains(EventCode.LONG_WATCH), events.isLongView(event), where);
            assertEquals(outcome.kinds.contains(EventCode.LIKE), events.isLike(event), where);
            assertEquals(outcome.watchRatio, events.watchRatio(event), 0, where);
        }
        return events.count();
    }

    private static List<Shown> shownByFirst() {
        return SHOWN.stream().filter(shown -> shown.bundle.equals("first")).toList();
    }

    private static long knownOf(Shown shown) {
        return KNOWN_USERS.contains(shown.userId)
                ? shown.itemIds.stream().filter(KNOWN_ITEMS::contains).count()
                : 0;
    }

    private static void assertLaterOnesAreLeftOut(JsonNode figures) {
        long users = shownByFirst().stream().filter(one -> one.userId == STRANGER).count();
        long items =
                shownByFirst().stream()
                        .filter(shown -> KNOWN_USERS.contains(shown.userId))
                        .mapToLong(shown -> shown.itemIds.size() - knownOf(shown))
                        .sum();
        assertTrue(users > 10 && items > 10, "users " + users + ", items " + items);
        assertEquals(users, figures.get("later_users").asLong());
        assertEquals(items, figures.get("later_items").asLong());
    }

    /** A file says all of it: what is not in it was not clicked, whatever users told. */
    @Test
    void shouldNotLookAtFeedbackWhenAFileSaysWhatCame() throws IOException {
        Path outcomes = folder.resolve("outcomes.csv");
        Files.writeString(outcomes, "correlation,user,item,click,long_view,like\n");
        Path made = folder.resolve("made");
        JsonNode figures = importLog(made, "--outcomes", outcomes.toString());
        assertEquals(0, figures.get("feedback_joined").asInt());
        try (Dataset dataset = Dataset.open(made)) {
            assertOutcomes(dataset, dataset.train(), new HashMap<>());
            assertOutcomes(dataset, dataset.test(), new HashMap<>());
        }
    }

    private JsonNode importLog(Path made, String... options) {
        Path json = folder.resolve("import.json");
        List<String> words =
                new ArrayList<>(List.of("import", "impressions", path("log"), "--bundle"));
        words.addAll(List.of(path("first"), "--out", "" + made, "--json", "" + json));
        words.addAll(List.of(options));
        CommandRun run = CommandRun.of(words.toArray(String[]::new));
        assertEquals(0, run.code(), run.err() + run.out());
        return Json.read(json, JsonNode.class);
    }

    /** Feedback and rows of items that came later are in the log, and nobody trips over them. */
    @Test
    void shouldCompareTheRowsOfItemsThatAreInTheBundle() {
        Path json = folder.resolve("parity.json");
        CommandRun parity =
                CommandRun.of(
                        "verify-parity",
                        path("log"),
                        "--bundle",
                        path("first"),
                        "--json",
                        "" + json);
        assertEquals(0, parity.code(), parity.err() + parity.out());
        JsonNode figures = Json.read(json, JsonNode.class);
        long answered = shownByFirst().stream().mapToLong(shown -> shown.itemIds.size()).sum();
        long known =
                shownByFirst().stream()
                        .flatMap(shown -> shown.itemIds.stream())
                        .filter(KNOWN_ITEMS::contains)
                        .count();
        assertEquals(shownByFirst().size(), figures.get("impressions").asLong());
        assertEquals(known, figures.get("rows.item").asLong());
        assertEquals(answered - known, figures.get("later_items").asLong());
        assertTrue(parity.out().contains("of items that came later, left out"), parity.out());
        CommandRun replay = CommandRun.of("replay", path("log"), "--bundle", path("first"));
        assertTrue(replay.out().contains("requests answered again"), replay.err());
    }

    @Test
    void shouldSayWhatIsMissingWhenNobodySaysWhatCame() {
        CommandRun run = CommandRun.of("import", "impressions", path("log"), "--bundle");
        assertEquals(2, run.code());
        run =
                CommandRun.of(
                        "import",
                        "impressions",
                        path("log"),
                        "--bundle",
                        path("first"),
                        "--outcome-window",
                        "2 hours",
                        "--out",
                        "" + folder.resolve("made"));
        assertEquals(2, run.code());
        assertTrue(run.err().contains("'2 hours' is no time"), run.err());
    }
}
