package io.millrace.data.retrieve;

import io.millrace.core.progress.ProgressListener;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.train.collaborative.AlsPlan;
import io.millrace.data.train.collaborative.AlsTrainer;
import io.millrace.data.train.collaborative.ItemNeighbours;
import io.millrace.data.train.collaborative.NeighbourPlan;
import io.millrace.ranker.factors.ItemFactors;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.retrieval.ItemLists;
import io.millrace.ranker.retrieval.ListMerge;
import io.millrace.ranker.retrieval.ListRetrieval;
import io.millrace.ranker.retrieval.NeighbourRetrieval;
import io.millrace.ranker.retrieval.PopularRetrieval;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Ways of retrieval that have learnt from the histories of a data set; the towers are a bundle's
 * and were trained before.
 *
 * <p>Threading: immutable; the {@link ItemScores} it makes are for one thread each.
 */
public final class Retrievers {
    private final Dataset dataset;
    private final Map<Retriever, Supplier<ItemScores>> ways = new EnumMap<>(Retriever.class);

    private Retrievers(Dataset dataset) {
        this.dataset = dataset;
    }

    /**
     * Learns what is wanted, and nothing else.
     *
     * @param wanted which ways; the towers have learnt before and are passed over.
     * @param dataset whose histories are learnt from.
     * @param towers makes the scores of the towers for a thread.
     * @param seed seed of the factors.
     * @param threads how many threads; does not change the result.
     * @param progress told of the stages.
     * @return the ways that were wanted.
     */
    public static Retrievers learn(
            Set<Retriever> wanted,
            Dataset dataset,
            Supplier<ItemScores> towers,
            long seed,
            int threads,
            ProgressListener progress) {
        Retrievers learnt = new Retrievers(dataset);
        if (wanted.contains(Retriever.POPULAR)) {
            ItemLists popular = PopularList.of(dataset);
            learnt.ways.put(Retriever.POPULAR, () -> new PopularScores(popular));
        }
        if (wanted.contains(Retriever.ITEM_KNN)) {
            ItemLists lists = ItemNeighbours.of(dataset, NeighbourPlan.defaults(threads), progress);
            learnt.ways.put(
                    Retriever.ITEM_KNN,
                    () ->
                            new NeighbourScores(
                                    dataset.users(), new ListMerge(lists, dataset.schema())));
        }
        if (wanted.contains(Retriever.IALS) || wanted.contains(Retriever.BLEND)) {
            AlsPlan plan = AlsPlan.defaults(seed, threads);
            learnt.addFactors(wanted, AlsTrainer.train(dataset, plan, progress).factors(), towers);
        }
        return learnt;
    }

    /**
     * Scores by the lists of a bundle, as serving does.
     *
     * @param retrieval has the lists.
     * @param users rows of the users.
     * @return new ones for one thread.
     */
    public static ItemScores byLists(ListRetrieval retrieval, RowTable users) {
        return switch (retrieval) {
            case NeighbourRetrieval neighbours -> new NeighbourScores(users, neighbours.newMerge());
            case PopularRetrieval popular -> new PopularScores(popular.lists());
        };
    }

    /**
     * Scores by one of the ways.
     *
     * @param way one that was wanted, not the towers.
     * @return new ones for one thread.
     */
    public ItemScores newScores(Retriever way) {
        return Objects.requireNonNull(ways.get(way), way.label()).get();
    }

    private void addFactors(
            Set<Retriever> wanted, ItemFactors factors, Supplier<ItemScores> towers) {
        Supplier<ItemScores> byFactors = () -> new FactorScores(dataset, factors);
        if (wanted.contains(Retriever.IALS)) {
            ways.put(Retriever.IALS, byFactors);
        }
        if (wanted.contains(Retriever.BLEND)) {
            float[] trend = Trend.of(dataset);
            ways.put(Retriever.BLEND, () -> new BlendScores(towers.get(), byFactors.get(), trend));
        }
    }
}
