package io.millrace.index.plan;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.index.HnswBuilder;
import io.millrace.index.HnswIndex;
import io.millrace.index.HnswParameters;
import io.millrace.index.SearchScratch;
import io.millrace.index.VectorSet;
import io.millrace.index.calibrate.RecallCalibration;
import io.millrace.index.recall.RecallCurve;

import java.util.List;
import java.util.stream.LongStream;

/**
 * An index that was built to be measured.
 *
 * <p>Ownership: owns the index.
 *
 * @param index the index.
 * @param buildSeconds wall time of the build.
 */
record Trial(HnswIndex index, double buildSeconds) implements AutoCloseable {
    private static final double NS_PER_SECOND = 1e9;
    private static final int MOST_EF = 4_096;

    /** Recall of all that was asked for is no more than this part of a neighbour short of it. */
    private static final double LEAST_MISS = 0.5;

    /**
     * What searches need for a recall.
     *
     * @param ef the effort, between two whole ones.
     * @param visits rows that a search measures exactly on its way.
     */
    record Reach(double ef, double visits) {}

    /** Builds an index and looks at the clock. */
    static Trial build(VectorSet rows, HnswParameters parameters, ProgressListener progress) {
        long[] ids = LongStream.range(0, rows.count()).toArray();
        long startNs = System.nanoTime();
        HnswIndex index = HnswBuilder.build(rows, ids, parameters, progress);
        return new Trial(index, (System.nanoTime() - startNs) / NS_PER_SECOND);
    }

    /**
     * Finds out what the recall of a plan needs here.
     *
     * @throws MillraceException LIMIT when no effort is enough.
     */
    Reach reach(SpeedPlan plan, ProbeQueries queries) {
        RecallCurve curve =
                RecallCalibration.run(
                        index,
                        queries.judged(),
                        new RecallCalibration.Plan(
                                List.of(plan.k()),
                                queries.judged().count(),
                                MOST_EF,
                                plan.parameters().threads(),
                                1),
                        ProgressListener.NONE);
        double ef =
                efFor(curve.lines().getFirst(), plan.recall(), (long) plan.k() * curve.queries());
        return new Reach(ef, visitsAt(ef, plan.k(), queries));
    }

    /** On a straight line from one measured effort to the next, of the logarithms of both. */
    private static double efFor(RecallCurve.Line line, double recall, long wanted) {
        RecallCurve.Point before = line.points().getFirst();
        for (RecallCurve.Point point : line.points()) {
            if (point.recall() >= recall) {
                double logMiss = logMiss(point.recall(), wanted);
                double span = logMiss(before.recall(), wanted) - logMiss;
                double part = span == 0 ? 0 : (logMiss(recall, wanted) - logMiss) / span;
                return point.ef()
                        * Math.pow((double) before.ef() / point.ef(), Math.clamp(part, 0, 1));
            }
            before = point;
        }
        throw MillraceException.of(
                ErrorCode.LIMIT,
                "recall out of reach: recall=%s, k=%d, limit=%.4f at ef=%d; ask for less, or build"
                        + " with a larger maxConnections or efConstruction",
                recall,
                line.k(),
                before.recall(),
                before.ef());
    }

    private static double logMiss(double recall, long wanted) {
        return Math.log(Math.max(1 - recall, LEAST_MISS / wanted));
    }

    /** The mean of the judged queries, between two whole efforts on a straight line. */
    private double visitsAt(double ef, int k, ProbeQueries queries) {
        int low = (int) ef;
        double part = ef - low;
        double visits = (1 - part) * visits(low, k, queries);
        return part == 0 ? visits : visits + part * visits(low + 1, k, queries);
    }

    private double visits(int ef, int k, ProbeQueries queries) {
        SearchScratch scratch = index.newScratch(k, ef);
        int[] ordinals = new int[k];
        float[] scores = new float[k];
        long visits = 0;
        int count = queries.judged().count();
        for (int i = 0; i < count; i++) {
            index.searchInto(scratch, queries.timed()[i], k, ef, ordinals, scores);
            visits += scratch.visitedRows();
        }
        return (double) visits / count;
    }

    /**
     * Nanoseconds of a search that visits so many rows, in so many copies of this index.
     *
     * @param visits may lie between those of two efforts; then in proportion.
     */
    double searchNs(SpeedPlan plan, double visits, int copies, ProbeQueries queries) {
        Reach near = effortOf(visits, plan.k(), queries);
        try (ScatteredSearch search = new ScatteredSearch(index, copies)) {
            double nearNs =
                    search.searchNs(queries.timed(), plan.k(), (int) near.ef, plan.probeSeconds());
            return nearNs * visits / near.visits;
        }
    }

    /** The least effort that makes at least so many visits, or the largest that makes sense. */
    private Reach effortOf(double visits, int k, ProbeQueries queries) {
        int enough = k;
        while (enough < index.size() && visits(enough, k, queries) < visits) {
            enough = Math.min(index.size(), 2 * enough);
        }
        int tooLittle = Math.max(k - 1, enough / 2);
        while (enough - tooLittle > 1) {
            int middle = (enough + tooLittle) >>> 1;
            if (visits(middle, k, queries) < visits) {
                tooLittle = middle;
            } else {
                enough = middle;
            }
        }
        return new Reach(enough, visits(enough, k, queries));
    }

    @Override
    public void close() {
        index.close();
    }
}
