package io.millrace.server.funnel;

import java.util.List;

/**
 * What a funnel can be asked for.
 *
 * @param fingerprint of the bundle behind it
 * @param items how many items there are
 * @param users how many users are known
 * @param dimension floats of a search vector
 * @param sampleUsers some known users, spread over all
 * @param sampleItems some known items, spread over all
 * @param contextFields what the context of a request may name, by number
 */
public record Catalogue(
        long fingerprint,
        long items,
        long users,
        int dimension,
        List<Long> sampleUsers,
        List<Long> sampleItems,
        List<ContextField> contextFields) {
    /** The most ids in each sample. */
    public static final int MAX_SAMPLES = 4_096;

    /** Copies the lists. */
    public Catalogue {
        sampleUsers = List.copyOf(sampleUsers);
        sampleItems = List.copyOf(sampleItems);
        contextFields = List.copyOf(contextFields);
    }

    /**
     * A field of the context.
     *
     * @param name as in the feature schema
     * @param codes raw codes are 0 to codes - 1; 0 for a field that is derived from the time
     */
    public record ContextField(String name, int codes) {}
}
