package io.millrace.loadgen.plan;

/**
 * What the requests of a load ask for, or change, each known by a place.
 *
 * <p>Threading: one thread. Allocation: none.
 */
public interface Requests {
    /** What a request asks for, or changes. */
    RequestType type(int request);

    /** The place of the vector of a search, the user of feedback, else who or what it is about. */
    long id(int request);

    /** The item that feedback is about. */
    long itemId(int request);

    /**
     * A number, not negative, that says which candidates, features, filter or event a request has.
     */
    int variant(int request);
}
