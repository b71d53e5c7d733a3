package io.millrace.data.importers.table;

import io.millrace.core.error.MillraceException;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.Vocabulary;

import org.jspecify.annotations.Nullable;

/**
 * A category of the moment of an event, as the source tells it.
 *
 * <p>Threading: one thread.
 */
public final class ContextColumn {
    private static final int MISSING_CODE = -1;

    private final String name;
    private final ValueCodes texts;
    private final @Nullable String servedAs;

    /**
     * A column without values.
     *
     * @param name name of the feature.
     * @param rule which values make the vocabulary.
     * @param servedAs the value that a request has which says nothing of it; null for none, so that
     *     it is missing.
     */
    public ContextColumn(String name, VocabularyRule rule, @Nullable String servedAs) {
        this.name = name;
        this.texts = new ValueCodes(name, rule);
        this.servedAs = servedAs;
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

    /**
     * The raw code that requests have which say nothing of it.
     *
     * @return below 0 where it is missing then.
     * @throws MillraceException BAD_INPUT when no event has that value, so nothing is learnt of it.
     */
    int servingDefault() {
        if (servedAs == null) {
            return MISSING_CODE;
        }
        int code = vocabulary().idOf(servedAs) - FeatureField.FIRST;
        if (code < 0) {
            throw MillraceException.badInput(
                    "no event has what is to be served: name=%s, servedAs=%s; choose a value of"
                            + " the column",
                    name, servedAs);
        }
        return code;
    }

    /** The raw codes of the data set, by those of {@link #codeOf}. */
    int[] places() {
        return texts.places();
    }
}
