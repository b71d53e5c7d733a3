package io.millrace.data.eval;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.metrics.Figures;
import io.millrace.core.progress.ProgressListener;
import io.millrace.data.dataset.InteractionTable;
import io.millrace.data.dataset.Label;
import io.millrace.ranker.dcn.DcnModel;
import io.millrace.ranker.dcn.DcnScorer;
import io.millrace.ranker.features.RowTable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.IntConsumer;

/** The probabilities a ranker gives to impressions, through the very class that serves. */
public final class RankerScores {
    private static final int BATCH = 256;

    private final DcnModel model;
    private final RowTable users;
    private final RowTable items;
    private final InteractionTable table;
    private final ClickSample sample;

    /** By head and impression. */
    private final float[][] probabilities;

    private RankerScores(
            DcnModel model,
            RowTable users,
            RowTable items,
            InteractionTable table,
            ClickSample sample) {
        this.model = model;
        this.users = users;
        this.items = items;
        this.table = table;
        this.sample = sample;
        this.probabilities = new float[model.heads().count()][sample.count()];
    }

    /**
     * Scores impressions.
     *
     * @param model the ranker.
     * @param users rows of the users.
     * @param items rows of the items.
     * @param table the impressions.
     * @param sample which of them.
     * @param threads how many threads; the scores do not depend on it.
     * @param progress told how far it is.
     * @return the probabilities.
     */
    public static RankerScores of(
            DcnModel model,
            RowTable users,
            RowTable items,
            InteractionTable table,
            ClickSample sample,
            int threads,
            ProgressListener progress) {
        RankerScores scores = new RankerScores(model, users, items, table, sample);
        try (ProgressListener.Stage stage = progress.start("score clicks", sample.count())) {
            int blocks = Math.ceilDiv(sample.count(), BATCH);
            ParallelUsers.run(threads, blocks, () -> scores.new Worker(stage));
        }
        return scores;
    }

    /**
     * The probabilities of a label.
     *
     * @param label what is foretold.
     * @return one for each impression of the sample.
     * @throws MillraceException MISMATCH when the ranker does not foretell it.
     */
    public float[] of(Label label) {
        int head = model.heads().indexOf(label.key());
        if (head < 0) {
            throw MillraceException.of(
                    ErrorCode.MISMATCH,
                    "the ranker does not foretell a label of the data set: label=%s, heads=%s;"
                            + " train it again",
                    label.key(),
                    model.heads().names());
        }
        return probabilities[head];
    }

    /** Adds figures of each label there is of the sample. */
    void addTo(Figures figures, String prefix) {
        for (ClickSample each : sample.ofEachLabel()) {
            ClickMetrics.of(each, of(each.label())).addTo(figures, prefix, each.label());
        }
    }

    /** Scores the impressions of a block; one for each thread. */
    private final class Worker implements IntConsumer {
        private final ProgressListener.Stage stage;
        private final int impressionRowBytes = model.input().impressionRowBytes();
        private final MemorySegment impressionRows =
                Arena.ofAuto().allocate((long) BATCH * impressionRowBytes);
        private final DcnScorer scorer = model.newScorer(BATCH, impressionRows);
        private final long[] userOffsets = new long[BATCH];
        private final long[] contextOffsets = new long[BATCH];
        private final int[] ordinals = new int[BATCH];
        private final float[][] scores = new float[probabilities.length][BATCH];

        Worker(ProgressListener.Stage stage) {
            this.stage = stage;
        }

        @Override
        public void accept(int block) {
            int from = block * BATCH;
            int count = Math.min(BATCH, sample.count() - from);
            for (int i = 0; i < count; i++) {
                long event = sample.event(from + i);
                userOffsets[i] = users.offset(table.user(event));
                contextOffsets[i] = table.contextOffset(event);
                ordinals[i] = table.item(event);
                table.copyImpression(event, impressionRows, (long) i * impressionRowBytes);
            }
            scorer.scoreEachInto(
                    users.segment(),
                    userOffsets,
                    table.contextSegment(),
                    contextOffsets,
                    items.segment(),
                    items.layout().rowBytes(),
                    ordinals,
                    count,
                    scores);
            for (int head = 0; head < scores.length; head++) {
                System.arraycopy(scores[head], 0, probabilities[head], from, count);
            }
            stage.advance(count);
        }
    }
}
