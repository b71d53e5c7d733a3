package io.millrace.server.change;

/** Takes changes of what is served. */
@FunctionalInterface
public interface Changes {
    /**
     * Takes a change that was found sound; it is finished later, by another thread.
     *
     * @param change left alone by the caller from then on
     * @return false when it is not taken: its answer says why, or else too many wait, or the end
     *     has come
     */
    boolean submit(Change change);

    /**
     * What the changes come to that were made so far, in this run and before.
     *
     * @param after the last sequence that the caller has; 0 for none
     * @param known what is to be told of, all else is left out
     * @return those behind it, or all of them where they can't be told apart any more
     */
    default MadeChanges made(long after, KnownColumns known) {
        return MadeChanges.NONE;
    }
}
