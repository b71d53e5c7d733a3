package io.millrace.data.importers.table;

import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.Vocabulary;

import org.agrona.collections.IntArrayList;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Texts as codes in the order they were met, so that a column holds a number for each value. */
final class ValueCodes {
    /** Code of a missing value. */
    static final int NONE = -1;

    private final String feature;
    private final VocabularyRule rule;
    private final Map<String, Integer> codes = new HashMap<>();
    private final List<String> texts = new ArrayList<>();
    private final IntArrayList counts = new IntArrayList(16, Integer.MIN_VALUE);

    /** No values yet of a feature. */
    ValueCodes(String feature, VocabularyRule rule) {
        this.feature = feature;
        this.rule = rule;
    }

    /** Code of a text; an empty one is missing. */
    int codeOf(String text) {
        if (text.isEmpty()) {
            return NONE;
        }
        Integer code = codes.putIfAbsent(text, texts.size());
        if (code == null) {
            texts.add(text);
            counts.addInt(1);
            return texts.size() - 1;
        }
        counts.setInt(code, counts.getInt(code) + 1);
        return code;
    }

    String text(int code) {
        return texts.get(code);
    }

    /** The texts that are met often enough, sorted: ids do not depend on the order of the rows. */
    Vocabulary vocabulary() {
        List<String> values = new ArrayList<>();
        for (int code = 0; code < texts.size(); code++) {
            if (counts.getInt(code) >= rule.leastCount()) {
                values.add(texts.get(code));
            }
        }
        rule.check(feature, values.size());
        values.sort(null);
        return new Vocabulary(values);
    }

    /** Where each code's text stands in the vocabulary, from 0; behind its end for rare texts. */
    int[] places() {
        Vocabulary vocabulary = vocabulary();
        int[] places = new int[texts.size()];
        int end = vocabulary.values().size();
        for (int code = 0; code < places.length; code++) {
            int id = vocabulary.idOf(text(code));
            places[code] = id == FeatureField.UNSEEN ? end : id - FeatureField.FIRST;
        }
        return places;
    }
}
