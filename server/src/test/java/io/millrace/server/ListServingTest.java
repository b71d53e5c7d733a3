package io.millrace.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.wire.Status;
import io.millrace.core.wire.codec.ReasonCode;
import io.millrace.core.wire.codec.SourceCode;
import io.millrace.ranker.retrieval.ItemLists;
import io.millrace.server.WireClient.Result;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Bundles whose candidates come from lists, asked over a socket and compared with plain loops. */
@Timeout(120)
class ListServingTest {
    private static final int ITEMS = 500;
    private static final int USERS = 40;
    private static final int CANDIDATES = 60;
    private static final int SKIP_RULES_KEEP_SEEN = 3;
    private static final int SKIP_RULES = 2;
    private static final long TIMESTAMP_MS = 1_700_000_000_000L;

    private final TinyBundle tiny = new TinyBundle(ITEMS, USERS);

    @TempDir private Path folder;

    private interface Check {
        void run(ItemLists lists, WireClient client) throws IOException;
    }

    private void serve(BiFunction<TinyBundle, Path, ItemLists> retrieval, Check check)
            throws IOException {
        Path bundle = tiny.write(folder.resolve("bundle"));
        try (ItemLists lists = retrieval.apply(tiny, bundle);
                MillraceServer server =
                        MillraceServer.start(
                                TestServers.config()
                                        .with("bundle", bundle.toString())
                                        .with("funnel.candidates", CANDIDATES)
                                        .with("limits.k", CANDIDATES)
                                        .with("funnel.warmUpRequests", 20));
                WireClient client = new WireClient(server.port())) {
            check.run(lists, client);
        }
    }

    @Test
    void shouldTakeTheLargestSumsOverTheHistory() throws IOException {
        serve(
                TinyBundle::retrieveByNeighbours,
                (lists, client) -> {
                    for (int row = 1; row < USERS; row++) {
                        float[] sums = sums(lists, row);
                        assertAnswers(client, row, SKIP_RULES_KEEP_SEEN, best(sums, Set.of()));
                        assertAnswers(client, row, SKIP_RULES, best(sums, seen(row)));
                    }
                });
    }

    @Test
    void shouldTakeAsManyAsAreWantedWhenSomeAreExcluded() throws IOException {
        serve(
                TinyBundle::retrieveByNeighbours,
                (lists, client) -> {
                    float[] sums = sums(lists, 5);
                    Set<Integer> excluded = new TreeSet<>(best(sums, seen(5)).subList(0, 20));
                    long[] ids = excluded.stream().mapToLong(TinyBundle::itemId).toArray();
                    Set<Integer> dropped = new TreeSet<>(excluded);
                    dropped.addAll(seen(5));
                    Result result =
                            client.ask(
                                    Frames.recommend(
                                            1,
                                            TinyBundle.userId(5),
                                            CANDIDATES,
                                            SKIP_RULES,
                                            TIMESTAMP_MS,
                                            0,
                                            ids));
                    assertEquals(ids(best(sums, dropped)), new HashSet<>(result.itemIds()));
                });
    }

    @Test
    void shouldPassOverItemsThatAreDeleted() throws IOException {
        serve(
                TinyBundle::retrieveByNeighbours,
                (lists, client) -> {
                    float[] sums = sums(lists, 5);
                    Set<Integer> gone = new TreeSet<>(best(sums, seen(5)).subList(0, 20));
                    for (int ordinal : gone) {
                        Result deleted = client.ask(Frames.delete(1, TinyBundle.itemId(ordinal)));
                        assertEquals(Status.OK, deleted.status(), deleted.message());
                    }
                    Set<Integer> dropped = new TreeSet<>(gone);
                    dropped.addAll(seen(5));
                    assertAnswers(client, 5, SKIP_RULES, best(sums, dropped));
                    for (int ordinal = 0; ordinal < ITEMS; ordinal++) {
                        if (!gone.contains(ordinal)) {
                            Result similar =
                                    client.ask(
                                            Frames.similar(
                                                    1, TinyBundle.itemId(ordinal), 10, false));
                            assertTrue(Collections.disjoint(ids(gone), similar.itemIds()));
                        }
                    }
                });
    }

    /** What the first user has watched has empty lists; of a stranger there is no history. */
    @Test
    void shouldAnswerPopularItemsWhenListsSayNothing() throws IOException {
        serve(
                TinyBundle::retrieveByNeighbours,
                (lists, client) -> {
                    Result newcomer = recommend(client, 0, SKIP_RULES_KEEP_SEEN);
                    Result stranger =
                            client.ask(
                                    Frames.recommend(
                                            1,
                                            -5,
                                            CANDIDATES,
                                            SKIP_RULES_KEEP_SEEN,
                                            TIMESTAMP_MS,
                                            0));
                    assertEquals(ReasonCode.COLD_START, newcomer.reason());
                    assertEquals(ReasonCode.COLD_START, stranger.reason());
                    assertEquals(
                            new HashSet<>(stranger.itemIds()), new HashSet<>(newcomer.itemIds()));
                });
    }

    @Test
    void shouldRecommendNewItemsUnderTheRules() throws IOException {
        serve(
                TinyBundle::retrieveByNeighbours,
                (lists, client) -> {
                    for (int row = 1; row < USERS; row++) {
                        Result result = client.ask(Frames.recommend(1, TinyBundle.userId(row), 10));
                        assertEquals(Status.OK, result.status());
                        assertEquals(10, new HashSet<>(result.itemIds()).size());
                        Set<Long> retrievable = ids(best(sums(lists, row), seen(row)));
                        assertTrue(retrievable.containsAll(result.itemIds()), "row=" + row);
                    }
                });
    }

    @Test
    void shouldAnswerTheListOfTheItemWhenAskedForSimilar() throws IOException {
        serve(
                TinyBundle::retrieveByNeighbours,
                (lists, client) -> {
                    int answered = 0;
                    for (int ordinal = 0; ordinal < ITEMS; ordinal += 7) {
                        int own = ordinal;
                        List<Long> expected =
                                IntStream.range(0, lists.length(ordinal))
                                        .mapToObj(i -> TinyBundle.itemId(lists.item(own, i)))
                                        .limit(10)
                                        .toList();
                        Result result =
                                client.ask(
                                        Frames.similar(1, TinyBundle.itemId(ordinal), 10, false));
                        assertEquals(expected, result.itemIds());
                        for (int i = 0; i < expected.size(); i++) {
                            assertEquals(lists.score(ordinal, i), result.items().get(i).score());
                            assertEquals(SourceCode.RETRIEVED, result.items().get(i).source());
                        }
                        answered += expected.size();
                    }
                    assertTrue(answered > 500, "answered: " + answered);
                    Result none =
                            client.ask(
                                    Frames.similar(
                                            1, TinyBundle.itemId(tiny.watched(0)[0]), 10, true));
                    assertEquals(ReasonCode.FEWER_THAN_K, none.reason());
                    assertTrue(none.items().isEmpty());
                });
    }

    @Test
    void shouldTakeTheFirstOfTheListThatTheUserHasNotMetWhenItIsForEverybody() throws IOException {
        serve(
                TinyBundle::retrieveByPopularity,
                (lists, client) -> {
                    for (int row = 0; row < USERS; row++) {
                        Set<Integer> seen = seen(row);
                        Set<Long> expected =
                                IntStream.range(0, lists.length(0))
                                        .map(i -> lists.item(0, i))
                                        .filter(item -> !seen.contains(item))
                                        .limit(CANDIDATES)
                                        .mapToObj(TinyBundle::itemId)
                                        .collect(Collectors.toSet());
                        Result result = recommend(client, row, SKIP_RULES);
                        assertEquals(ReasonCode.NONE, result.reason());
                        assertEquals(expected, new HashSet<>(result.itemIds()), "row=" + row);
                    }
                    // Nothing is known of likeness but by the towers.
                    Result similar = client.ask(Frames.similar(1, TinyBundle.itemId(3), 10, false));
                    assertEquals(10, similar.items().size());
                });
    }

    private static Result recommend(WireClient client, int row, int flags) throws IOException {
        return client.ask(
                Frames.recommend(1, TinyBundle.userId(row), CANDIDATES, flags, TIMESTAMP_MS, 0));
    }

    private static void assertAnswers(WireClient client, int row, int flags, List<Integer> expected)
            throws IOException {
        Result result = recommend(client, row, flags);
        assertEquals(Status.OK, result.status());
        assertEquals(ids(expected), new HashSet<>(result.itemIds()), "row=" + row);
        assertTrue(expected.size() > CANDIDATES / 2, "candidates: " + expected.size());
    }

    private static Set<Long> ids(Collection<Integer> ordinals) {
        return ordinals.stream().map(TinyBundle::itemId).collect(Collectors.toSet());
    }

    private Set<Integer> seen(int row) {
        return IntStream.of(tiny.watched(row)).boxed().collect(Collectors.toSet());
    }

    /** As the lists of all that was watched add up, in the order of ordinals. */
    private float[] sums(ItemLists lists, int row) {
        float[] sums = new float[ITEMS];
        for (int watched : new TreeSet<>(seen(row))) {
            for (int i = 0; i < lists.length(watched); i++) {
                sums[lists.item(watched, i)] += lists.score(watched, i);
            }
        }
        return sums;
    }

    /** Ties by lower ordinal. */
    private static List<Integer> best(float[] sums, Set<Integer> dropped) {
        List<Integer> found = new ArrayList<>();
        for (int ordinal = 0; ordinal < ITEMS; ordinal++) {
            if (sums[ordinal] > 0 && !dropped.contains(ordinal)) {
                found.add(ordinal);
            }
        }
        found.sort(Comparator.comparingDouble(ordinal -> -sums[ordinal]));
        return found.subList(0, Math.min(CANDIDATES, found.size()));
    }
}
