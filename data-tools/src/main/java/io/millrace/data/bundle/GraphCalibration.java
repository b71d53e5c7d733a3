package io.millrace.data.bundle;

import io.millrace.core.progress.ProgressListener;
import io.millrace.index.HnswIndex;
import io.millrace.index.VectorSet;
import io.millrace.index.calibrate.RecallCalibration;
import io.millrace.index.recall.RecallCurve;

import java.util.ArrayList;
import java.util.List;

/**
 * Measures a bundle's graph with the queries that it will be asked: vectors of users, which lie
 * elsewhere than those of items. Where nothing is known of any user, items are the queries.
 */
final class GraphCalibration {
    /** As many queries tell a recall of 0.95 to about one part in 100. */
    private static final int QUERIES = 1_000;

    /** Efforts up to so many times the candidates, at least those of other indexes. */
    private static final int EFFORT_PER_CANDIDATE = 4;

    private static final int LEAST_MAX_EF = 2_048;

    private GraphCalibration() {}

    static RecallCurve run(
            HnswIndex index,
            UserVectors users,
            int userCount,
            RecallGoal goal,
            BuildPlan plan,
            ProgressListener progress) {
        RecallCalibration.Plan calibration =
                new RecallCalibration.Plan(
                        goal.ks(),
                        QUERIES,
                        Math.max(LEAST_MAX_EF, EFFORT_PER_CANDIDATE * goal.candidates()),
                        plan.graph().threads(),
                        plan.graph().seed());
        List<float[]> queries = queries(index, users, userCount);
        if (queries.isEmpty()) {
            return RecallCalibration.run(index, calibration, progress);
        }
        try (VectorSet vectors = VectorSet.allocate(queries.size(), index.dimension())) {
            for (int i = 0; i < queries.size(); i++) {
                vectors.set(i, queries.get(i), 0);
            }
            return RecallCalibration.run(index, vectors, calibration, progress);
        }
    }

    /** Vectors of users spread over all, but for those without a history. */
    private static List<float[]> queries(HnswIndex index, UserVectors users, int userCount) {
        List<float[]> queries = new ArrayList<>();
        int count = Math.min(QUERIES, userCount);
        for (int i = 0; i < count; i++) {
            float[] query = new float[index.dimension()];
            users.embedInto((int) ((long) i * userCount / count), query);
            if (!isZero(query)) {
                queries.add(query);
            }
        }
        return queries;
    }

    private static boolean isZero(float[] vector) {
        for (float number : vector) {
            if (number != 0) {
                return false;
            }
        }
        return true;
    }
}
