package io.millrace.data.parity;

import io.millrace.ranker.features.FeatureScope;

/**
 * A row that serving and training make otherwise, at the first value that differs.
 *
 * @param scope whose row
 * @param id of the user or item; of a context that of the user
 * @param field name of the feature
 * @param value which value of the feature: 0, or of a list 0 for its length and from 1 on its ids
 * @param loggedBits what serving has made of it
 * @param freshBits what training makes of it
 * @param answeredMs when the request was answered, milliseconds since 1970 UTC
 * @param correlationId the caller's number of the request
 */
public record ParityDifference(
        FeatureScope scope,
        long id,
        String field,
        int value,
        int loggedBits,
        int freshBits,
        long answeredMs,
        long correlationId) {}
