package io.millrace.data.bundle;

import io.millrace.data.dataset.Dataset;
import io.millrace.ranker.factors.ItemFactors;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.retrieval.Blend;
import io.millrace.ranker.retrieval.BlendRetrieval;
import io.millrace.ranker.tower.ItemTower;
import io.millrace.ranker.tower.TwoTowerModel;

import java.util.Arrays;

/**
 * Learns how towers and factors are joined: how far the scores of each spread, from items, and what
 * brings the components of users' vectors to one size, from users.
 */
final class BlendLearner {
    /** Items of which the spread is learnt: as many tell it to a part in a hundred and better. */
    private static final int MOST_ITEMS = 1 << 16;

    private static final int MOST_USERS = 1_000;

    private final Dataset dataset;
    private final TwoTowerModel towers;
    private final ItemFactors factors;

    private BlendLearner(Dataset dataset, TwoTowerModel towers, ItemFactors factors) {
        this.dataset = dataset;
        this.towers = towers;
        this.factors = factors;
    }

    static BlendRetrieval learn(Dataset dataset, TwoTowerModel towers, ItemFactors factors) {
        return new BlendLearner(dataset, towers, factors).learn();
    }

    private BlendRetrieval learn() {
        int towerDimension = towers.shape().dimension();
        int factorDimension = factors.settings().dimension();
        Blend spread =
                Blend.of(
                        towerVectors(towerDimension),
                        towerDimension,
                        factorVectors(factorDimension),
                        factorDimension);
        return retrieval(withScales(spread));
    }

    /** Of batches of items that are spread over all. */
    private float[] towerVectors(int dimension) {
        RowTable items = dataset.items();
        int batches = Math.ceilDiv(items.count(), ItemTower.BATCH);
        int taken = Math.min(batches, MOST_ITEMS / ItemTower.BATCH);
        ItemTower tower = towers.newItemTower();
        float[] vectors = new float[taken * ItemTower.BATCH * dimension];
        int length = 0;
        for (int i = 0; i < taken; i++) {
            int from = (int) ((long) i * batches / taken) * ItemTower.BATCH;
            int count = Math.min(ItemTower.BATCH, items.count() - from);
            tower.embedInto(items, from, count, vectors, length);
            length += count * dimension;
        }
        return Arrays.copyOf(vectors, length);
    }

    private float[] factorVectors(int dimension) {
        int taken = Math.min(factors.count(), MOST_ITEMS);
        float[] vectors = new float[taken * dimension];
        float[] row = new float[dimension];
        for (int i = 0; i < taken; i++) {
            factors.vectorInto((int) ((long) i * factors.count() / taken), row);
            System.arraycopy(row, 0, vectors, i * dimension, dimension);
        }
        return vectors;
    }

    /** Those that bring the mean square of a component of users' vectors to 1. */
    private Blend withScales(Blend blend) {
        UserVectors users = new UserVectors(dataset.users(), retrieval(blend));
        int towerDimension = blend.towerDimension();
        int factorDimension = blend.factorDimension();
        float[] vector = new float[blend.dimension()];
        double ofTowers = 0;
        double ofFactors = 0;
        int known = 0;
        int withHistory = 0;
        int count = Math.min(MOST_USERS, dataset.users().count());
        for (int i = 0; i < count; i++) {
            users.embedInto((int) ((long) i * dataset.users().count() / count), vector);
            double tower = squares(vector, 0, towerDimension);
            double history = squares(vector, towerDimension, factorDimension);
            ofTowers += tower;
            ofFactors += history;
            known += tower > 0 ? 1 : 0;
            withHistory += history > 0 ? 1 : 0;
        }
        return blend.withScales(
                scale(ofTowers, known, towerDimension),
                scale(ofFactors, withHistory, factorDimension));
    }

    private static double squares(float[] vector, int from, int count) {
        double squares = 0;
        for (int i = from; i < from + count; i++) {
            squares += (double) vector[i] * vector[i];
        }
        return squares;
    }

    /** Where nobody is known, any will do. */
    private static float scale(double squares, int users, int dimension) {
        return users == 0 ? 1 : (float) Math.sqrt(squares / users / dimension);
    }

    private BlendRetrieval retrieval(Blend blend) {
        return new BlendRetrieval(towers, factors, blend, dataset.schema());
    }
}
