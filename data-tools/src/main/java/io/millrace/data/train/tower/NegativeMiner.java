package io.millrace.data.train.tower;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.core.random.SplitRandom;
import io.millrace.data.dataset.Dataset;
import io.millrace.index.HnswBuilder;
import io.millrace.index.HnswIndex;
import io.millrace.index.HnswParameters;
import io.millrace.index.Metric;
import io.millrace.index.SearchScratch;
import io.millrace.index.VectorSet;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.tower.HistoryInput;
import io.millrace.ranker.tower.ItemTower;
import io.millrace.ranker.tower.QueryTower;
import io.millrace.ranker.tower.TwoTowerModel;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;

/**
 * Finds hard negatives: puts the items into an index, searches it for every user as serving would,
 * and draws some of what the user has not watched.
 *
 * <p>Items that are no positive of any user are not put into the index. That nobody watched them
 * says nothing against them, most are new; and whoever was never met in training is known by the
 * features alone.
 *
 * <p>What is mined depends on the model, the seed and the number of the pass, and on nothing that
 * was mined before. Threading: works on the pool of the caller. Memory: the index, and a few items
 * for each user.
 */
final class NegativeMiner {
    private static final long DRAW_STREAM = 1L << 44;
    private static final int EF_CONSTRUCTION = 100;
    private static final int MOST_PLACES = 1 << 30;
    private static final int BLOCK_USERS = 256;
    private static final int BLOCK_ITEMS = 1_024;

    private final Dataset dataset;
    private final TwoTowerModel model;
    private final TowerTrainingPlan plan;
    private final HardNegatives wanted;
    private final float[] corrections;
    private final int[] positives;
    private final int[] itemIds;
    private final int perUser;

    /**
     * Nothing mined yet.
     *
     * @param corrections what is taken off the logits without hard negatives, by the item's id.
     */
    NegativeMiner(
            Dataset dataset, TwoTowerModel model, TowerTrainingPlan plan, float[] corrections) {
        this.dataset = dataset;
        this.model = model;
        this.plan = plan;
        this.wanted = plan.hardNegatives();
        this.corrections = corrections;
        this.positives =
                LogitCorrections.positives(dataset.users(), model.history(), model.items().rows());
        this.itemIds =
                IntStream.range(FeatureField.FIRST, positives.length)
                        .filter(id -> positives[id] > 0)
                        .toArray();
        this.perUser = wanted.perUser(plan);
    }

    /**
     * Mines.
     *
     * @param users who is searched for, in any order.
     * @param epoch number of the pass they are for.
     * @param progress told of every user.
     * @return a few items for each user.
     */
    MinedNegatives mine(int[] users, int epoch, ProgressListener progress) {
        int[] drawn = new int[places()];
        AtomicIntegerArray found = new AtomicIntegerArray(model.items().rows());
        try (HnswIndex index = buildIndex(progress);
                ProgressListener.Stage stage = progress.start("mine negatives", users.length)) {
            IntStream.range(0, Math.ceilDiv(users.length, BLOCK_USERS))
                    .parallel()
                    .forEach(
                            block -> {
                                int from = block * BLOCK_USERS;
                                int to = Math.min(users.length, from + BLOCK_USERS);
                                Search search = new Search(index);
                                for (int i = from; i < to; i++) {
                                    search.mine(users[i], epoch, drawn, found);
                                }
                                stage.advance(to - from);
                            });
        }
        return new MinedNegatives(wanted.count(), perUser, drawn, mixed(found));
    }

    /**
     * The corrections for batches with negatives that were drawn from what was found. An item is
     * expected to be in a batch {@code B p} times as a positive, and once more if it is not but is
     * drawn in one of the N draws; that sum is what the loss corrects for, so it stays that of all
     * items however they are drawn (Yang et al., Mixed negative sampling for learning two-tower
     * neural networks in recommendations, WWW 2020).
     */
    private float[] mixed(AtomicIntegerArray found) {
        long allFound = 0;
        long allPositives = 0;
        for (int id : itemIds) {
            allFound += found.get(id);
            allPositives += positives[id];
        }
        float[] result = corrections.clone();
        for (int id : itemIds) {
            double share = (double) positives[id] / allPositives;
            double drawn = (double) found.get(id) / Math.max(1, allFound);
            double further =
                    Math.exp(plan.batch() * Math.log1p(-share))
                            * -Math.expm1(wanted.count() * Math.log1p(-drawn));
            result[id] += (float) Math.log1p(further / (plan.batch() * share));
        }
        return result;
    }

    private int places() {
        int count = dataset.users().count();
        long places = (long) count * perUser;
        if (places > MOST_PLACES) {
            throw MillraceException.of(
                    ErrorCode.LIMIT,
                    "too many hard negatives: users=%d, of each=%d, most in all=%d; lower"
                            + " --hard-negatives",
                    count,
                    perUser,
                    MOST_PLACES);
        }
        return (int) places;
    }

    private HnswIndex buildIndex(ProgressListener progress) {
        long[] ids = new long[itemIds.length];
        Arrays.setAll(ids, i -> itemIds[i]);
        HnswParameters parameters =
                HnswParameters.defaults(Metric.COSINE)
                        .withEfConstruction(EF_CONSTRUCTION)
                        .withSeed(plan.seed())
                        .withThreads(plan.threads());
        try (VectorSet vectors = VectorSet.allocate(itemIds.length, model.shape().dimension())) {
            IntStream.range(0, Math.ceilDiv(itemIds.length, BLOCK_ITEMS))
                    .parallel()
                    .forEach(block -> embed(block * BLOCK_ITEMS, vectors));
            return HnswBuilder.build(vectors, ids, parameters, progress);
        }
    }

    private void embed(int from, VectorSet vectors) {
        RowTable rows = dataset.items();
        ItemTower tower = model.newItemTower();
        float[] vector = new float[tower.dimension()];
        for (int i = from; i < Math.min(itemIds.length, from + BLOCK_ITEMS); i++) {
            tower.embedInto(rows.segment(), rows.offset(itemIds[i] - FeatureField.FIRST), vector);
            vectors.set(i, vector, 0);
        }
    }

    /** Searches for users, one after the other. */
    private final class Search {
        private final HistoryInput history = model.history();
        private final QueryTower tower = model.newQueryTower();
        private final float[] query = new float[tower.dimension()];
        private final int most = wanted.lastRank() + history.maxLength();
        private final int[] ordinals = new int[most];
        private final float[] scores = new float[most];
        private final int[] watched = new int[history.maxLength()];
        private final int[] taken = new int[wanted.lastRank()];
        private final HnswIndex index;
        private final SearchScratch scratch;

        Search(HnswIndex index) {
            this.index = index;
            this.scratch = index.newScratch(most, most);
        }

        /** Writes what is drawn for a user to the user's places, and counts what was found. */
        void mine(int user, int epoch, int[] drawn, AtomicIntegerArray found) {
            int count = find(user);
            for (int i = 0; i < count; i++) {
                found.incrementAndGet(taken[i]);
            }
            SplitRandom random =
                    SplitRandom.forStream(
                            plan.seed(), DRAW_STREAM + ((long) epoch << Integer.SIZE) + user);
            for (int i = 0; i < Math.min(perUser, count); i++) {
                int j = i + random.nextInt(count - i);
                drawn[user * perUser + i] = taken[j];
                taken[j] = taken[i];
            }
        }

        /** Takes the ids of the wanted ranks of what the user has not watched. */
        private int find(int user) {
            RowTable users = dataset.users();
            long offset = users.offset(user);
            int length = history.length(users.segment(), offset);
            for (int i = 0; i < length; i++) {
                watched[i] = history.item(users.segment(), offset, i);
            }
            Arrays.sort(watched, 0, length);
            tower.embedInto(users.segment(), offset, query);
            if (!index.accepts(query)) {
                return 0;
            }
            int k = wanted.lastRank() + length;
            int count = index.searchInto(scratch, query, k, k, ordinals, scores);
            int rank = 0;
            int kept = 0;
            for (int i = 0; i < count && rank < wanted.lastRank(); i++) {
                int id = itemIds[ordinals[i]];
                if (Arrays.binarySearch(watched, 0, length, id) < 0
                        && ++rank >= wanted.firstRank()) {
                    taken[kept++] = id;
                }
            }
            return kept;
        }
    }
}
