package io.millrace.server.funnel.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.progress.ProgressListener;
import io.millrace.core.random.SplitRandom;
import io.millrace.core.wire.Status;
import io.millrace.server.Columns;
import io.millrace.server.TinyBundle;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.funnel.FunnelWorker;
import io.millrace.server.request.Answer;
import io.millrace.server.request.Request;
import io.millrace.server.request.StageClock;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;

/** Items are searched for while they come anew without a pause: each is found, whole. */
@Timeout(120)
class UpsertingTest {
    private static final int ITEMS = 60;
    private static final int ROUNDS = 2_000;

    @TempDir private Path folder;

    /**
     * By turns an item has one of two vectors, and each time the features that belong to it,
     * whether it is looked at or brought into a graph again and again.
     */
    @ParameterizedTest
    @CsvSource({"4000000, 4096", "10049, 4096", "4000000, 0", "10049, 0"}) // New, and known ones.
    void shouldFindOneOfTwoWholeItemsWhenTheyTakeTurns(long itemId, int scanned) throws Exception {
        TinyBundle tiny = new TinyBundle(ITEMS, 12);
        ServerConfig config =
                ServerConfig.defaults()
                        .with("bundle", tiny.write(folder.resolve("bundle")).toString())
                        .with("changes.scannedUpserted", scanned)
                        .with("funnel.warmUpRequests", 0);
        try (ServingBundle serving = ServingBundle.open(config, ProgressListener.NONE)) {
            BundleChanges taken = (BundleChanges) Objects.requireNonNull(serving.changes());
            LiveChanges changes = Objects.requireNonNull(taken.target());
            float[][] vectors = {vector(1), vector(2)};
            Request[] upserts = {
                upsert(serving, itemId, vectors[0], 2, -30),
                upsert(serving, itemId, vectors[1], 30, 90)
            };
            Asker asker = new Asker(serving, itemId);
            float[] byVector = new float[2];
            float[] byFeatures = new float[2];
            for (int i = 0; i < 2; i++) {
                apply(changes, upserts[i]);
                byVector[i] = asker.search(vectors[0], false);
                byFeatures[i] = asker.search(vectors[0], true);
            }
            assertEquals(1, byVector[0], 1e-6f);
            assertTrue(byVector[1] < 0.9f && byFeatures[0] != byFeatures[1]);
            AtomicBoolean isOver = new AtomicBoolean();
            Thread writer =
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        while (!isOver.get()) {
                                            apply(changes, upserts[0]);
                                            apply(changes, upserts[1]);
                                        }
                                    });
            int[] seen = new int[2];
            try {
                for (int round = 0; round < ROUNDS; round++) {
                    boolean isRanked = round % 2 == 0;
                    float[] whole = isRanked ? byFeatures : byVector;
                    float score = asker.search(vectors[0], isRanked);
                    int which = score == whole[0] ? 0 : 1;
                    assertEquals(whole[which], score, "round " + round);
                    seen[which]++;
                }
            } finally {
                isOver.set(true);
                writer.join();
            }
            assertTrue(seen[0] > 0 && seen[1] > 0, seen[0] + " and " + seen[1]);
        }
    }

    private static float[] vector(long seed) {
        SplitRandom random = new SplitRandom(seed);
        float[] vector = new float[TinyBundle.DIMENSION];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = (float) random.nextGaussian();
        }
        return vector;
    }

    private static Request newRequest(ServingBundle serving) {
        return new Request(serving.catalogue().requestLimits(ServerConfig.defaults().limits()));
    }

    private static Request upsert(
            ServingBundle serving, long itemId, float[] vector, int creator, double duration) {
        Request request = newRequest(serving);
        request.upsert(1, itemId);
        Columns.add(request, "creator", creator);
        Columns.add(request, "duration", duration);
        request.bringVector();
        System.arraycopy(vector, 0, request.vector(), 0, vector.length);
        return request;
    }

    private static void apply(LiveChanges changes, Request upsert) {
        Answer answer = new Answer(0);
        changes.apply(upsert, answer);
        assertEquals(Status.OK, answer.status(), answer.message().toString());
    }

    /** Searches for all items; the one that changes must be among them. */
    private static final class Asker {
        private final FunnelWorker worker;
        private final long itemId;
        private final Request request;
        private final Answer answer = new Answer(ITEMS + 1);
        private final StageClock clock = new StageClock();

        Asker(ServingBundle serving, long itemId) {
            worker = serving.newWorker();
            request = newRequest(serving);
            this.itemId = itemId;
        }

        float search(float[] vector, boolean isRanked) {
            request.search(1, Request.NO_USER, 1, ITEMS + 1, isRanked ? 1 : 0);
            System.arraycopy(vector, 0, request.vector(), 0, vector.length);
            answer.clear();
            worker.answer(request, answer, clock);
            for (int i = 0; i < answer.count(); i++) {
                if (answer.itemId(i) == itemId) {
                    return answer.score(i);
                }
            }
            throw new AssertionError("not answered: " + answer.message());
        }
    }
}
