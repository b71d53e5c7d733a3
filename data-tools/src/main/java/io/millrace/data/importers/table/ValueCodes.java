package io.millrace.data.importers.table;

import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.Vocabulary;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Texts as codes in the order they were met, so that a column holds a number for each value. */
final class ValueCodes {
    /** Code of a missing value. */
    static final int NONE = -1;

    private final Map<String, Integer> codes = new HashMap<>();
    private final List<String> texts = new ArrayList<>();

    /** Code of a text; an empty one is missing. */
    int codeOf(String text) {
        if (text.isEmpty()) {
            return NONE;
        }
        Integer code = codes.putIfAbsent(text, texts.size());
        if (code == null) {
            texts.add(text);
            return texts.size() - 1;
        }
        return code;
    }

    String text(int code) {
        return texts.get(code);
    }

    /** All texts, sorted, so that ids do not depend on the order of the rows. */
    Vocabulary vocabulary() {
        return new Vocabulary(texts.stream().sorted().toList());
    }

    /** Where each code's text stands in the vocabulary, from 0. */
    int[] places() {
        Vocabulary vocabulary = vocabulary();
        int[] places = new int[texts.size()];
        Arrays.setAll(places, code -> vocabulary.idOf(text(code)) - FeatureField.FIRST);
        return places;
    }
}
