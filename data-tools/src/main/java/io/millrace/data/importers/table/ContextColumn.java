package io.millrace.data.importers.table;

import io.millrace.ranker.features.Vocabulary;

/**
 * A category of the moment of an event, as the source tells it.
 *
 * <p>Threading: one thread.
 */
public final class ContextColumn {
    private final String name;
    private final ValueCodes texts = new ValueCodes();

    /**
     * A column without values.
     *
     * @param name name of the feature.
     */
    public ContextColumn(String name) {
        this.name = name;
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
