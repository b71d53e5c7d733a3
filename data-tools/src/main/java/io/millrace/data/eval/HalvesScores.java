package io.millrace.data.eval;

import io.millrace.core.metrics.Figures;
import io.millrace.core.progress.ProgressListener;
import io.millrace.core.simd.Kernels;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.dataset.InteractionTable;
import io.millrace.data.dataset.Label;
import io.millrace.ranker.dcn.DcnModel;
import io.millrace.ranker.dcn.HalvesCandidateScorer;
import io.millrace.ranker.dcn.halves.DcnItemHalves;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.model.WeightType;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.IntConsumer;

/**
 * Measures rankers on impressions by the item halves of a bundle, as a server scores: what halves
 * of fewer bits cost shows beside {@link RankerScores}.
 */
final class HalvesScores {
    private static final int BATCH = 256;

    private final Dataset dataset;
    private final ClickSample sample;
    private final int threads;
    private final ProgressListener progress;

    HalvesScores(Dataset dataset, ClickSample sample, int threads, ProgressListener progress) {
        this.dataset = dataset;
        this.sample = sample;
        this.threads = threads;
        this.progress = progress;
    }

    /** Adds figures of a ranker, unless its halves are missing or have lost nothing. */
    void addTo(Figures figures, DcnModel model, @Nullable DcnItemHalves halves, String prefix) {
        if (halves == null || halves.type() == WeightType.F32) {
            return;
        }
        figures.put(prefix + "type", halves.type().label());
        ClickMetrics.of(sample, probabilities(model, halves)).addTo(figures, prefix, Label.CLICK);
    }

    private float[] probabilities(DcnModel model, DcnItemHalves halves) {
        float[] probabilities = new float[sample.count()];
        try (ProgressListener.Stage stage =
                progress.start("score clicks by item halves", sample.count())) {
            int blocks = Math.ceilDiv(sample.count(), BATCH);
            ParallelUsers.run(
                    threads, blocks, () -> new Worker(model, halves, probabilities, stage));
        }
        Kernels.element().sigmoids(probabilities, 0, probabilities.length);
        return probabilities;
    }

    /** Scores the impressions of a block; one for each thread. */
    private final class Worker implements IntConsumer {
        private final RowTable users = dataset.users();
        private final InteractionTable table = dataset.test();
        private final RowTable items = dataset.items();
        private final MemorySegment impression;
        private final HalvesCandidateScorer scorer;
        private final float[] logits;
        private final ProgressListener.Stage stage;
        private final int[] item = new int[1];
        private final float[] logit = new float[1];

        Worker(DcnModel model, DcnItemHalves halves, float[] logits, ProgressListener.Stage stage) {
            this.impression = Arena.ofAuto().allocate(model.input().impressionRowBytes());
            this.scorer = new HalvesCandidateScorer(model, halves, impression);
            this.logits = logits;
            this.stage = stage;
        }

        @Override
        public void accept(int block) {
            int from = block * BATCH;
            int to = Math.min(from + BATCH, sample.count());
            for (int i = from; i < to; i++) {
                long event = sample.event(i);
                item[0] = table.item(event);
                table.copyImpression(event, impression, 0);
                scorer.logitsInto(
                        users.segment(),
                        users.offset(table.user(event)),
                        table.contextSegment(),
                        table.contextOffset(event),
                        items.segment(),
                        items.layout().rowBytes(),
                        item,
                        1,
                        DcnModel.CLICK_HEAD,
                        logit);
                logits[i] = logit[0];
            }
            stage.advance(to - from);
        }
    }
}
