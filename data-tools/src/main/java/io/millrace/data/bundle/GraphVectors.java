package io.millrace.data.bundle;

import io.millrace.core.progress.ProgressListener;
import io.millrace.index.Metric;
import io.millrace.index.VectorSet;
import io.millrace.ranker.factors.ItemFactors;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.retrieval.FactorRetrieval;
import io.millrace.ranker.retrieval.RetrievalModel;
import io.millrace.ranker.retrieval.TowerRetrieval;

/** The vectors of items that a bundle's graph is made of, and how they are compared. */
final class GraphVectors {
    private GraphVectors() {}

    /** How the vectors of users and items are compared. */
    static Metric metric(RetrievalModel retrieval) {
        return retrieval.hasUnitVectors() ? Metric.COSINE : Metric.INNER_PRODUCT;
    }

    /** The vectors of all items; they do not depend on the number of threads. */
    static VectorSet of(
            RetrievalModel retrieval, RowTable items, int threads, ProgressListener progress) {
        return switch (retrieval) {
            case TowerRetrieval towers ->
                    ItemEmbedding.run(towers.towers(), items, threads, progress);
            case FactorRetrieval factors -> copy(factors.factors());
        };
    }

    private static VectorSet copy(ItemFactors factors) {
        int dimension = factors.settings().dimension();
        VectorSet vectors = VectorSet.allocate(factors.count(), dimension);
        float[] row = new float[dimension];
        for (int item = 0; item < factors.count(); item++) {
            factors.vectorInto(item, row);
            vectors.set(item, row, 0);
        }
        return vectors;
    }
}
