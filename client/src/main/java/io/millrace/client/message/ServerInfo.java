package io.millrace.client.message;

import java.util.List;

/**
 * What a server serves. The arrays belong to whoever holds the record.
 *
 * @param version of the server.
 * @param protocolVersion the newest version of the protocol it understands.
 * @param items in the catalogue.
 * @param users known.
 * @param dimension floats in the vector of a search.
 * @param maxK the largest k it answers.
 * @param fingerprint of the bundle.
 * @param sampleUsers ids of known users, spread over all.
 * @param sampleItems ids of known items, spread over all.
 * @param contextFields what the context of a request may name; the place in this list is the
 *     field's number.
 */
@SuppressWarnings("ArrayRecordComponent") // Read at once by whoever asked, compared by nobody.
public record ServerInfo(
        String version,
        int protocolVersion,
        long items,
        long users,
        int dimension,
        int maxK,
        long fingerprint,
        long[] sampleUsers,
        long[] sampleItems,
        List<ContextField> contextFields) {}
