package io.millrace.ranker.retrieval;

import io.millrace.ranker.tower.TwoTowerModel;

/**
 * By lists: candidates are what stands in them, and the index, which holds the vectors of the
 * towers, is there for searches by vector and for what is alike.
 */
public sealed interface ListRetrieval extends RetrievalModel
        permits NeighbourRetrieval, PopularRetrieval {
    /**
     * Query tower and item tower.
     *
     * @return the model, closed with this.
     */
    TwoTowerModel towers();

    /**
     * The lists.
     *
     * @return closed with this.
     */
    ItemLists lists();

    @Override
    default int dimension() {
        return towers().shape().dimension();
    }

    @Override
    default boolean hasUnitVectors() {
        return true;
    }

    @Override
    default QueryEmbedding newQueryEmbedding() {
        return towers().newQueryTower()::embedInto;
    }

    @Override
    default ItemEmbedding newItemEmbedding() {
        return towers().newItemTower()::embedInto;
    }

    @Override
    default void close() {
        lists().close();
        towers().close();
    }
}
