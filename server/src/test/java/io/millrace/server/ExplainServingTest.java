package io.millrace.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.wire.Status;
import io.millrace.core.wire.codec.FateCode;
import io.millrace.core.wire.codec.FieldScopeCode;
import io.millrace.core.wire.codec.ItemStateCode;
import io.millrace.core.wire.codec.ReasonCode;
import io.millrace.core.wire.codec.RetrieverCode;
import io.millrace.core.wire.codec.SlotCode;
import io.millrace.server.PlainFates.Expected;
import io.millrace.server.PlainFates.Question;
import io.millrace.server.WireClient.Result;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.LongStream;

/** What is said of items, and what is answered: over a socket, of a served bundle. */
@Timeout(240)
class ExplainServingTest {
    private static final int ITEMS = 300;
    private static final int USERS = 12;
    private static final int CANDIDATES = 100;
    private static final int RANKED = 40;
    private static final int AT_ONCE = 16;
    private static final int SKIP_RULES = 2;
    private static final int COUNT_NEARER = 8;
    private static final long MOMENT_MS = 1_700_000_000_000L;
    private static final long NEWCOMER = 7_777_777;
    private static final long[] NOTHING = {};

    private final TinyBundle tiny = new TinyBundle(ITEMS, USERS);

    @TempDir private Path folder;
    private @Nullable RestartedServer started;

    private Path serve(TinyBundle world, BiConsumer<TinyBundle, Path> retrieval, int ranked)
            throws IOException {
        Path bundle = world.write(folder.resolve("bundle"));
        retrieval.accept(world, bundle);
        RestartedServer starting = new RestartedServer(bundle);
        started = starting;
        starting.restart(starting.config().with("funnel.ranked", ranked));
        return bundle;
    }

    private RestartedServer server() {
        return Objects.requireNonNull(started);
    }

    private Path serve(int ranked) throws IOException {
        return serve(tiny, (world, bundle) -> {}, ranked);
    }

    @AfterEach
    void stop() throws IOException {
        if (started != null) {
            started.close();
        }
    }

    private List<Explained.Item> explainAll(long userId, int k, int flags, long... exclude)
            throws IOException {
        List<Explained.Item> all = new ArrayList<>();
        for (int from = 0; from < ITEMS; from += AT_ONCE) {
            long[] some =
                    LongStream.range(from, Math.min(ITEMS, from + AT_ONCE))
                            .map(ordinal -> TinyBundle.itemId((int) ordinal))
                            .toArray();
            all.addAll(explain(userId, k, flags, exclude, some).items());
        }
        return all;
    }

    private Explained explain(long userId, int k, int flags, long[] exclude, long... items)
            throws IOException {
        return server().client()
                .explain(Frames.explain(1, userId, k, flags, MOMENT_MS, exclude, items));
    }

    private Result recommend(long userId, int k, int flags, long... exclude) throws IOException {
        return server().ask(Frames.recommend(1, userId, k, flags, MOMENT_MS, 0, exclude));
    }

    /**
     * Places and scores of the answers, bit for bit, and of nothing else; how many passed where.
     */
    private void assertAgrees(Result result, List<Explained.Item> all) {
        int answered = 0;
        int ranked = 0;
        int retrieved = 0;
        for (Explained.Item item : all) {
            int place = result.itemIds().indexOf(item.itemId()) + 1;
            assertEquals(place, item.place(), item.toString());
            assertEquals(place > 0, item.fate() == FateCode.ANSWERED, item.toString());
            assertEquals(place > 0, item.slot() != SlotCode.NONE, item.toString());
            if (place > 0) {
                assertEquals(result.items().get(place - 1).score(), item.score());
            }
            assertEquals(item.rankedPlace() > 0, Float.isFinite(item.score()), item.toString());
            assertTrue(item.rankedPlace() == 0 || item.retrievedPlace() > 0, item.toString());
            answered += place > 0 ? 1 : 0;
            ranked += item.rankedPlace() > 0 ? 1 : 0;
            retrieved += item.retrievedPlace() > 0 ? 1 : 0;
        }
        assertEquals(result.items().size(), answered);
        assertEquals(result.ranked(), ranked);
        assertEquals(result.retrieved(), retrieved);
    }

    @Test
    void shouldAgreeWithWhatIsAnswered() throws IOException {
        serve(tiny.rated(), (world, bundle) -> {}, RANKED);
        for (int row = 0; row < USERS; row++) {
            long userId = TinyBundle.userId(row);
            for (int flags = 0; flags < 4; flags++) {
                assertAgrees(recommend(userId, 10, flags), explainAll(userId, 10, flags));
            }
        }
        Result result = recommend(TinyBundle.userId(1), 10, 0);
        Explained explained = explain(TinyBundle.userId(1), 10, 0, NOTHING);
        assertEquals(result.fingerprint(), explained.fingerprint());
        assertEquals(result.retrieved(), explained.retrieved());
        assertEquals(result.ranked(), explained.ranked());
        assertEquals(10, explained.answered());
        assertEquals(result.degraded(), explained.degraded());
        assertEquals(ReasonCode.NONE, explained.reason());
        assertEquals(MOMENT_MS, explained.momentMs());
        // Where nothing is named, the answers are explained, in their order.
        assertEquals(
                result.itemIds(), explained.items().stream().map(Explained.Item::itemId).toList());
        assertEquals(FieldScopeCode.IMPRESSION, explained.fields().get("clicks_now"));
    }

    @Test
    void shouldTellTheTrueReason() throws IOException {
        Path bundle = serve(RANKED);
        Set<FateCode> met = EnumSet.noneOf(FateCode.class);
        try (PlainFates oracle = new PlainFates(tiny, bundle, ITEMS)) {
            for (int row = 0; row < USERS; row++) {
                Set<Integer> seen = new HashSet<>();
                Arrays.stream(tiny.watched(row)).forEach(seen::add);
                boolean hasRules = row % 4 != 3;
                int k = row % 3 == 0 ? 20 : 10;
                Expected[] before = oracle.of(question(row, k, hasRules, seen, Set.of()));
                // One that is near, and far ones, for each of which another is retrieved.
                Set<Integer> excluded = new HashSet<>();
                excluded.add(ordinalAt(before, 3, seen));
                for (int place = ITEMS - 40; place < ITEMS - 10; place += 2) {
                    excluded.add(ordinalAt(before, place, seen));
                }
                Expected[] expected = oracle.of(question(row, k, hasRules, seen, excluded));
                long[] exclude = excluded.stream().mapToLong(TinyBundle::itemId).toArray();
                int flags = (hasRules ? 0 : SKIP_RULES) | COUNT_NEARER;
                List<Explained.Item> all = explainAll(TinyBundle.userId(row), k, flags, exclude);
                for (int ordinal = 0; ordinal < ITEMS; ordinal++) {
                    assertItem(expected[ordinal], all.get(ordinal), "row=" + row);
                    met.add(all.get(ordinal).fate());
                }
            }
        }
        assertEquals(
                EnumSet.of(
                        FateCode.ANSWERED,
                        FateCode.EXCLUDED,
                        FateCode.SEEN,
                        FateCode.NOT_RETRIEVED,
                        FateCode.BEYOND_CANDIDATES,
                        FateCode.CUT,
                        FateCode.CREATOR_CAP,
                        FateCode.DIVERSITY,
                        FateCode.OUTRANKED),
                met);
    }

    private static Question question(
            int row, int k, boolean hasRules, Set<Integer> seen, Set<Integer> excluded) {
        return new Question(row, MOMENT_MS, k, hasRules, CANDIDATES, RANKED, seen, excluded);
    }

    /** The first item from some place by similarity that the user has not seen. */
    private static int ordinalAt(Expected[] all, int place, Set<Integer> seen) {
        for (int from = place; ; from++) {
            for (int ordinal = 0; ordinal < ITEMS; ordinal++) {
                if (all[ordinal].similarityPlace == from && !seen.contains(ordinal)) {
                    return ordinal;
                }
            }
        }
    }

    private static void assertItem(Expected expected, Explained.Item item, String message) {
        String told = message + " " + item;
        assertEquals(expected.fate, item.fate(), told);
        assertEquals(expected.fate == FateCode.EXCLUDED, item.isExcluded(), told);
        assertTrue(expected.fate != FateCode.SEEN || item.isSeen(), told);
        assertEquals(expected.similarity, item.similarity(), 1e-5, told);
        assertEquals(expected.similarityPlace, item.similarityPlace(), told);
        assertEquals(expected.retrievedPlace, item.retrievedPlace(), told);
        assertEquals(expected.rankedPlace, item.rankedPlace(), told);
        assertEquals(expected.place, item.place(), told);
        assertEquals(expected.value, item.value(), 1e-5, told);
        assertEquals(
                expected.value, item.probabilities().getOrDefault("click", Float.NaN), 1e-5, told);
        assertEquals(expected.light, item.lightValue(), 1e-5, told);
        assertEquals(expected.score, item.score(), 1e-5, told);
        boolean isFound = expected.retrievedPlace > 0;
        assertEquals(isFound ? RetrieverCode.INDEX : RetrieverCode.NONE, item.retriever(), told);
        assertEquals(isFound ? item.similarity() : Float.NaN, item.retrievalScore(), told);
        assertEquals(ItemStateCode.BUNDLED, item.state(), told);
    }

    @Test
    void shouldTellWhatTheValueWouldLose() throws IOException {
        Path bundle = serve(0);
        try (PlainFates oracle = new PlainFates(tiny, bundle, ITEMS)) {
            for (int row : new int[] {1, 2, 5}) {
                long[] some = {TinyBundle.itemId(7), TinyBundle.itemId(150)};
                Explained explained = explain(TinyBundle.userId(row), 10, 0, NOTHING, some);
                assertEquals(11, explained.fields().size());
                for (Explained.Item item : explained.items()) {
                    int ordinal = (int) (item.itemId() - TinyBundle.itemId(0)) / 7;
                    float whole = oracle.full().probability(row, MOMENT_MS, ordinal);
                    float sum = 0;
                    for (String field : explained.fields().keySet()) {
                        float without = oracle.full().probability(row, MOMENT_MS, ordinal, field);
                        float told = item.contributions().getOrDefault(field, Float.NaN);
                        assertEquals(whole - without, told, 1e-5, field);
                        sum += Math.abs(told);
                    }
                    assertTrue(sum > 1e-3, item.toString());
                }
                assertEquals(FieldScopeCode.USER, explained.fields().get("watched"));
                assertEquals(FieldScopeCode.CONTEXT, explained.fields().get("hour"));
                assertEquals(FieldScopeCode.ITEM, explained.fields().get("creator"));
            }
        }
    }

    @Test
    void shouldKnowWhatTheCatalogueHas() throws IOException {
        serve(0);
        long userId = TinyBundle.userId(1);
        Result before = recommend(userId, 10, SKIP_RULES);
        long first = before.itemIds().get(0);
        long deleted = before.itemIds().get(1);
        assertEquals(Status.OK, server().ask(Frames.delete(1, deleted)).status());
        List<Explained.Item> items =
                explain(userId, 10, SKIP_RULES, NOTHING, 404, deleted, first, deleted).items();
        assertEquals(
                List.of(FateCode.UNKNOWN, FateCode.DELETED, FateCode.ANSWERED, FateCode.DELETED),
                items.stream().map(Explained.Item::fate).toList());
        assertEquals(
                List.of(
                        ItemStateCode.UNKNOWN,
                        ItemStateCode.DELETED,
                        ItemStateCode.BUNDLED,
                        ItemStateCode.DELETED),
                items.stream().map(Explained.Item::state).toList());
        assertEquals(Float.NaN, items.get(1).value());
        assertTrue(items.get(1).probabilities().isEmpty());
        assertEquals(before.items().get(0).score(), items.get(2).value());
        assertEquals(2, items.get(2).probabilities().size());
    }

    /** One of the two is the other over again. */
    @Test
    void shouldSayThatAnItemIsNearlyTheSame() throws IOException {
        Path bundle = serve(0);
        long userId = TinyBundle.userId(1);
        long first = recommend(userId, 10, 0).itemIds().get(0);
        int ordinal = (int) (first - TinyBundle.itemId(0)) / 7;
        float[] vector;
        try (PlainFunnel oracle = new PlainFunnel(tiny, bundle)) {
            vector = oracle.vector(ordinal);
        }
        long twin = 4_000_000;
        assertEquals(Status.OK, server().ask(Frames.upsert(1, twin, vector)).status());
        List<Explained.Item> items =
                explain(userId, 10, COUNT_NEARER, NOTHING, first, twin).items();
        assertEquals(
                Set.of(FateCode.ANSWERED, FateCode.DUPLICATE),
                Set.of(items.get(0).fate(), items.get(1).fate()));
        Explained.Item added = items.get(1);
        assertEquals(ItemStateCode.ADDED, added.state());
        assertEquals(RetrieverCode.UPSERTED, added.retriever());
        assertEquals(items.get(0).similarity(), added.similarity(), 1e-5);
        assertEquals(added.similarity(), added.retrievalScore());
        assertEquals(added.similarityPlace(), added.retrievedPlace());
        // Those behind the new item have one more before them, in the search and by counting.
        for (Explained.Item item : explainAll(userId, 10, COUNT_NEARER)) {
            int place = item.retrievedPlace();
            assertTrue(place == 0 || place == item.similarityPlace(), item.toString());
        }
        assertEquals(items.get(0).similarityPlace(), items.get(0).retrievedPlace());
        assertEquals(Status.OK, server().ask(Frames.upsert(1, first, vector)).status());
        Explained.Item replaced = explain(userId, 10, 0, NOTHING, first).items().get(0);
        assertEquals(ItemStateCode.REPLACED, replaced.state());
        assertEquals(RetrieverCode.UPSERTED, replaced.retriever());
        assertEquals(0, replaced.similarityPlace());
    }

    @Test
    void shouldTellThatPopularItemsWereTakenForANewcomer() throws IOException {
        serve(0);
        Result result = recommend(NEWCOMER, 10, 0);
        assertEquals(ReasonCode.COLD_START, result.reason());
        List<Explained.Item> all = explainAll(NEWCOMER, 10, 0);
        assertAgrees(result, all);
        for (Explained.Item item : all) {
            boolean isFound = item.retrievedPlace() > 0;
            assertEquals(isFound ? RetrieverCode.POPULAR : RetrieverCode.NONE, item.retriever());
            assertEquals(Float.NaN, item.retrievalScore());
        }
        assertEquals(ReasonCode.COLD_START, explain(NEWCOMER, 10, 0, NOTHING).reason());
    }

    @Test
    void shouldTakeTheHistoryThatIsBrought() throws IOException {
        serve(0);
        long[] history = {TinyBundle.itemId(20), TinyBundle.itemId(30)};
        Result result =
                server().ask(Frames.recommendWithHistory(1, NEWCOMER, 4, MOMENT_MS, history));
        assertEquals(ReasonCode.NONE, result.reason());
        Explained explained =
                server().client()
                        .explain(
                                Frames.explainWithHistory(
                                        1, NEWCOMER, 10, 4, MOMENT_MS, NOTHING, history));
        assertEquals(
                result.itemIds(), explained.items().stream().map(Explained.Item::itemId).toList());
        Explained seen =
                server().client()
                        .explain(
                                Frames.explainWithHistory(
                                        1, NEWCOMER, 10, 4, MOMENT_MS, NOTHING, history, history));
        for (Explained.Item item : seen.items()) {
            assertEquals(FateCode.SEEN, item.fate());
            assertTrue(item.isSeen());
        }
    }

    @Test
    void shouldExplainWhateverABundleRetrievesBy() throws IOException {
        assertRetrievedBy(RetrieverCode.INDEX, TinyBundle::retrieveByFactors);
        assertRetrievedBy(RetrieverCode.INDEX, TinyBundle::retrieveByBlend);
        assertRetrievedBy(RetrieverCode.LISTS, TinyBundle::retrieveByNeighbours);
        assertRetrievedBy(RetrieverCode.LISTS, TinyBundle::retrieveByPopularity);
    }

    private void assertRetrievedBy(RetrieverCode retriever, BiConsumer<TinyBundle, Path> retrieval)
            throws IOException {
        Path bundle = tiny.write(Files.createTempDirectory(folder, "bundle"));
        retrieval.accept(tiny, bundle);
        stop();
        started = new RestartedServer(bundle);
        for (int row : new int[] {0, 3, 7}) {
            long userId = TinyBundle.userId(row);
            List<Explained.Item> all = explainAll(userId, 10, COUNT_NEARER);
            assertAgrees(recommend(userId, 10, 0), all);
            Set<RetrieverCode> met = EnumSet.noneOf(RetrieverCode.class);
            all.forEach(item -> met.add(item.retriever()));
            // Nothing is known of what the first user has watched, where that counts.
            boolean isKnown = met.contains(retriever);
            assertTrue(isKnown || row == 0, met.toString());
            for (Explained.Item item : all) {
                boolean isByIndex = retriever == RetrieverCode.INDEX && isKnown;
                assertEquals(isByIndex, !Float.isNaN(item.similarity()), item.toString());
                assertEquals(isByIndex, item.similarityPlace() > 0, item.toString());
                assertNotEquals(Float.NaN, item.value());
            }
        }
    }

    @Test
    void shouldRefuseWhatIsTooMuchOrWrong() throws IOException {
        serve(0);
        byte[] many = Frames.explain(1, 1, 10, 0, 0, NOTHING, new long[AT_ONCE + 1]);
        Result result = server().ask(many);
        assertEquals(Status.BAD_REQUEST, result.status());
        assertEquals("too many items to explain: count=17, limit=16", result.message());
        assertEquals(
                Status.BAD_REQUEST, server().ask(Frames.explain(1, 1, 0, 0, 0, NOTHING)).status());
        assertEquals(
                Status.BAD_REQUEST,
                server().ask(Frames.explain(1, 1, 10, 0, 0, new long[10_000])).status());
    }
}
