package io.millrace.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.bundle.BundleLayout;
import io.millrace.core.metrics.AllocationMeter;
import io.millrace.core.progress.ProgressListener;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.codec.FateCode;
import io.millrace.core.wire.codec.ReasonCode;
import io.millrace.core.wire.codec.RetrieverCode;
import io.millrace.core.wire.codec.ScopeCode;
import io.millrace.index.attributes.AttributeFile;
import io.millrace.index.attributes.AttributeTable;
import io.millrace.index.filter.FilterPlan;
import io.millrace.index.filter.OrdinalBitSet;
import io.millrace.index.predicate.Predicate;
import io.millrace.index.recall.RecallCurve;
import io.millrace.index.recall.RecallCurve.Line;
import io.millrace.index.recall.RecallCurve.Point;
import io.millrace.server.Frames.Column;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.explain.ExplainedItem;
import io.millrace.server.funnel.FunnelWorker;
import io.millrace.server.funnel.bundle.ServingBundle;
import io.millrace.server.metrics.Gauge;
import io.millrace.server.request.Answer;
import io.millrace.server.request.Request;
import io.millrace.server.request.StageClock;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** Requests with filters, answered by the workers of real bundles and compared with plain loops. */
@Timeout(180)
class FilterServingTest {
    private static final int ITEMS = 500;
    private static final int USERS = 30;
    private static final int K = 10;
    private static final int CANDIDATES = 60;
    private static final int KEEP_SEEN = 1;
    private static final int SKIP_RULES = 2;
    private static final long TIMESTAMP_MS = 1_700_000_000_000L;
    private static final String NOTHING = "creator = 2 and creator = 3";

    private final TinyBundle tiny = new TinyBundle(ITEMS, USERS);

    @TempDir private Path folder;

    private Path writeBundle() throws IOException {
        return tiny.write(folder.resolve("bundle"));
    }

    private static ServerConfig config(Path bundle) {
        return ServerConfig.defaults()
                .with("bundle", bundle.toString())
                .with("funnel.candidates", CANDIDATES)
                .with("limits.k", CANDIDATES)
                .with("limits.excluded", 20)
                .with("funnel.warmUpRequests", 0);
    }

    private static ServingBundle open(ServerConfig config) {
        return ServingBundle.open(config, ProgressListener.NONE);
    }

    /** What a filter accepts, told by its plan alone. */
    private static IntPredicate matching(Path bundle, String filter) {
        OrdinalBitSet accepted = new OrdinalBitSet(ITEMS);
        try (AttributeTable table = AttributeFile.open(bundle.resolve(BundleLayout.ATTRIBUTES))) {
            FilterPlan.of(Predicate.compile(filter, table.schema()), table).fillInto(accepted);
        }
        return accepted::contains;
    }

    private static List<String> filters() {
        return List.of(
                "duration > 0",
                "duration between 2.5 and 3.5",
                "tags has '4'",
                "tags has any ('4', '7') and creator < 20",
                "creator in (5, 9, 13)",
                "creator = 17",
                NOTHING);
    }

    @Test
    void shouldRecommendAndFindTheSameAsAPlainFunnelAmongMatchingItems() throws IOException {
        Path bundle = writeBundle();
        try (PlainFunnel oracle = new PlainFunnel(tiny, bundle);
                ServingBundle serving = open(config(bundle))) {
            Asker asker = new Asker(serving);
            for (String filter : filters()) {
                IntPredicate accepted = matching(bundle, filter);
                long matches = IntStream.range(0, ITEMS).filter(accepted).count();
                for (int row = 0; row < USERS; row++) {
                    Answer answer = asker.recommend(row, KEEP_SEEN | SKIP_RULES, K, filter);
                    List<WireClient.Item> expected =
                            oracle.recommend(row, TIMESTAMP_MS, CANDIDATES, K, accepted);
                    assertEquals(
                            expected.stream().map(WireClient.Item::itemId).toList(), ids(answer));
                    assertEquals(
                            matches < K ? ReasonCode.FEWER_THAN_K : ReasonCode.NONE,
                            answer.reason(),
                            filter);
                    Answer similar = asker.similar(TinyBundle.itemId(row), K, filter);
                    assertEquals(oracle.similar(row, K, accepted), ids(similar), filter);
                }
            }
        }
    }

    @Test
    void shouldAnswerAllThatMatchesAndWasNotSeenWhenTheUserHasSeenTheNearest() throws IOException {
        Path bundle = writeBundle();
        ServerConfig narrow = config(bundle).with("funnel.candidates", K).with("limits.k", K);
        try (ServingBundle serving = open(narrow)) {
            Asker asker = new Asker(serving);
            for (int row = 0; row < USERS; row++) {
                Set<Long> seen = new HashSet<>();
                Arrays.stream(tiny.watched(row)).forEach(item -> seen.add(TinyBundle.itemId(item)));
                Set<Integer> creators = new HashSet<>();
                Arrays.stream(tiny.watched(row)).forEach(item -> creators.add(tiny.creator(item)));
                // Of the creator of something seen, there are a dozen items.
                int creator = creators.iterator().next();
                Set<Long> expected = new HashSet<>();
                for (int item = 0; item < ITEMS; item++) {
                    if (tiny.creator(item) == creator && !seen.contains(TinyBundle.itemId(item))) {
                        expected.add(TinyBundle.itemId(item));
                    }
                }
                Answer answer = asker.recommend(row, SKIP_RULES, K, "creator = " + (creator + 2));
                assertEquals(Math.min(K, expected.size()), answer.count());
                assertTrue(expected.containsAll(ids(answer)));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"towers", "factors", "blend"})
    void shouldGoOnWithTheIndexWhenPopularItemsAreTooFew(String retriever) throws IOException {
        Path bundle = writeBundle();
        if (retriever.equals("factors")) {
            tiny.retrieveByFactors(bundle);
        } else if (retriever.equals("blend")) {
            tiny.retrieveByBlend(bundle);
        }
        try (ServingBundle serving = open(config(bundle))) {
            Asker asker = new Asker(serving);
            for (String filter : filters()) {
                IntPredicate accepted = matching(bundle, filter);
                long matches = IntStream.range(0, ITEMS).filter(accepted).count();
                Answer answer = asker.recommend(-1, SKIP_RULES, K, filter);
                assertMatches(answer, accepted, filter);
                assertEquals(Math.min(K, matches), answer.count(), filter);
                assertEquals(
                        matches < K ? ReasonCode.FEWER_THAN_K : ReasonCode.COLD_START,
                        answer.reason(),
                        filter);
            }
            Answer explained = asker.explain(-1, "creator = 17");
            Set<RetrieverCode> by = new HashSet<>();
            explanation(explained).forEach(item -> by.add(item.retrieval().by()));
            assertTrue(by.contains(RetrieverCode.INDEX), by.toString());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldGoOnWithTheIndexWhenListsHaveTooFew(boolean byNeighbours) throws IOException {
        Path bundle = writeBundle();
        if (byNeighbours) {
            tiny.retrieveByNeighbours(bundle).close();
        } else {
            tiny.retrieveByPopularity(bundle).close();
        }
        try (ServingBundle serving = open(config(bundle))) {
            Asker asker = new Asker(serving);
            for (String filter : filters()) {
                IntPredicate accepted = matching(bundle, filter);
                for (int row = 0; row < USERS; row++) {
                    Answer answer = asker.recommend(row, SKIP_RULES, K, filter);
                    assertMatches(answer, accepted, filter);
                    Set<Integer> left = new HashSet<>();
                    IntStream.range(0, ITEMS).filter(accepted).forEach(left::add);
                    Arrays.stream(tiny.watched(row)).forEach(left::remove);
                    assertEquals(Math.min(K, left.size()), answer.count(), filter);
                    Answer similar = asker.similar(TinyBundle.itemId(row), K, filter);
                    assertMatches(similar, accepted, filter);
                    int own = row;
                    long others =
                            IntStream.range(0, ITEMS)
                                    .filter(item -> item != own && accepted.test(item))
                                    .count();
                    assertEquals(Math.min(K, others), similar.count(), filter);
                }
            }
            // Without a filter lists are all there is, as ever.
            assertEquals(0, asker.recommend(1, SKIP_RULES, K, NOTHING).count());
        }
    }

    private static void assertMatches(Answer answer, IntPredicate accepted, String filter) {
        Set<Long> distinct = new HashSet<>(ids(answer));
        assertEquals(answer.count(), distinct.size(), filter);
        for (long itemId : distinct) {
            assertTrue(accepted.test((int) (itemId - TinyBundle.itemId(0)) / 7), filter);
        }
    }

    @Test
    void shouldExplainWhatAFilterLeavesOut() throws IOException {
        Path bundle = writeBundle();
        String filter = "tags has '4'";
        IntPredicate accepted = matching(bundle, filter);
        try (ServingBundle serving = open(config(bundle))) {
            Asker asker = new Asker(serving);
            int row = 3;
            Answer answer = asker.recommend(row, 0, K, filter);
            List<Long> answered = ids(answer);
            for (int from = 0; from < ITEMS; from += 16) {
                long[] items =
                        IntStream.range(from, Math.min(ITEMS, from + 16))
                                .mapToLong(TinyBundle::itemId)
                                .toArray();
                Answer explained = asker.explain(row, filter, items);
                assertEquals(answered, ids(explained));
                for (ExplainedItem item : explanation(explained)) {
                    int ordinal = (int) (item.itemId() - TinyBundle.itemId(0)) / 7;
                    assertEquals(!accepted.test(ordinal), item.isFiltered());
                    if (item.isFiltered()) {
                        assertEquals(
                                item.isSeen() ? FateCode.SEEN : FateCode.FILTERED, item.fate());
                        assertEquals(0, item.retrieval().place());
                    } else {
                        assertTrue(item.fate() != FateCode.FILTERED);
                    }
                    boolean isAnswered = answered.contains(item.itemId());
                    assertEquals(isAnswered, item.fate() == FateCode.ANSWERED);
                }
            }
        }
    }

    private static List<ExplainedItem> explanation(Answer answer) {
        return Objects.requireNonNull(answer.explanation()).items();
    }

    /** By the journal as it was written, and by what a snapshot of it came to. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldFilterByTheSameAfterARestart(boolean hasStores) throws IOException {
        Path bundle = writeBundle();
        long changed = TinyBundle.itemId(8);
        long replaced = TinyBundle.itemId(9);
        long deleted = TinyBundle.itemId(10);
        try (RestartedServer server = new RestartedServer(bundle)) {
            // More than a file of the journal holds, so that files are made into a snapshot.
            server.restart(server.config().with("changes.fileBytes", 1 << 16));
            for (int i = 0; i < 800; i++) {
                ok(
                        server.ask(
                                Frames.update(
                                        i,
                                        ScopeCode.ITEM,
                                        changed,
                                        Column.of("duration", 1_000 + i),
                                        Column.of("tags", 2 + i % 3),
                                        Column.of("tags", 5 + i % 3))));
            }
            ok(server.ask(Frames.upsert(1, -5, new float[0], Column.of("duration", 5_000.125))));
            ok(server.ask(Frames.upsert(2, replaced, new float[0], Column.of("creator", 31))));
            ok(server.ask(Frames.update(3, ScopeCode.ITEM, -5, Column.of("creator", 32))));
            ok(server.ask(Frames.delete(4, deleted)));
            server.restart(server.config());
            if (!hasStores) {
                server.restart(false);
            }
        }
        assertTrue(Files.exists(RestartedServer.state(bundle)));
        try (ServingBundle serving = open(config(bundle))) {
            Asker asker = new Asker(serving);
            assertEquals(
                    List.of(changed), asker.search("duration = 1799 and tags has all ('3', '6')"));
            assertEquals(List.of(), asker.search("duration between 999 and 1798.5"));
            assertEquals(List.of(-5L), asker.search("duration = 5000.125 and creator = 32"));
            assertEquals(
                    Set.of(replaced, -5L),
                    new HashSet<>(asker.search("tags is missing")),
                    "an upsert leaves out what it does not say");
            assertTrue(asker.search("creator = 31 and duration is missing").contains(replaced));
            assertFalse(asker.search("creator = 12 and not creator is missing").contains(deleted));
        }
    }

    private static void ok(WireClient.Result result) {
        assertEquals(Status.OK, result.status(), result.message());
    }

    @Test
    void shouldCarryAttributesOverToTheNextBundle() throws IOException {
        Path bundle = writeBundle();
        Path next = new TinyBundle(ITEMS + 5, USERS).write(folder.resolve("next"));
        try (RestartedServer server = new RestartedServer(bundle)) {
            ok(
                    server.ask(
                            Frames.update(
                                    1,
                                    ScopeCode.ITEM,
                                    TinyBundle.itemId(8),
                                    Column.of("duration", 1_234.5))));
            ok(
                    server.ask(
                            Frames.upsert(
                                    2,
                                    -5,
                                    new float[0],
                                    Column.of("duration", 1_234.5),
                                    Column.of("tags", 9))));
        }
        ServerConfig before = config(bundle);
        try (ServingBundle served = open(before);
                ServingBundle opened = open(before.with("bundle", next.toString()))) {
            assertEquals(List.of(), new Asker(opened).search("duration = 1234.5"));
            CarryOver carryOver =
                    Objects.requireNonNull(CarryOver.between(served, opened, before.limits()));
            assertEquals(2, carryOver.run());
            Asker asker = new Asker(opened);
            assertEquals(
                    Set.of(TinyBundle.itemId(8), -5L),
                    new HashSet<>(asker.search("duration = 1234.5")));
            assertEquals(List.of(-5L), asker.search("duration = 1234.5 and creator is missing"));
        }
    }

    @Test
    void shouldServeAnOlderBundleAndRefuseFilters() throws IOException {
        Path bundle = writeBundle();
        tiny.drop(bundle, BundleLayout.ATTRIBUTES);
        try (ServingBundle serving = open(config(bundle))) {
            Asker asker = new Asker(serving);
            assertEquals(K, asker.recommend(1, 0, K, "").count());
            Answer answer =
                    asker.ask(
                            request -> request.similar(1, TinyBundle.itemId(1), K, 0),
                            "creator = 2");
            assertEquals(Status.BAD_REQUEST, answer.status());
            assertEquals(
                    "this bundle has no attributes to filter by; build it again with millrace"
                            + " build, without --no-attributes",
                    answer.message().toString());
            assertEquals(0, answer.count());
        }
    }

    /**
     * Exact searches look among all items, so those with a filter would seem to miss nearly all.
     */
    @Test
    void shouldNotWatchTheRecallOfFilteredSearches() throws Exception {
        Path bundle = writeBundle();
        tiny.keepRecall(
                bundle,
                new RecallCurve(1, List.of(new Line(100, List.of(new Point(100, 0.9, 1_000))))),
                0.5);
        try (ServingBundle serving = open(config(bundle).with("funnel.recallCheckMs", 1))) {
            Asker asker = new Asker(serving);
            for (int i = 0; i < 200; i++) {
                asker.recommend(i % USERS, 0, K, "creator < 6");
            }
            Thread.sleep(50);
            assertEquals(0, gauge(serving, "recall_samples_total"));
            while (gauge(serving, "recall_samples_total") == 0) {
                asker.recommend(1, 0, K, "");
                Thread.sleep(1);
            }
        }
    }

    private static double gauge(ServingBundle serving, String name) {
        return serving.gauges().stream()
                .filter(gauge -> gauge.name().equals(name))
                .mapToDouble(Gauge::value)
                .findFirst()
                .orElseThrow();
    }

    /** Filters of either regime, deletes and upserts in a graph of their own beside them. */
    @Test
    void shouldAllocateNothingWhenFiltersAreKnown() throws IOException {
        Path bundle = writeBundle();
        try (RestartedServer server = new RestartedServer(bundle, 12)) {
            for (int i = 0; i < 60; i++) {
                long itemId = i % 2 == 0 ? TinyBundle.itemId(i) : -5 - i;
                ok(
                        server.ask(
                                Frames.upsert(
                                        i,
                                        itemId,
                                        new float[0],
                                        Column.of("creator", 2 + i % 30))));
            }
            ok(server.ask(Frames.delete(1, TinyBundle.itemId(77))));
        }
        ServerConfig config = config(bundle).with("changes.scannedUpserted", 12);
        try (ServingBundle serving = open(config)) {
            Asker asker = new Asker(serving);
            long least = Long.MAX_VALUE;
            long endNs = System.nanoTime() + 60_000_000_000L;
            while (least > 0 && System.nanoTime() < endNs) {
                long before = AllocationMeter.currentThreadAllocatedBytes();
                for (int i = 0; i < 200; i++) {
                    asker.drive(i);
                }
                least = Math.min(least, AllocationMeter.currentThreadAllocatedBytes() - before);
            }
            assertEquals(0, least, "bytes in the best of some rounds");
        }
    }

    private static List<Long> ids(Answer answer) {
        List<Long> ids = new ArrayList<>();
        for (int i = 0; i < answer.count(); i++) {
            ids.add(answer.itemId(i));
        }
        return ids;
    }

    /** Asks a worker of a bundle. */
    private static final class Asker {
        private final FunnelWorker worker;
        private final Request request;
        private final Answer answer = new Answer(1_000);
        private final StageClock clock = new StageClock();
        private final int dimension;
        private final List<String> known = filters();

        private interface Question {
            void put(Request request);
        }

        Asker(ServingBundle serving) {
            ServerConfig.LimitsConfig limits = ServerConfig.defaults().limits();
            worker = serving.newWorker();
            request = new Request(serving.catalogue().requestLimits(limits));
            dimension = serving.catalogue().dimension();
        }

        Answer ask(Question question, String filter) {
            question.put(request);
            request.filter().set(filter);
            return answer();
        }

        private Answer answer() {
            answer.clear();
            clock.start(System.nanoTime());
            worker.answer(request, answer, clock);
            return answer;
        }

        private Answer sound(Question question, String filter) {
            Answer sound = ask(question, filter);
            assertEquals(Status.OK, sound.status(), sound.message().toString());
            return sound;
        }

        /** For a user, or a stranger where the row is below 0. */
        Answer recommend(int row, int flags, int k, String filter) {
            long userId = row < 0 ? -77 : TinyBundle.userId(row);
            return sound(asked -> asked.recommend(1, userId, TIMESTAMP_MS, k, flags), filter);
        }

        Answer explain(int row, String filter, long... itemIds) {
            long userId = row < 0 ? -77 : TinyBundle.userId(row);
            return sound(
                    asked -> {
                        asked.explain(1, userId, TIMESTAMP_MS, K, 0);
                        for (long itemId : itemIds) {
                            asked.candidates().add(itemId);
                        }
                    },
                    filter);
        }

        Answer similar(long itemId, int k, String filter) {
            return sound(asked -> asked.similar(1, itemId, k, 0), filter);
        }

        List<Long> search(String filter) {
            return ids(
                    sound(
                            asked -> {
                                asked.search(1, Request.NO_USER, 1, 50, 0);
                                Arrays.fill(asked.vector(), 0);
                                asked.vector()[0] = 1;
                            },
                            filter));
        }

        /** A request of some kind with a filter that was met before, without a check. */
        void drive(int number) {
            long userId = number % 5 == 0 ? -1 : TinyBundle.userId(number % USERS);
            switch (number % 3) {
                case 0 -> request.recommend(1, userId, 0, K, 0);
                case 1 -> request.similar(1, TinyBundle.itemId(200 + number % 100), K, 0);
                default -> {
                    request.search(1, userId, 0, K, number % 2);
                    Arrays.fill(request.vector(), 0);
                    request.vector()[number % dimension] = 1;
                }
            }
            byte[] text = TEXTS[number % TEXTS.length];
            request.filter().set(BUFFERS[number % TEXTS.length], 0, text.length);
            if (answer().status() != Status.OK) {
                throw new AssertionError(answer.message() + known.get(0));
            }
        }

        private static final byte[][] TEXTS =
                filters().stream()
                        .map(text -> text.getBytes(java.nio.charset.StandardCharsets.UTF_8))
                        .toArray(byte[][]::new);
        private static final org.agrona.concurrent.UnsafeBuffer[] BUFFERS =
                Arrays.stream(TEXTS)
                        .map(org.agrona.concurrent.UnsafeBuffer::new)
                        .toArray(org.agrona.concurrent.UnsafeBuffer[]::new);
    }
}
