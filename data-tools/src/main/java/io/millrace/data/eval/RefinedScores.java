package io.millrace.data.eval;

import io.millrace.data.bundle.UserVectors;

/**
 * The scores of all items as serving has them: the candidates, which are found by their products,
 * may be scored anew, and stand above all others.
 *
 * <p>Threading: one thread. Allocation: none after construction.
 */
final class RefinedScores {
    private final UserVectors users;
    private final TopOrdinals top;
    private final int[] candidates;
    private final float[] refined;

    /**
     * Refines.
     *
     * @param users vectors of the users.
     * @param candidates how many the server retrieves.
     */
    RefinedScores(UserVectors users, int candidates) {
        this.users = users;
        this.top = new TopOrdinals(candidates);
        this.candidates = new int[candidates];
        this.refined = new float[candidates];
    }

    /** Replaces the products of a user with all items, where the bundle has more to say. */
    void refine(int user, float[] scores) {
        top.clear();
        top.offerAll(scores, scores.length);
        int count = top.drainInto(candidates);
        for (int i = 0; i < count; i++) {
            refined[i] = scores[candidates[i]];
        }
        if (count == 0 || !users.refine(user, candidates, refined, count)) {
            return;
        }
        float highestOther = scores[candidates[count - 1]];
        float least = Float.POSITIVE_INFINITY;
        for (int i = 0; i < count; i++) {
            least = Math.min(least, refined[i]);
        }
        for (int i = 0; i < count; i++) {
            scores[candidates[i]] = highestOther + (refined[i] - least);
        }
    }
}
