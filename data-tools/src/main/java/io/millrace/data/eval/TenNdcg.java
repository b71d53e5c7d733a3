package io.millrace.data.eval;

/**
 * NDCG@10 of lists for one user at a time: gain by 1 / log2(rank + 2), by that of the best ten
 * unseen items. Seen items, and an item's second place in a list, gain nothing.
 *
 * <p>Threading: one thread. Allocation: none after construction.
 */
final class TenNdcg {
    private final float[] gains;
    private final TopOrdinals top = new TopOrdinals(RankMetrics.TEN);
    private final int[] best = new int[RankMetrics.TEN];
    private double ideal;
    private double meanGain;

    TenNdcg(int items) {
        this.gains = new float[items];
    }

    /** Where the gains of all items go before {@link #begin}. */
    float[] gains() {
        return gains;
    }

    /**
     * Begins a user whose gains are set.
     *
     * @param seen ordinals that gain nothing, each once.
     * @return whether there is anything to gain; if not, the user cannot be judged.
     */
    boolean begin(int[] seen) {
        for (int ordinal : seen) {
            gains[ordinal] = 0;
        }
        double sum = 0;
        for (float gain : gains) {
            sum += gain;
        }
        meanGain = sum / (gains.length - seen.length);
        top.clear();
        top.offerAll(gains, gains.length);
        ideal = discounted(best, top.drainInto(best));
        return ideal > 0;
    }

    /** NDCG of a list of ordinals; -1 stands for an item there is none of. */
    double of(int[] ordinals) {
        return discounted(ordinals, Math.min(ordinals.length, RankMetrics.TEN)) / ideal;
    }

    /** What a random order of the unseen items is expected to reach. */
    double random(int unseen) {
        return meanGain * RankMetrics.sumOfDiscounts(unseen) / ideal;
    }

    private double discounted(int[] ordinals, int count) {
        double sum = 0;
        for (int rank = 0; rank < count; rank++) {
            int ordinal = ordinals[rank];
            if (ordinal >= 0 && isFirst(ordinals, rank)) {
                sum += gains[ordinal] * RankMetrics.discount(rank);
            }
        }
        return sum;
    }

    private static boolean isFirst(int[] ordinals, int rank) {
        for (int i = 0; i < rank; i++) {
            if (ordinals[i] == ordinals[rank]) {
                return false;
            }
        }
        return true;
    }
}
