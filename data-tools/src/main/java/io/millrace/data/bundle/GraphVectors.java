package io.millrace.data.bundle;

import io.millrace.core.progress.ProgressListener;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.retrieve.Trend;
import io.millrace.index.Metric;
import io.millrace.index.VectorSet;
import io.millrace.ranker.factors.ItemFactors;
import io.millrace.ranker.retrieval.Blend;
import io.millrace.ranker.retrieval.BlendRetrieval;
import io.millrace.ranker.retrieval.FactorRetrieval;
import io.millrace.ranker.retrieval.ListRetrieval;
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
            RetrievalModel retrieval, Dataset dataset, int threads, ProgressListener progress) {
        return switch (retrieval) {
            case TowerRetrieval towers ->
                    ItemEmbedding.run(towers.towers(), dataset.items(), threads, progress);
            case ListRetrieval lists ->
                    ItemEmbedding.run(lists.towers(), dataset.items(), threads, progress);
            case FactorRetrieval factors -> copy(factors.factors());
            case BlendRetrieval both -> {
                try (VectorSet towers =
                        ItemEmbedding.run(both.towers(), dataset.items(), threads, progress)) {
                    yield join(both.blend(), towers, both.factors(), Trend.of(dataset));
                }
            }
        };
    }

    private static VectorSet join(
            Blend blend, VectorSet towers, ItemFactors factors, float[] trend) {
        VectorSet vectors = VectorSet.allocate(factors.count(), blend.dimension());
        float[] tower = new float[blend.towerDimension()];
        float[] ofFactors = new float[blend.factorDimension()];
        float[] row = new float[blend.dimension()];
        for (int item = 0; item < factors.count(); item++) {
            towers.get(item, tower, 0);
            factors.vectorInto(item, ofFactors);
            blend.itemInto(tower, ofFactors, trend[item], row);
            vectors.set(item, row, 0);
        }
        return vectors;
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
