package io.millrace.ranker.features;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

import io.millrace.core.HotPath;
import io.millrace.core.error.MillraceException;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The raw values of a categorical field or of tags, in the order of their ids from {@link
 * FeatureField#FIRST} on.
 *
 * <p>Threading: immutable.
 */
public final class Vocabulary {
    private final List<String> values;
    private final TextIndex index;

    /**
     * A vocabulary.
     *
     * @param values raw values, all different; the first has id 2.
     */
    @JsonCreator
    public Vocabulary(List<String> values) {
        this.values = List.copyOf(values);
        this.index = new TextIndex(this.values);
        int twice = index.firstTwice();
        if (twice != TextIndex.NOT_FOUND) {
            throw MillraceException.badInput(
                    "value twice in a vocabulary: value=%s; remove one of them",
                    this.values.get(twice));
        }
    }

    /**
     * The raw values in the order of their ids.
     *
     * @return immutable list.
     */
    @JsonValue
    public List<String> values() {
        return values;
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
