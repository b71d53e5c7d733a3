package io.millrace.data.train.ranker;

import io.millrace.core.random.SplitRandom;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.dataset.InteractionTable;
import io.millrace.data.train.checkpoint.TrainingRun;
import io.millrace.ranker.dcn.DcnModel;
import io.millrace.ranker.dcn.DcnScorer;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Rankers that differ in nothing but their seeds, and the mean of what they say, which one ranker
 * then learns from (Hinton, Vinyals, Dean: Distilling the knowledge in a neural network, 2015). The
 * mean is known of any user and any item, so the student is asked about pairs that were never shown
 * as well.
 *
 * <p>Threading: {@link #ask} by one thread, works on the caller's pool; answers may be read by all.
 */
final class Teachers implements AutoCloseable {
    private static final long SEED_STREAM = 1L << 43;

    private final List<DcnModel> models;
    private final Dataset dataset;
    private final int heads;
    private final List<Part> parts = new ArrayList<>();

    /** By head and row: probability by the mean of all. */
    private final float[][] means;

    private Teachers(Dataset dataset, List<DcnModel> models, RankerTrainingPlan plan) {
        this.dataset = dataset;
        this.models = models;
        this.heads = dataset.labels().size();
        this.means = new float[heads][plan.batch()];
        for (int i = 0; i < plan.threads(); i++) {
            parts.add(new Part(Math.ceilDiv(plan.batch(), plan.threads())));
        }
    }

    /** Trains as many as a plan says. */
    static Teachers train(
            Dataset dataset, RankerTrainingPlan plan, MatchVectors vectors, TrainingRun run) {
        List<DcnModel> models = new ArrayList<>();
        try {
            for (int i = 0; i < plan.teachers(); i++) {
                String text = String.format("teacher %d of %d", i + 1, plan.teachers());
                long seed = SplitRandom.forStream(plan.seed(), SEED_STREAM + i).nextLong();
                models.add(
                        RankerTrainer.train(
                                        dataset,
                                        plan.ofTeacher(seed),
                                        vectors,
                                        null,
                                        run.part("-teacher-" + (i + 1), text))
                                .model());
            }
            return new Teachers(dataset, models, plan);
        } catch (RuntimeException e) {
            models.forEach(DcnModel::close);
            throw e;
        }
    }

    /** Has all of them score a batch. */
    void ask(ImpressionBatch batch, InteractionTable events) {
        int rows = batch.rows();
        int count = parts.size();
        IntStream.range(0, count)
                .parallel()
                .forEach(
                        part ->
                                parts.get(part)
                                        .score(
                                                batch,
                                                events,
                                                rows * part / count,
                                                rows * (part + 1) / count));
    }

    /** What they say by a head of a row of the batch that was asked about last. */
    float probability(int head, int row) {
        return means[head][row];
    }

    @Override
    public void close() {
        models.forEach(DcnModel::close);
    }

    /** Scores some rows of a batch; one for each thread. */
    private final class Part {
        private final int impressionBytes = models.getFirst().input().impressionRowBytes();
        private final MemorySegment impressions;
        private final List<DcnScorer> scorers;
        private final long[] users;
        private final long[] contexts;
        private final int[] items;
        private final float[][] probabilities;

        Part(int capacity) {
            MemorySegment rows = Arena.ofAuto().allocate((long) capacity * impressionBytes);
            this.impressions = rows;
            this.scorers = models.stream().map(each -> each.newScorer(capacity, rows)).toList();
            this.users = new long[capacity];
            this.contexts = new long[capacity];
            this.items = new int[capacity];
            this.probabilities = new float[heads][capacity];
        }

        void score(ImpressionBatch batch, InteractionTable events, int from, int to) {
            int count = to - from;
            for (int i = 0; i < count; i++) {
                long event = batch.event(from + i);
                long shown = batch.shown(from + i);
                users[i] = dataset.users().offset(events.user(event));
                contexts[i] = events.contextOffset(event);
                items[i] = events.item(shown);
                events.copyImpression(shown, impressions, (long) i * impressionBytes);
            }
            for (float[] mean : means) {
                Arrays.fill(mean, from, to, 0);
            }
            for (DcnScorer scorer : scorers) {
                scorer.scoreEachInto(
                        dataset.users().segment(),
                        users,
                        events.contextSegment(),
                        contexts,
                        dataset.items().segment(),
                        dataset.items().layout().rowBytes(),
                        items,
                        count,
                        probabilities);
                for (int head = 0; head < heads; head++) {
                    for (int i = 0; i < count; i++) {
                        means[head][from + i] += probabilities[head][i] / scorers.size();
                    }
                }
            }
        }
    }
}
