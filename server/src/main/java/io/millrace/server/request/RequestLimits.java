package io.millrace.server.request;

/**
 * What a request may hold.
 *
 * @param k the most answers, but for rank requests
 * @param excluded the most excluded items
 * @param events the most events of feedback, and the most items of a fresh history
 * @param candidates the most candidates of a rank request, which may all be answers
 * @param columns the most columns of a request
 * @param columnBytes the most bytes of all of its columns, names and values
 * @param contextFields fields of the context
 * @param dimension floats of a search vector
 */
public record RequestLimits(
        int k,
        int excluded,
        int events,
        int candidates,
        int columns,
        int columnBytes,
        int contextFields,
        int dimension) {
    /**
     * The most items of an answer.
     *
     * @return what room is made for
     */
    public int answers() {
        return Math.max(k, candidates);
    }
}
