package io.millrace.data.eval;

/**
 * What every item is worth to a user.
 *
 * <p>Threading: any thread.
 */
interface ItemWorth {
    /** Name of this truth, for people. */
    String name();

    /**
     * Says what all items are worth.
     *
     * @param user row of the user.
     * @param gains one number from 0 for each item.
     */
    void fill(int user, float[] gains);
}
