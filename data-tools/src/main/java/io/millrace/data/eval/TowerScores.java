package io.millrace.data.eval;

import io.millrace.data.bundle.UserVectors;
import io.millrace.data.retrieve.ItemScores;
import io.millrace.index.HnswIndex;

/** By the inner product with the vectors of an index, for one user at a time. */
final class TowerScores implements ItemScores {
    private final UserVectors users;
    private final ExactScores exact;
    private final float[][] query;

    TowerScores(UserVectors users, HnswIndex index) {
        this.users = users;
        this.exact = new ExactScores(index);
        this.query = new float[1][index.dimension()];
    }

    @Override
    public void scoreInto(int user, float[] scores) {
        users.embedInto(user, query[0]);
        exact.score(query, 1);
        System.arraycopy(exact.scores(0), 0, scores, 0, scores.length);
    }
}
