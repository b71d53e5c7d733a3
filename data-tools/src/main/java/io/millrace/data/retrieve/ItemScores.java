package io.millrace.data.retrieve;

/**
 * What a way of retrieval thinks of all items for a user.
 *
 * <p>Threading: one thread.
 */
public interface ItemScores {
    /**
     * Scores all items.
     *
     * @param user row of the user.
     * @param scores where the score of each ordinal goes; larger is better.
     */
    void scoreInto(int user, float[] scores);
}
