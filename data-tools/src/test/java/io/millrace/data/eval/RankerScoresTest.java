package io.millrace.data.eval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.core.progress.ProgressListener;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.dataset.InteractionTable;
import io.millrace.data.dataset.Label;
import io.millrace.ranker.dcn.DcnModel;
import io.millrace.ranker.dcn.DcnScorer;
import io.millrace.ranker.dcn.HeadValue;
import io.millrace.ranker.dcn.ValueFormula;
import io.millrace.ranker.dcn.network.DcnShape;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/** Offline scores are bit for bit those a request gets. */
final class RankerScoresTest {
    private static final int TEST = 700;

    @TempDir private Path folder;

    @Test
    void shouldEqualTheScoresOfRequestsWhenInBatchesAndOnThreads() {
        SmallWorld.write(folder.resolve("world"), "simulated", 100, TEST);
        try (Dataset dataset = Dataset.open(folder.resolve("world"));
                DcnModel model = DcnModel.initial(SmallWorld.SCHEMA, DcnShape.DEFAULT, 3)) {
            ClickSample sample = ClickSample.of(dataset.test(), TEST);
            RankerScores one = scores(model, dataset, sample, 1);
            RankerScores two = scores(model, dataset, sample, 2);
            for (Label label : dataset.labels()) {
                assertArrayEquals(one.of(label), two.of(label));
            }
            int rowBytes = model.input().impressionRowBytes();
            MemorySegment impression = Arena.ofAuto().allocate(rowBytes);
            DcnScorer scorer = model.newScorer(1, impression);
            HeadValue ofLongViews = ValueFormula.parse("long_view").of(model.heads());
            DcnScorer longViews = model.newScorer(1, impression, ofLongViews);
            InteractionTable table = dataset.test();
            float[] click = new float[1];
            float[] longView = new float[1];
            for (int i = 0; i < TEST; i++) {
                MemorySegment.copy(
                        table.impressionSegment(),
                        table.impressionOffset(i),
                        impression,
                        0,
                        rowBytes);
                score(scorer, dataset, i, click);
                score(longViews, dataset, i, longView);
                assertSame(click[0], one.of(Label.CLICK)[i], "click of " + i);
                assertSame(longView[0], one.of(Label.LONG_VIEW)[i], "long view of " + i);
            }
        }
    }

    private static void score(DcnScorer scorer, Dataset dataset, int event, float[] score) {
        InteractionTable table = dataset.test();
        scorer.scoreInto(
                dataset.users().segment(),
                dataset.users().offset(table.user(event)),
                table.contextSegment(),
                table.contextOffset(event),
                dataset.items().segment(),
                dataset.items().layout().rowBytes(),
                new int[] {table.item(event)},
                1,
                score);
    }

    private static void assertSame(float expected, float actual, String what) {
        assertEquals(Float.floatToIntBits(expected), Float.floatToIntBits(actual), what);
    }

    private static RankerScores scores(
            DcnModel model, Dataset dataset, ClickSample sample, int threads) {
        return RankerScores.of(
                model,
                dataset.users(),
                dataset.items(),
                dataset.test(),
                sample,
                threads,
                ProgressListener.NONE);
    }
}
