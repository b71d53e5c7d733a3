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

    UserVectors(RowTable users, RetrievalModel retrieval) {
        this.users = users;
        this.embedding = retrieval.newQueryEmbedding();
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
}
