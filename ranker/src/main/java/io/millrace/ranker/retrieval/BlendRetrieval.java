package io.millrace.ranker.retrieval;

import io.millrace.core.HotPath;
import io.millrace.ranker.factors.FoldIn;
import io.millrace.ranker.factors.ItemFactors;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.tower.ItemTower;
import io.millrace.ranker.tower.QueryTower;
import io.millrace.ranker.tower.TwoTowerModel;

import java.lang.foreign.MemorySegment;

/**
 * By towers, factors and the trend together: scores are sums of standardised ones. What the index
 * finds by the share of users who would watch an item, as factors estimate it, is scored by the
 * logarithm of that share, which is no product.
 *
 * @param towers query tower and item tower; closed with this.
 * @param factors of all items.
 * @param blend how their vectors are joined.
 * @param schema the features of the users' rows.
 */
public record BlendRetrieval(
        TwoTowerModel towers, ItemFactors factors, Blend blend, FeatureSchema schema)
        implements RetrievalModel {
    /** How it was chosen: docs/decisions/0028-blend-in-one-index.md. */
    private static final float TEMPERATURE = 0.25f;

    /** All of a small catalogue, and of a large one enough to tell a deviation to a few percent. */
    private static final int SAMPLED_ITEMS = 1024;

    /** Below this, logarithms differ by rounding only. */
    private static final double LEAST_VARIANCE = 1e-12;

    @Override
    public int dimension() {
        return blend.dimension();
    }

    @Override
    public boolean hasUnitVectors() {
        return false;
    }

    @Override
    public QueryEmbedding newQueryEmbedding() {
        return new Embedding(this);
    }

    /** Factors and trend of a known item stay; a new one has no factors, and a mean trend. */
    @Override
    public ItemEmbedding newItemEmbedding() {
        ItemTower tower = towers.newItemTower();
        float[] byTower = new float[blend.towerDimension()];
        return (itemRows, offset, vector) -> {
            tower.embedInto(itemRows, offset, byTower);
            blend.towerInto(byTower, vector);
        };
    }

    @Override
    public float temperature() {
        return TEMPERATURE;
    }

    @Override
    public void close() {
        towers.close();
    }

    private static final class Embedding implements QueryEmbedding {
        private final Blend blend;
        private final ItemFactors factors;
        private final QueryTower tower;
        private final FoldIn foldIn;
        private final float[] byTower;
        private final float[] byHistory;

        Embedding(BlendRetrieval retrieval) {
            blend = retrieval.blend();
            factors = retrieval.factors();
            tower = retrieval.towers().newQueryTower();
            foldIn = factors.newFoldIn(retrieval.schema());
            byTower = new float[blend.towerDimension()];
            byHistory = new float[blend.factorDimension()];
        }

        @Override
        @HotPath
        public void embedInto(MemorySegment userRows, long offset, float[] vector) {
            tower.embedInto(userRows, offset, byTower);
            foldIn.embedInto(userRows, offset, byHistory);
            blend.userInto(byTower, byHistory, vector);
        }

        /** By the logarithm of the share that factors estimate, in place of the share itself. */
        @Override
        @HotPath
        public boolean refine(int[] ordinals, float[] scores, int count) {
            float ofShare = blend.factorWeight(byHistory);
            if (ofShare == 0) {
                return false;
            }
            float ofLogarithm = weightOfLogarithms();
            for (int i = 0; i < count; i++) {
                // Nobody has watched an item that came later.
                float share =
                        ordinals[i] < factors.count() ? factors.score(ordinals[i], byHistory) : 0;
                scores[i] += ofLogarithm * Blend.logarithm(share) - ofShare * share;
            }
            return true;
        }

        /** One by their deviation over items spread over all. */
        private float weightOfLogarithms() {
            int count = factors.count();
            int taken = Math.min(count, SAMPLED_ITEMS);
            double sum = 0;
            double squares = 0;
            for (int i = 0; i < taken; i++) {
                int item = (int) ((long) i * count / taken);
                float logarithm = Blend.logarithm(factors.score(item, byHistory));
                sum += logarithm;
                squares += (double) logarithm * logarithm;
            }
            double variance = squares / taken - sum / taken * (sum / taken);
            return variance < LEAST_VARIANCE ? 0 : (float) (1 / Math.sqrt(variance));
        }
    }
}
