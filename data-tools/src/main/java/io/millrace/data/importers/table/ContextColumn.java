package io.millrace.data.importers.table;

import io.millrace.ranker.features.Vocabulary;

/**
 * A category of the moment of an event, as the source tells it.
 *
 * <p>Threading: one thread.
 */
public final class ContextColumn {
    private final String name;
    private final ValueCodes texts;

    /**
     * A column without values.
     *
     * @param name name of the feature.
     * @param rule which values make the vocabulary.
     */
    public ContextColumn(String name, VocabularyRule rule) {
        this.name = name;
        this.texts = new ValueCodes(name, rule);
    }

    /**
     * Code of a value, for {@link EventColumns#add}.
     *
     * @param text as the source has it; empty is missing.
     * @return the code, below 0 where missing.
     */
    public int codeOf(String text) {
        return texts.codeOf(text);
    }

    /**
     * Name of the feature.
     *
     * @return unique among those of the data set.
     */
    public String name() {
        return name;
    }

    Vocabulary vocabulary() {
        return texts.vocabulary();
    }

    /** The raw codes of the data set, by those of {@link #codeOf}. */
    int[] places() {
        return texts.places();
    }
}
