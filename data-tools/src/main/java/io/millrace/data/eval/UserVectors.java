package io.millrace.data.eval;

/**
 * The query vectors of users.
 *
 * <p>Threading: one thread.
 */
interface UserVectors {
    /**
     * Embeds a user as serving does.
     *
     * @param user row of the user.
     * @param vector where the vector goes.
     */
    void embedInto(int user, float[] vector);
}
