package io.millrace.index.calibrate;

import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.core.random.SplitRandom;
import io.millrace.core.thread.WorkCrew;
import io.millrace.index.HnswIndex;
import io.millrace.index.SearchScratch;
import io.millrace.index.VectorIndex;
import io.millrace.index.VectorSet;
import io.millrace.index.recall.RecallCurve;
import io.millrace.index.recall.RecallTally;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Measures what recall searches of an index reach at what effort, against exact search.
 *
 * <p>Queries are given, or rows of the index, each hidden from its own search: the graph then knows
 * no more of it than of a query to come. (Rows that are moved a little instead stay too near: on
 * Gaussian rows of 24 numbers, efforts chosen so for 0.9 reached 0.74 to 0.87.) Neighbours of a
 * hidden row have lost a link that they would have spent elsewhere, so what is measured is rather
 * too low than too high. It stands for queries of the rows' own law only; see {@link RecallCurve}.
 *
 * <p>Threading: the calling thread and those it starts for the time of the call; the result does
 * not depend on how many. The index may be searched meanwhile.
 */
public final class RecallCalibration {
    /** Rows of upper levels can't be hidden; so many in a row are all there are. */
    private static final int MOST_DRAWS = 100;

    /** Beyond this a larger effort can't be told from the one before. */
    private static final double ENOUGH = 0.9999;

    /** Efforts grow by 3/2 and 4/3 in turn. */
    private static final int LEAST_EF = 8;

    private final HnswIndex index;
    private final VectorSet queries;

    /** The row that each query is, and that its search does not see. */
    private final int[] hidden;

    private final Plan plan;
    private final WorkCrew crew;

    /**
     * What to measure.
     *
     * @param ks for how many neighbours, each from 1.
     * @param queries how many rows are queries where none are given.
     * @param maxEf the largest effort.
     * @param threads how many threads share the work.
     * @param seed decides which rows become queries.
     */
    public record Plan(List<Integer> ks, int queries, int maxEf, int threads, long seed) {
        /** Refuses what can't be measured. */
        public Plan {
            ks = ks.stream().distinct().sorted().toList();
            if (ks.isEmpty() || ks.getFirst() < 1 || queries < 1 || maxEf < 1 || threads < 1) {
                throw MillraceException.usage(
                        "nothing to calibrate: k=%s, queries=%d, max-ef=%d, threads=%d; each must"
                                + " be at least 1",
                        ks, queries, maxEf, threads);
            }
        }

        /**
         * For 10 and 100 neighbours, 1,000 queries, efforts up to 2,048.
         *
         * @param threads how many threads share the work.
         * @return the plan.
         */
        public static Plan defaults(int threads) {
            return new Plan(List.of(10, 100), 1000, 2048, threads, 1);
        }

        /**
         * The same for other numbers of neighbours.
         *
         * @param value for how many neighbours.
         * @return a copy.
         */
        public Plan withKs(List<Integer> value) {
            return new Plan(value, queries, maxEf, threads, seed);
        }
    }

    private RecallCalibration(
            HnswIndex index, VectorSet queries, int[] hidden, Plan plan, WorkCrew crew) {
        this.index = index;
        this.queries = queries;
        this.hidden = hidden;
        this.plan = plan;
        this.crew = crew;
    }

    /**
     * Measures with rows as queries.
     *
     * @param index the index, not empty.
     * @param plan what to measure.
     * @param progress told of every step.
     * @return the curve.
     * @throws MillraceException BAD_INPUT when the index is empty.
     */
    public static RecallCurve run(HnswIndex index, Plan plan, ProgressListener progress) {
        return run(index, null, plan, progress);
    }

    /**
     * Measures with given queries.
     *
     * @param index the index, not empty.
     * @param queries the queries, or null to take rows.
     * @param plan what to measure.
     * @param progress told of every step.
     * @return the curve.
     * @throws MillraceException BAD_INPUT when there are no rows or no queries.
     */
    public static RecallCurve run(
            HnswIndex index, @Nullable VectorSet queries, Plan plan, ProgressListener progress) {
        if (index.size() == 0 || (queries != null && queries.count() == 0)) {
            throw MillraceException.badInput(
                    "nothing to calibrate on: rows=%d, queries=%d; give at least one of each",
                    index.size(), queries == null ? plan.queries() : queries.count());
        }
        try (WorkCrew crew = new WorkCrew(plan.threads(), "calibrate")) {
            if (queries != null) {
                int[] none = new int[queries.count()];
                Arrays.fill(none, VectorIndex.NO_ORDINAL);
                return new RecallCalibration(index, queries, none, plan, crew).measure(progress);
            }
            try (VectorSet rows = VectorSet.allocate(plan.queries(), index.dimension())) {
                int[] hidden = draw(index, plan.seed(), rows);
                return new RecallCalibration(index, rows, hidden, plan, crew).measure(progress);
            }
        }
    }

    /** Fills queries with rows that can be hidden, and says which. */
    private static int[] draw(HnswIndex index, long seed, VectorSet queries) {
        SearchScratch scratch = index.newScratch(1, 1);
        SplitRandom random = new SplitRandom(seed);
        float[] vector = new float[index.dimension()];
        int[] hidden = new int[queries.count()];
        for (int i = 0; i < hidden.length; i++) {
            int row = random.nextInt(index.size());
            for (int draws = 1; draws < MOST_DRAWS && !index.tryHide(scratch, row); draws++) {
                row = random.nextInt(index.size());
            }
            index.vectorInto(row, vector, 0);
            queries.set(i, vector, 0);
            hidden[i] = index.tryHide(scratch, row) ? row : VectorIndex.NO_ORDINAL;
        }
        return hidden;
    }

    private RecallCurve measure(ProgressListener progress) {
        int largestK = Math.min(plan.ks().getLast() + 1, index.size());
        float[][] best = new float[queries.count()][largestK];
        int[][] nearest =
                index.exact().exactTopK(queries, largestK, plan.threads(), best, progress);
        for (int i = 0; i < best.length; i++) {
            best[i] = without(hidden[i], nearest[i], best[i]);
        }
        List<RecallCurve.Line> lines = new ArrayList<>();
        try (ProgressListener.Stage stage = progress.start("calibrate", plan.ks().size())) {
            for (int k : plan.ks()) {
                lines.add(line(k, best));
                stage.advance(1);
            }
        }
        return new RecallCurve(queries.count(), lines);
    }

    /** The scores of all answers but one. */
    private static float[] without(int ordinal, int[] nearest, float[] scores) {
        int count = 0;
        float[] others = new float[scores.length];
        for (int i = 0; i < nearest.length; i++) {
            if (nearest[i] != ordinal) {
                others[count++] = scores[i];
            }
        }
        return Arrays.copyOf(others, count);
    }

    private RecallCurve.Line line(int k, float[][] best) {
        List<Integer> efs = efforts(k);
        List<RecallCurve.Point> points = new ArrayList<>();
        for (int i = 0; i < efs.size(); i++) {
            RecallTally tally = tally(k, efs.get(i), best);
            points.add(new RecallCurve.Point(efs.get(i), tally.recall(), tally.trials()));
            if (tally.recall() >= ENOUGH) {
                break;
            }
        }
        return new RecallCurve.Line(k, rising(points));
    }

    /** Efforts from k on, up to the largest that makes a difference. */
    private List<Integer> efforts(int k) {
        int last = Math.max(k, Math.min(plan.maxEf(), index.size()));
        List<Integer> efs = new ArrayList<>();
        efs.add(k);
        for (int ef = LEAST_EF;
                ef < last;
                ef = Integer.bitCount(ef) == 1 ? ef * 3 / 2 : ef * 4 / 3) {
            if (ef > k) {
                efs.add(ef);
            }
        }
        if (last > k) {
            efs.add(last);
        }
        return efs;
    }

    private RecallTally tally(int k, int ef, float[][] best) {
        int[] hits = new int[queries.count()];
        crew.run(
                hits.length,
                Math.ceilDiv(hits.length, crew.threads()),
                (worker, from, to) -> countHits(k, ef, best, hits, from, to));
        RecallTally tally = new RecallTally();
        for (int i = 0; i < hits.length; i++) {
            tally.add(hits[i], Math.min(k, best[i].length));
        }
        return tally;
    }

    private void countHits(int k, int ef, float[][] best, int[] hits, int from, int to) {
        SearchScratch scratch = index.newScratch(k, ef);
        int[] ordinals = new int[k];
        float[] scores = new float[k];
        float[] query = new float[index.dimension()];
        for (int i = from; i < to; i++) {
            int wanted = Math.min(k, best[i].length);
            queries.get(i, query, 0);
            index.tryHide(scratch, hidden[i]);
            int found = index.searchInto(scratch, query, k, ef, ordinals, scores);
            hits[i] =
                    wanted == 0
                            ? 0
                            : Math.min(
                                    wanted, RecallSampler.hits(scores, found, best[i][wanted - 1]));
        }
    }

    /** Levels out what falls: each run of points that does gets their mean recall. */
    private static List<RecallCurve.Point> rising(List<RecallCurve.Point> measured) {
        double[] recalls = measured.stream().mapToDouble(RecallCurve.Point::recall).toArray();
        for (int i = 1; i < recalls.length; i++) {
            int from = i;
            double sum = recalls[i];
            // Pooled with what stands before it as long as that is above the mean.
            while (from > 0 && recalls[from - 1] > sum / (i - from + 1)) {
                from--;
                sum += recalls[from];
            }
            double mean = sum / (i - from + 1);
            Arrays.fill(recalls, from, i + 1, mean);
        }
        List<RecallCurve.Point> rising = new ArrayList<>();
        double before = 0;
        for (int i = 0; i < recalls.length; i++) {
            RecallCurve.Point point = measured.get(i);
            // A mean of equal numbers may be off by a rounding.
            before = Math.max(before, Math.min(1, recalls[i]));
            rising.add(new RecallCurve.Point(point.ef(), before, point.trials()));
        }
        return rising;
    }
}
