package io.millrace.ranker.features;

/** In which form the raw values of a field come. */
public enum RawForm {
    /** A number: as it is measured, or the id of a category whose vocabulary is not kept. */
    NUMBER,
    /** A text: a category or a tag. */
    TEXT,
    /** Texts or numbers with a weight each, for which {@link RowEncoder} has no form. */
    WEIGHTED,
    /** Not at all: the value follows from those of other fields. */
    DERIVED;

    /**
     * The form of a field's values.
     *
     * @param schema the declared features.
     * @param field one of them.
     * @return the form.
     */
    public static RawForm of(FeatureSchema schema, FeatureField field) {
        if (field.encoding() == ValueEncoding.CROSSED) {
            return DERIVED;
        }
        if (field.kind() == FeatureKind.WEIGHTED_TAGS) {
            return WEIGHTED;
        }
        boolean isText =
                field.encoding() == ValueEncoding.HASHED
                        || schema.vocabularies().containsKey(field.name());
        return isText ? TEXT : NUMBER;
    }
}
