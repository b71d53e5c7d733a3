package io.millrace.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.wire.Status;
import io.millrace.server.PlainCatalogue.Features;
import io.millrace.server.WireClient.Result;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Items that come while a bundle is served that retrieves by other means than the towers alone. */
@Timeout(120)
class UpsertRetrieversTest {
    /** No more than a request may ask for, with one more. */
    private static final int ITEMS = 90;

    private static final int K = 10;
    private static final long NEW = 4_000_000;
    private static final Features FEATURES = new Features(7, 2.5, 3, 9);

    /** What the blend of the bundle multiplies vectors of the towers by. */
    private static final float TOWER_SCALE = 0.4f;

    @TempDir Path folder;
    private final TinyBundle tiny = new TinyBundle(ITEMS, 20);
    private Path bundle;

    @BeforeEach
    void writeBundle() throws IOException {
        bundle = tiny.write(folder.resolve("bundle"));
    }

    private static Result upsert(RestartedServer server, long itemId, float... vector)
            throws IOException {
        return server.ask(Frames.upsert(1, itemId, vector, FEATURES.columns()));
    }

    @Test
    void shouldTakeVectorsWhenTheBundleRetrievesByFactors() throws IOException {
        tiny.retrieveByFactors(bundle);
        try (RestartedServer server = new RestartedServer(bundle)) {
            Result refused = upsert(server, NEW);
            assertEquals(Status.BAD_REQUEST, refused.status());
            assertTrue(
                    refused.message()
                            .startsWith("vectors of this bundle do not follow from features"),
                    refused.message());
            float[] query = new float[TinyBundle.FACTORS];
            Arrays.fill(query, 0.5f);
            Result before = server.ask(Frames.search(1, -1, K, false, query));
            float third = before.items().get(2).score();
            float fourth = before.items().get(3).score();
            // Its product with the query lies between those of two others.
            float[] vector = new float[TinyBundle.FACTORS];
            vector[5] = third + fourth;
            assertEquals(Status.OK, upsert(server, NEW, vector).status());
            List<Long> expected = new ArrayList<>(before.itemIds());
            expected.add(3, NEW);
            for (int start = 0; start < 2; start++) {
                Result after = server.ask(Frames.search(1, -1, K, false, query));
                assertEquals(expected.subList(0, K), after.itemIds());
                assertEquals((third + fourth) / 2, after.items().get(3).score(), 1e-5f);
                assertEquals(K, server.ask(Frames.similar(1, NEW, K, false)).itemIds().size());
                server.restart(start == 0);
            }
        }
    }

    @Test
    void shouldFindNewItemsByTheTowersPartOfABlend() throws IOException {
        tiny.retrieveByBlend(bundle);
        try (PlainCatalogue oracle = new PlainCatalogue(tiny, bundle);
                RestartedServer server = new RestartedServer(bundle)) {
            oracle.upsert(NEW, FEATURES);
            assertEquals(Status.OK, upsert(server, NEW).status());
            long known = TinyBundle.itemId(3);
            oracle.upsert(known, FEATURES);
            float[] tail = new float[TinyBundle.BLENDED];
            tail[TinyBundle.BLENDED - 1] = 1;
            float trend = scoreOf(server, tail, known);
            assertEquals(Status.OK, upsert(server, known).status());
            for (long itemId : new long[] {NEW, known}) {
                float[] query = Arrays.copyOf(oracle.vector(itemId), TinyBundle.BLENDED);
                assertEquals(TOWER_SCALE, scoreOf(server, query, itemId), 1e-5f);
            }
            assertEquals(0, scoreOf(server, tail, NEW), 1e-6f);
            assertEquals(trend, scoreOf(server, tail, known), 1e-5f);
            Result recommended =
                    server.ask(Frames.recommend(1, TinyBundle.userId(2), 100, 3, 0, 0));
            assertEquals(Status.OK, recommended.status(), recommended.message());
        }
    }

    private static float scoreOf(RestartedServer server, float[] query, long itemId)
            throws IOException {
        return server.ask(Frames.search(1, -1, ITEMS + 1, false, query)).items().stream()
                .filter(item -> item.itemId() == itemId)
                .findFirst()
                .orElseThrow()
                .score();
    }

    /** Lists have no new items, but searches by vector do. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldFindNewItemsByVectorWhenCandidatesComeFromLists(boolean isForEverybody)
            throws IOException {
        if (isForEverybody) {
            tiny.retrieveByPopularity(bundle).close();
        } else {
            tiny.retrieveByNeighbours(bundle).close();
        }
        try (PlainCatalogue oracle = new PlainCatalogue(tiny, bundle);
                RestartedServer server = new RestartedServer(bundle)) {
            byte[] ask = Frames.recommend(1, TinyBundle.userId(2), K);
            List<Long> before = server.ask(ask).itemIds();
            oracle.upsert(NEW, FEATURES);
            assertEquals(Status.OK, upsert(server, NEW).status());
            assertEquals(before, server.ask(ask).itemIds());
            float[] query = oracle.vector(NEW);
            assertEquals(
                    oracle.nearest(query, K),
                    server.ask(Frames.search(1, -1, K, false, query)).itemIds());
            assertEquals(
                    oracle.similar(NEW, K), server.ask(Frames.similar(1, NEW, K, false)).itemIds());
            // A known one that moved is still in the lists.
            long known = before.getFirst();
            assertEquals(Status.OK, upsert(server, known).status());
            List<Long> after = server.ask(ask).itemIds();
            assertFalse(after.isEmpty());
            assertTrue(
                    server.ask(Frames.recommend(1, TinyBundle.userId(2), 100))
                            .itemIds()
                            .contains(known));
        }
    }
}
