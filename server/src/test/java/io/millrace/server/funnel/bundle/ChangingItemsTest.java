package io.millrace.server.funnel.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.bundle.BundleLayout;
import io.millrace.core.progress.ProgressListener;
import io.millrace.core.wire.Status;
import io.millrace.ranker.features.FeatureScope;
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
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;

/** Items are ranked while their rows, and what was computed of them, change without a pause. */
@Timeout(120)
class ChangingItemsTest {
    private static final int ITEMS = 60;
    private static final int CHANGING = 7;
    private static final int ROUNDS = 1_000;
    private static final long MOMENT_MS = 1_700_000_000_000L;

    @TempDir private Path folder;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldScoreNoHalfRowsWhenItemsChangeMeanwhile(boolean hasHalves) throws Exception {
        try (ServingBundle serving = open(hasHalves)) {
            BundleChanges taken = (BundleChanges) Objects.requireNonNull(serving.changes());
            LiveChanges changes = Objects.requireNonNull(taken.target());
            Asker asker = new Asker(serving);
            Request one = update(serving, 2, -30, 3, 4, 5);
            Request other = update(serving, 30, 90, 9, 10, 11);
            float[] scores = new float[2];
            for (int i = 0; i < scores.length; i++) {
                apply(changes, i == 0 ? one : other);
                scores[i] = asker.score();
            }
            assertNotEquals(scores[0], scores[1]);
            AtomicBoolean isOver = new AtomicBoolean();
            Thread writer =
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        while (!isOver.get()) {
                                            apply(changes, one);
                                            apply(changes, other);
                                        }
                                    });
            int[] seen = new int[2];
            try {
                for (int round = 0; round < ROUNDS; round++) {
                    float score = asker.score();
                    int which = score == scores[0] ? 0 : 1;
                    assertEquals(scores[which], score, "round " + round);
                    seen[which]++;
                }
            } finally {
                isOver.set(true);
                writer.join();
            }
            assertTrue(seen[0] > 0 && seen[1] > 0, seen[0] + " and " + seen[1]);
        }
    }

    private ServingBundle open(boolean hasHalves) throws IOException {
        TinyBundle tiny = new TinyBundle(ITEMS, 12);
        Path bundle = tiny.write(folder.resolve("bundle"));
        if (!hasHalves) {
            tiny.drop(bundle, BundleLayout.ITEM_HALVES);
        }
        ServerConfig config =
                ServerConfig.defaults()
                        .with("bundle", bundle.toString())
                        .with("funnel.warmUpRequests", 0);
        return ServingBundle.open(config, ProgressListener.NONE);
    }

    private static Request update(
            ServingBundle serving, int creator, double duration, int... tags) {
        Request request = newRequest(serving);
        request.update(1, FeatureScope.ITEM, TinyBundle.itemId(CHANGING));
        Columns.add(request, "creator", creator);
        Columns.add(request, "duration", duration);
        for (int tag : tags) {
            Columns.add(request, "tags", tag);
        }
        return request;
    }

    private static Request newRequest(ServingBundle serving) {
        return new Request(serving.catalogue().requestLimits(ServerConfig.defaults().limits()));
    }

    private static void apply(LiveChanges changes, Request update) {
        Answer answer = new Answer(0);
        changes.apply(update, answer);
        assertEquals(Status.OK, answer.status(), answer.message().toString());
    }

    /** Asks for the probability of the item that changes, among others, for nobody known. */
    private static final class Asker {
        private final FunnelWorker worker;
        private final Request request;
        private final Answer answer = new Answer(ITEMS);
        private final StageClock clock = new StageClock();

        Asker(ServingBundle serving) {
            worker = serving.newWorker();
            request = newRequest(serving);
            // One moment for all: with the hour of the day the scores would change.
            request.rank(1, Request.NO_USER, MOMENT_MS, Request.ALL, 0);
            for (int ordinal = 0; ordinal < ITEMS; ordinal++) {
                request.candidates().add(TinyBundle.itemId(ordinal));
            }
        }

        float score() {
            answer.clear();
            worker.answer(request, answer, clock);
            for (int i = 0; i < answer.count(); i++) {
                if (answer.itemId(i) == TinyBundle.itemId(CHANGING)) {
                    return answer.score(i);
                }
            }
            throw new AssertionError("not answered: " + answer.message());
        }
    }
}
