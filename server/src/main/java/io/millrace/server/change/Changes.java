package io.millrace.server.change;

/** Takes changes of what is served. */
@FunctionalInterface
public interface Changes {
    /**
     * Takes a change that was found sound; it is finished later, by another thread.
     *
     * @param change left alone by the caller from then on
     * @return false when it is not taken: too many wait, or the end has come
     */
    boolean submit(Change change);
}
