package io.millrace.server.funnel.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.bundle.BundleLayout;
import io.millrace.core.progress.ProgressListener;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.WireLimits;
import io.millrace.core.wire.codec.FateCode;
import io.millrace.server.TinyBundle;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.explain.ExplainedItem;
import io.millrace.server.explain.Explanation;
import io.millrace.server.funnel.FunnelWorker;
import io.millrace.server.funnel.bundle.ServingBundle;
import io.millrace.server.log.ImpressionCapture;
import io.millrace.server.request.Answer;
import io.millrace.server.request.Lever;
import io.millrace.server.request.Request;
import io.millrace.server.request.StageClock;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** What is explained of a request that does with less, and what a worker is left with. */
@Timeout(120)
class ExplainerTest {
    private static final int ITEMS = 120;
    private static final int USERS = 6;
    private static final int K = 10;
    private static final long MOMENT_MS = 1_700_000_000_000L;

    private final TinyBundle tiny = new TinyBundle(ITEMS, USERS);

    @TempDir private Path folder;
    private Path bundle;

    @BeforeEach
    void writeBundle() throws IOException {
        bundle = tiny.write(folder.resolve("bundle"));
    }

    private ServingBundle open() {
        ServerConfig config =
                ServerConfig.defaults()
                        .with("bundle", bundle.toString())
                        .with("state", folder.resolve("state").toString())
                        .with("funnel.warmUpRequests", 0)
                        .with("funnel.candidates", 80)
                        .with("funnel.candidatesInHaste", 60)
                        .with("funnel.rankedInHaste", 30);
        return ServingBundle.open(config, ProgressListener.NONE);
    }

    private static Request request(ServingBundle serving) {
        return new Request(serving.catalogue().requestLimits(ServerConfig.defaults().limits()));
    }

    private static Answer answer(FunnelWorker worker, Request request) {
        Answer answer = new Answer(100);
        StageClock clock = new StageClock();
        clock.start(System.nanoTime());
        worker.answer(request, answer, clock);
        assertEquals(Status.OK, answer.status(), answer.message().toString());
        return answer;
    }

    private static Answer recommend(
            ServingBundle serving, FunnelWorker worker, int user, int bits) {
        Request request = request(serving);
        request.recommend(1, TinyBundle.userId(user), MOMENT_MS, K, 0);
        request.giveUp(bits);
        return answer(worker, request);
    }

    private static Explanation explain(
            ServingBundle serving, FunnelWorker worker, int user, int bits, int from) {
        Request request = request(serving);
        request.explain(2, TinyBundle.userId(user), MOMENT_MS, K, 0);
        request.giveUp(bits);
        int to = Math.min(ITEMS, from + WireLimits.MAX_EXPLAINED);
        for (int ordinal = from; ordinal < to; ordinal++) {
            request.candidates().add(TinyBundle.itemId(ordinal));
        }
        return Objects.requireNonNull(answer(worker, request).explanation());
    }

    /** Of all items, in their order. */
    private static List<ExplainedItem> explainAll(
            ServingBundle serving, FunnelWorker worker, int user, int bits) {
        List<ExplainedItem> all = new ArrayList<>();
        for (int from = 0; from < ITEMS; from += WireLimits.MAX_EXPLAINED) {
            all.addAll(explain(serving, worker, user, bits, from).items());
        }
        return all;
    }

    @Test
    void shouldAgreeWithTheAnswerWhateverIsGivenUp() {
        try (ServingBundle serving = open()) {
            FunnelWorker worker = serving.newWorker();
            for (int level = 0; level < Lever.levels(); level++) {
                int bits = Lever.givenUpAt(level);
                for (int user = 0; user < USERS; user++) {
                    Answer answer = recommend(serving, worker, user, bits);
                    Explanation some = explain(serving, worker, user, bits, 0);
                    assertEquals(answer.degraded(), some.degraded());
                    assertEquals(answer.retrieved(), some.retrieved());
                    assertEquals(answer.ranked(), some.ranked());
                    List<ExplainedItem> all = explainAll(serving, worker, user, bits);
                    int answered = 0;
                    for (ExplainedItem item : all) {
                        int place = item.ranking().answered();
                        if (place > 0) {
                            assertEquals(answer.itemId(place - 1), item.itemId());
                            assertEquals(answer.score(place - 1), item.ranking().score());
                            answered++;
                        }
                        if (Lever.LIGHT_RANKING.isIn(bits)) {
                            assertEquals(item.worth().light(), item.worth().value());
                        }
                    }
                    assertEquals(answer.count(), answered);
                }
            }
        }
    }

    @Test
    void shouldSayThatALightRankerIsMissing() throws IOException {
        tiny.drop(bundle, BundleLayout.LIGHT_RANKER);
        tiny.drop(bundle, BundleLayout.LIGHT_HALVES);
        try (ServingBundle serving = open()) {
            for (ExplainedItem item : explainAll(serving, serving.newWorker(), 1, 0)) {
                assertEquals(Float.NaN, item.worth().light());
                assertTrue(item.worth().value() > 0 && item.worth().value() < 1);
                assertTrue(item.fate() != FateCode.CUT);
            }
        }
    }

    /** An answer that nobody is shown is no impression, and the next one is not explained. */
    @Test
    void shouldLeaveNoTraceOfItself() {
        try (ServingBundle serving = open()) {
            ImpressionCapture capture = serving.newCapture();
            FunnelWorker worker = serving.newRecordingWorker(capture);
            Answer before = recommend(serving, worker, 1, 0);
            explain(serving, worker, 2, 0, 0);
            assertEquals(1, capture.newest().correlationId());
            Answer after = recommend(serving, worker, 1, 0);
            assertNull(after.explanation());
            for (int place = 0; place < K; place++) {
                assertEquals(before.itemId(place), after.itemId(place));
                assertEquals(before.score(place), after.score(place));
            }
        }
    }
}
