package io.millrace.ranker.retrieval;

import io.millrace.ranker.factors.ItemFactors;
import io.millrace.ranker.features.FeatureSchema;

import org.jspecify.annotations.Nullable;

/**
 * By factors: scores are inner products, which estimate the share of users like this one who watch
 * an item.
 *
 * @param factors of all items.
 * @param schema the features of the users' rows.
 */
public record FactorRetrieval(ItemFactors factors, FeatureSchema schema) implements RetrievalModel {
    /** How it was chosen: docs/decisions/0022-served-factors.md. */
    private static final float TEMPERATURE = 0.03f;

    @Override
    public int dimension() {
        return factors.settings().dimension();
    }

    @Override
    public boolean hasUnitVectors() {
        return false;
    }

    @Override
    public QueryEmbedding newQueryEmbedding() {
        return factors.newFoldIn(schema)::embedInto;
    }

    @Override
    public @Nullable ItemEmbedding newItemEmbedding() {
        // Factors are learnt from who watched an item, and nobody has watched a new one.
        return null;
    }

    @Override
    public float temperature() {
        return TEMPERATURE;
    }

    @Override
    public void close() {
        // Factors live on the heap.
    }
}
