package io.millrace.ranker.features;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

import io.millrace.core.error.MillraceException;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The raw values of a categorical field or of tags, in the order of their ids from {@link
 * FeatureField#FIRST} on.
 *
 * <p>Threading: immutable.
 */
public final class Vocabulary {
    private final List<String> values;
    private final Map<String, Integer> ids;

    /**
     * A vocabulary.
     *
     * @param values raw values, all different; the first has id 2.
     */
    @JsonCreator
    public Vocabulary(List<String> values) {
        this.values = List.copyOf(values);
        this.ids = HashMap.newHashMap(values.size());
        for (int i = 0; i < values.size(); i++) {
            if (ids.put(values.get(i), i + FeatureField.FIRST) != null) {
                throw MillraceException.badInput(
                        "value twice in a vocabulary: value=%s; remove one of them", values.get(i));
            }
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
        if (value.isEmpty()) {
            return FeatureField.MISSING;
        }
        return ids.getOrDefault(value, FeatureField.UNSEEN);
    }
}
