package io.millrace.ranker.rerank;

import io.millrace.core.error.MillraceException;
import io.millrace.core.json.Json;
import io.millrace.ranker.features.FeatureSchema;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.List;

/**
 * How candidates become a slate; {@code rules.json} of a bundle.
 *
 * @param k how many items a request gets that asks for no number.
 * @param creatorField ITEM field that names an item's creator; empty for no cap.
 * @param creatorCap most items of one creator in a slate. Items whose creator is missing or unseen
 *     are not counted.
 * @param mmrLambda 1: relevance alone decides; 0: only difference does.
 * @param mmrPool how many of the best candidates compete; those behind it fill up by relevance.
 * @param duplicateCosine likeness from which two items count as the same; above 1 none do.
 * @param seenFields USER fields of the {@code item} table whose items are not shown again.
 * @param retrievalWeight how much the score of retrieval counts beside the ranker, see {@link
 *     Relevance}; 0: the ranker alone decides.
 */
public record RerankRules(
        int k,
        String creatorField,
        int creatorCap,
        float mmrLambda,
        int mmrPool,
        float duplicateCosine,
        List<String> seenFields,
        float retrievalWeight) {

    /** Largest slate and largest pool. */
    public static final int LIMIT = 4096;

    private static final float MOST_RETRIEVAL_WEIGHT = 10;
    private static final float DEFAULT_RETRIEVAL_WEIGHT = 0.3f;
    private static final String DEFAULT_CREATOR_FIELD = "creator";
    private static final List<String> DEFAULT_SEEN_FIELDS =
            List.of("watched", "long_watched", "liked");

    /** Validates. */
    public RerankRules {
        requireKey("creatorField", creatorField);
        requireKey("seenFields", seenFields);
        validateRange("k", k, 1, LIMIT);
        validateRange("creatorCap", creatorCap, 1, LIMIT);
        validateRange("mmrPool", mmrPool, 1, LIMIT);
        if (!(mmrLambda >= 0 && mmrLambda <= 1)) {
            throw MillraceException.badInput(
                    "rule out of range: mmrLambda=%s, limits=0..1; correct rules.json", mmrLambda);
        }
        if (!(duplicateCosine > 0 && duplicateCosine <= 2)) {
            throw MillraceException.badInput(
                    "rule out of range: duplicateCosine=%s, limits=above 0..2; correct rules.json,"
                            + " 2 turns it off",
                    duplicateCosine);
        }
        for (@Nullable String field : seenFields) {
            requireKey("seenFields", field);
        }
        if (!(retrievalWeight >= 0 && retrievalWeight <= MOST_RETRIEVAL_WEIGHT)) {
            throw MillraceException.badInput(
                    "rule out of range: retrievalWeight=%s, limits=0..%s; correct rules.json",
                    retrievalWeight, MOST_RETRIEVAL_WEIGHT);
        }
        seenFields = List.copyOf(seenFields);
    }

    /**
     * Rules that suit most feeds, for what a schema has: the creator cap only where items have a
     * field {@code creator}, the histories that users have.
     *
     * @param schema the schema of the bundle.
     * @return the rules.
     */
    public static RerankRules defaults(FeatureSchema schema) {
        return new RerankRules(
                10,
                schema.hasField(DEFAULT_CREATOR_FIELD) ? DEFAULT_CREATOR_FIELD : "",
                2,
                0.85f,
                100,
                0.999f,
                DEFAULT_SEEN_FIELDS.stream().filter(schema::hasField).toList(),
                DEFAULT_RETRIEVAL_WEIGHT);
    }

    /**
     * Reads {@code rules.json}.
     *
     * @param path the file.
     * @return the rules.
     * @throws MillraceException when it is missing, not JSON, has unknown keys or a value out of
     *     range.
     */
    public static RerankRules read(Path path) {
        return Json.read(path, RerankRules.class);
    }

    /**
     * Writes {@code rules.json}.
     *
     * @param path where to.
     */
    public void write(Path path) {
        Json.writeAtomically(path, this);
    }

    private static void requireKey(String key, @Nullable Object value) {
        if (value == null) {
            throw MillraceException.badInput(
                    "a rule is missing: key=%s; add it to rules.json", key);
        }
    }

    private static void validateRange(String key, int value, int least, int most) {
        if (value < least || value > most) {
            throw MillraceException.badInput(
                    "rule out of range: %s=%d, limits=%d..%d; correct rules.json",
                    key, value, least, most);
        }
    }
}
