package io.millrace.server.request;

/**
 * What a request may hold.
 *
 * @param k the most answers
 * @param excluded the most excluded items
 * @param events the most events of feedback, and the most items of a fresh history
 * @param contextFields fields of the context
 * @param dimension floats of a search vector
 */
public record RequestLimits(int k, int excluded, int events, int contextFields, int dimension) {}
