package io.millrace.ranker.features;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;

import io.millrace.core.HotPath;
import io.millrace.core.error.MillraceException;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The raw values of a categorical field or of tags, in the order of their ids from {@link
 * FeatureField#FIRST} on, and how often each was met in training where that was counted.
 *
 * <p>In a file it is a list of the values, or an object with the keys {@code values}, {@code
 * counts} and {@code unseen}.
 *
 * <p>Threading: immutable.
 */
public final class Vocabulary {
    private final List<String> values;
    private final @Nullable VocabularyCounts counts;
    private final TextIndex index;

    /**
     * A vocabulary whose values were not counted.
     *
     * @param values raw values, all different; the first has id 2.
     */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public Vocabulary(List<String> values) {
        this(values, null);
    }

    private Vocabulary(List<String> values, @Nullable VocabularyCounts counts) {
        this.values = List.copyOf(values);
        this.counts = counts;
        this.index = new TextIndex(this.values);
        int twice = index.firstTwice();
        if (twice != TextIndex.NOT_FOUND) {
            throw MillraceException.badInput(
                    "value twice in a vocabulary: value=%s; remove one of them",
                    this.values.get(twice));
        }
        if (counts != null && counts.ofValues().size() != this.values.size()) {
            throw MillraceException.badInput(
                    "values and counts of a vocabulary differ in number: values=%d, counts=%d;"
                            + " give each value a count",
                    this.values.size(), counts.ofValues().size());
        }
    }

    /** As it stands in a file that has counts. */
    @JsonCreator(mode = JsonCreator.Mode.PROPERTIES)
    static Vocabulary counted(
            @JsonProperty(value = "values", required = true) List<String> values,
            @JsonProperty(value = "counts", required = true) List<Long> counts,
            @JsonProperty(value = "unseen", required = true) long unseen) {
        return new Vocabulary(values, new VocabularyCounts(counts, unseen));
    }

    /**
     * The same values with counts.
     *
     * @param newCounts how often each was met.
     * @return a copy.
     * @throws MillraceException BAD_INPUT when they are not as many as the values.
     */
    public Vocabulary withCounts(VocabularyCounts newCounts) {
        return new Vocabulary(values, newCounts);
    }

    /** What a file holds of it. */
    @JsonValue
    Object json() {
        return counts == null ? values : new Counted(values, counts.ofValues(), counts.unseen());
    }

    private record Counted(List<String> values, List<Long> counts, long unseen) {}

    /**
     * The raw values in the order of their ids.
     *
     * @return immutable list.
     */
    public List<String> values() {
        return values;
    }

    /**
     * How often each value was met in training.
     *
     * @return the counts, or null where nobody counted.
     */
    public @Nullable VocabularyCounts counts() {
        return counts;
    }

    /**
     * Count of ids, the two reserved ones included.
     *
     * @return what a field with this vocabulary declares.
     */
    public int cardinality() {
        return values.size() + FeatureField.FIRST;
    }

    /**
     * Id of a raw value.
     *
     * @param value raw value; empty is missing.
     * @return its id, {@link FeatureField#MISSING} or {@link FeatureField#UNSEEN}.
     */
    public int idOf(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        return idOfUtf8(new UnsafeBuffer(utf8), 0, utf8.length);
    }

    /** Id of a raw value in UTF-8; one without bytes is missing. Allocation: none. */
    @HotPath
    int idOfUtf8(DirectBuffer value, int offset, int length) {
        if (length == 0) {
            return FeatureField.MISSING;
        }
        int place = index.placeOf(value, offset, length);
        return place == TextIndex.NOT_FOUND ? FeatureField.UNSEEN : FeatureField.FIRST + place;
    }
}
