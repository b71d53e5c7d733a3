package io.millrace.server.funnel.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.bundle.BundleLayout;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.ranker.dcn.DcnModel;
import io.millrace.ranker.dcn.DcnScorer;
import io.millrace.ranker.features.ContextEncoder;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowTable;
import io.millrace.server.TinyBundle;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.funnel.bundle.ServingBundle;
import io.millrace.server.request.Answer;
import io.millrace.server.request.Lever;
import io.millrace.server.request.Request;
import io.millrace.server.request.StageClock;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** What the light ranker leaves to the full one. */
@Timeout(120)
class RankingStageTest {
    private static final int ITEMS = 60;
    private static final int USERS = 12;
    private static final int RANKED = 15;
    private static final int IN_HASTE = 12;
    private static final int KEEP_SEEN_WITHOUT_RULES = 3;
    private static final long TIMESTAMP_MS = 7_200_000;
    private static final int MINUTE_US = 60_000_000;

    private final TinyBundle tiny = new TinyBundle(ITEMS, USERS);

    @TempDir Path folder;
    private Path bundle;

    @BeforeEach
    void writeBundle() throws IOException {
        bundle = tiny.write(folder.resolve("bundle"));
    }

    @Test
    void shouldRankWhatTheLightRankerKeepsWhenToldTo() {
        assertCut(open(RANKED), 0, RANKED, 0);
    }

    @Test
    void shouldKeepTheSameWhenItemsHaveNoHalves() throws IOException {
        tiny.drop(bundle, BundleLayout.LIGHT_HALVES);
        assertCut(open(RANKED), 0, RANKED, 0);
    }

    @Test
    void shouldSayThatRankingIsShallowWhenTheDeadlineLeavesNoTime() {
        assertCut(open(0), 1, IN_HASTE, 0b100);
    }

    @Test
    void shouldRankByTheLightRankerAloneWhenTheFullOneIsGivenUp() throws IOException {
        assertLight();
        tiny.drop(bundle, BundleLayout.LIGHT_HALVES);
        assertLight();
    }

    private void assertLight() {
        try (ServingBundle serving = open(0)) {
            for (int user = 0; user < USERS; user++) {
                Request request = recommend(serving, user, 10);
                request.giveUp(Lever.LIGHT_RANKING.bit());
                Answer answer = answer(serving, request);
                assertEquals(Lever.LIGHT_RANKING.bit(), answer.degraded());
                float[] light = scores(BundleLayout.LIGHT_RANKER, user);
                assertEquals(bestBy(light, ITEMS, light, 10), ids(answer), "user " + user);
                assertEquals(
                        light[(int) (answer.itemId(0) - TinyBundle.itemId(0)) / 7],
                        answer.score(0),
                        1e-6f);
            }
        }
    }

    @Test
    void shouldNotSayThatAnythingWasGivenUpWhenTheBundleHasNoLightRanker() throws IOException {
        tiny.drop(bundle, BundleLayout.LIGHT_RANKER);
        try (ServingBundle serving = open(0)) {
            Request request = recommend(serving, 3, 10);
            request.giveUp(Lever.LIGHT_RANKING.bit() | Lever.SHALLOW_RANKING.bit());
            Answer answer = answer(serving, request);
            assertEquals(0, answer.degraded());
            assertEquals(ITEMS, answer.ranked());
        }
    }

    @Test
    void shouldRetrieveFewerWhenSomeAreGivenUp() {
        try (ServingBundle serving = open(0)) {
            Request request = recommend(serving, 3, 5);
            request.giveUp(Lever.FEWER_CANDIDATES.bit());
            Answer answer = answer(serving, request);
            assertEquals(Lever.FEWER_CANDIDATES.bit(), answer.degraded());
            assertEquals(20, answer.retrieved());
            assertEquals(20, answer.ranked());
            request = recommend(serving, 3, 9);
            request.giveUp(Lever.FEWER_CANDIDATES.bit());
            assertEquals(27, answer(serving, request).retrieved(), "enough for the rules");
        }
    }

    /** Answers are the best of so many, for all users, and say what was given up. */
    private void assertCut(ServingBundle opened, int deadlineUs, int ranked, int degraded) {
        try (ServingBundle serving = opened) {
            for (int user = 0; user < USERS; user++) {
                Answer answer = answer(serving, user, 10, deadlineUs);
                assertEquals(ranked, answer.ranked());
                assertEquals(degraded, answer.degraded());
                assertEquals(expected(user, ranked, 10), ids(answer), "user " + user);
            }
        }
    }

    @Test
    void shouldRankAllWhenThereIsTime() {
        try (ServingBundle serving = open(0)) {
            for (int deadlineUs : new int[] {0, MINUTE_US}) {
                Answer answer = answer(serving, 3, 10, deadlineUs);
                assertEquals(ITEMS, answer.ranked());
                assertEquals(0, answer.degraded());
                assertEquals(expected(3, ITEMS, 10), ids(answer));
            }
        }
    }

    @Test
    void shouldRankNoFewerThanAreAskedFor() {
        try (ServingBundle serving = open(RANKED)) {
            Answer answer = answer(serving, 2, 20, 1);
            assertEquals(20, answer.ranked());
            assertEquals(20, answer.count());
            assertEquals(0, answer.degraded(), "nothing was given up");
        }
    }

    @Test
    void shouldCutWhatWasSearchedWhenItIsRanked() {
        try (ServingBundle serving = open(RANKED)) {
            Request request = request(serving);
            request.search(1, TinyBundle.userId(4), 0, 10, 1);
            request.vector()[0] = 1;
            Answer answer = answer(serving, request);
            assertEquals(ITEMS, answer.retrieved());
            assertEquals(RANKED, answer.ranked());
            assertEquals(10, answer.count());
        }
    }

    @Test
    void shouldRefuseToCutWhenThereIsNoLightRanker() throws IOException {
        tiny.drop(bundle, BundleLayout.LIGHT_RANKER);
        MillraceException e = assertThrows(MillraceException.class, () -> open(RANKED));
        assertEquals(ErrorCode.MISMATCH, e.code());
        assertTrue(e.getMessage().contains("funnel.ranked=15"), e.getMessage());
        try (ServingBundle serving = open(0)) {
            Answer answer = answer(serving, 3, 10, 1);
            assertEquals(ITEMS, answer.ranked());
            assertEquals(0, answer.degraded());
        }
    }

    private ServingBundle open(int ranked) {
        ServerConfig config =
                ServerConfig.defaults()
                        .with("bundle", bundle.toString())
                        .with("state", folder.resolve("state").toString())
                        .with("funnel.warmUpRequests", 0)
                        .with("funnel.ranked", ranked)
                        .with("funnel.candidatesInHaste", 20)
                        .with("funnel.rankedInHaste", IN_HASTE);
        return ServingBundle.open(config, ProgressListener.NONE);
    }

    private static Answer answer(ServingBundle serving, int user, int k, int deadlineUs) {
        Request request = recommend(serving, user, k);
        request.timed(System.nanoTime(), deadlineUs);
        return answer(serving, request);
    }

    private static Request recommend(ServingBundle serving, int user, int k) {
        Request request = request(serving);
        request.recommend(1, TinyBundle.userId(user), TIMESTAMP_MS, k, KEEP_SEEN_WITHOUT_RULES);
        return request;
    }

    private static Request request(ServingBundle serving) {
        return new Request(serving.catalogue().requestLimits(ServerConfig.defaults().limits()));
    }

    private static Answer answer(ServingBundle serving, Request request) {
        Answer answer = new Answer(100);
        StageClock clock = new StageClock();
        clock.start(System.nanoTime());
        serving.newWorker().answer(request, answer, clock);
        return answer;
    }

    private static List<Long> ids(Answer answer) {
        return IntStream.range(0, answer.count()).mapToObj(answer::itemId).toList();
    }

    /** The best of those that the light ranker likes best, one by one. */
    private List<Long> expected(int user, int ranked, int k) {
        float[] light = scores(BundleLayout.LIGHT_RANKER, user);
        return bestBy(light, ranked, scores(BundleLayout.RANKER, user), k);
    }

    private static List<Long> bestBy(float[] light, int ranked, float[] full, int k) {
        return IntStream.range(0, ITEMS)
                .boxed()
                .sorted(Comparator.comparingDouble(item -> -light[item]))
                .limit(ranked)
                .sorted(Comparator.comparingDouble(item -> -full[item]))
                .limit(k)
                .map(TinyBundle::itemId)
                .toList();
    }

    private float[] scores(String file, int user) {
        try (DcnModel model = DcnModel.load(bundle.resolve(file), tiny.schema());
                RowTable items = rows(BundleLayout.ITEMS, FeatureScope.ITEM);
                RowTable users = rows(BundleLayout.USERS, FeatureScope.USER);
                Arena arena = Arena.ofConfined()) {
            ContextEncoder contexts = new ContextEncoder(tiny.schema());
            MemorySegment context = arena.allocate(contexts.rowBytes(), 64);
            contexts.encodeInto(TIMESTAMP_MS, new int[0], new int[0], 0, context, 0);
            DcnScorer scorer = model.newScorer(1);
            float[] scores = new float[ITEMS];
            float[] one = new float[1];
            for (int item = 0; item < ITEMS; item++) {
                scorer.scoreInto(
                        users.segment(),
                        users.offset(user),
                        context,
                        0,
                        items.segment(),
                        items.layout().rowBytes(),
                        new int[] {item},
                        1,
                        one);
                scores[item] = one[0];
            }
            return scores;
        }
    }

    private RowTable rows(String name, FeatureScope scope) {
        return RowTable.open(bundle.resolve(name), tiny.schema().layout(scope));
    }
}
