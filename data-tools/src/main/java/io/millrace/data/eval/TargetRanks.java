package io.millrace.data.eval;

import java.util.Arrays;

/**
 * The ranks of a user's targets among all items the user has not seen: how many unseen items score
 * higher, or the same with a smaller id. Other targets are not taken out.
 *
 * <p>Threading: one thread. Allocation: the answer only.
 */
final class TargetRanks {
    private final long[] itemIds;
    private float[] sortedScores = new float[0];
    private int[] above = new int[0];
    private int[] tied = new int[16];
    private int tiedCount;

    TargetRanks(long[] itemIds) {
        this.itemIds = itemIds;
    }

    /**
     * The ranks.
     *
     * @param scores of all items; those of seen ones are lost.
     * @param targets ordinals, none of them seen.
     * @param seen ordinals that do not count.
     * @return rank of each target, from 0.
     */
    int[] ranks(float[] scores, int[] targets, int[] seen) {
        for (int ordinal : seen) {
            scores[ordinal] = Float.NEGATIVE_INFINITY;
        }
        sortedScores = new float[targets.length];
        for (int i = 0; i < targets.length; i++) {
            sortedScores[i] = scores[targets[i]];
        }
        Arrays.sort(sortedScores);
        countAbove(scores);
        int[] ranks = new int[targets.length];
        for (int i = 0; i < targets.length; i++) {
            ranks[i] = rankOf(scores, targets[i]);
        }
        return ranks;
    }

    /**
     * One pass over all items: {@code above[i]} becomes how many beat exactly the i lowest targets,
     * and the items that equal one of them are listed.
     */
    private void countAbove(float[] scores) {
        above = new int[sortedScores.length + 1];
        tiedCount = 0;
        float least = sortedScores[0];
        for (int i = 0; i < itemIds.length; i++) {
            if (scores[i] >= least) {
                int beaten = countBelow(scores[i]);
                above[beaten]++;
                if (beaten < sortedScores.length && sortedScores[beaten] == scores[i]) {
                    addTied(i);
                }
            }
        }
    }

    private void addTied(int ordinal) {
        if (tiedCount == tied.length) {
            tied = Arrays.copyOf(tied, 2 * tiedCount);
        }
        tied[tiedCount++] = ordinal;
    }

    private int countBelow(float score) {
        int count = sortedScores.length;
        while (count > 0 && sortedScores[count - 1] >= score) {
            count--;
        }
        return count;
    }

    private int rankOf(float[] scores, int target) {
        float score = scores[target];
        int rank = 0;
        for (int i = sortedScores.length; i > 0 && sortedScores[i - 1] >= score; i--) {
            rank += above[i];
        }
        for (int i = 0; i < tiedCount; i++) {
            if (scores[tied[i]] == score && itemIds[tied[i]] < itemIds[target]) {
                rank++;
            }
        }
        return rank;
    }
}
