package io.millrace.ranker.retrieval;

import io.millrace.ranker.tower.TwoTowerModel;

/**
 * By the towers: scores are cosines, and the temperature is the one they learnt.
 *
 * @param towers query tower and item tower; closed with this.
 */
public record TowerRetrieval(TwoTowerModel towers) implements RetrievalModel {
    @Override
    public int dimension() {
        return towers.shape().dimension();
    }

    @Override
    public boolean hasUnitVectors() {
        return true;
    }

    @Override
    public QueryEmbedding newQueryEmbedding() {
        return towers.newQueryTower()::embedInto;
    }

    @Override
    public ItemEmbedding newItemEmbedding() {
        return towers.newItemTower()::embedInto;
    }

    @Override
    public float temperature() {
        return towers.temperature();
    }

    @Override
    public void close() {
        towers.close();
    }
}
