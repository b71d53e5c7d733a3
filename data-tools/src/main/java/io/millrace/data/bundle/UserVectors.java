package io.millrace.data.bundle;

import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.retrieval.QueryEmbedding;
import io.millrace.ranker.retrieval.RetrievalModel;

/**
 * The query vectors of users.
 *
 * <p>Threading: one thread.
 */
public final class UserVectors {
    private final RowTable users;
    private final QueryEmbedding embedding;
    private final float[] spare;

    UserVectors(RowTable users, RetrievalModel retrieval) {
        this.users = users;
        this.embedding = retrieval.newQueryEmbedding();
        this.spare = new float[retrieval.dimension()];
    }

    /**
     * Embeds a user as serving does.
     *
     * @param user row of the user.
     * @param vector where the vector goes; zeros for a user of whom nothing is known.
     */
    public void embedInto(int user, float[] vector) {
        embedding.embedInto(users.segment(), users.offset(user), vector);
    }

    /**
     * Scores what the index found for a user as serving does, by what no product of vectors says.
     *
     * @param user row of the user.
     * @param ordinals the items.
     * @param scores their products; replaced.
     * @param count how many.
     * @return whether scores were replaced.
     */
    public boolean refine(int user, int[] ordinals, float[] scores, int count) {
        embedInto(user, spare);
        return embedding.refine(ordinals, scores, count);
    }
}
