package io.millrace.data.importers.kuairand;

import io.millrace.data.dataset.NumberScale;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.Vocabulary;

import java.util.Map;
import java.util.Objects;

/** How KuaiRand columns become declared features. */
final class KuaiRandFields {
    private KuaiRandFields() {}

    static FeatureField categorical(
            FeatureScope scope, String column, Map<String, Vocabulary> vocabularies) {
        Vocabulary vocabulary = Objects.requireNonNull(vocabularies.get(column), column);
        return FeatureField.categorical(scope, column, vocabulary.cardinality());
    }

    static int idOf(Map<String, Vocabulary> vocabularies, String column, String value) {
        Vocabulary vocabulary = Objects.requireNonNull(vocabularies.get(column), column);
        return vocabulary.idOf(value);
    }

    static FeatureField number(FeatureScope scope, String name, float[] values) {
        NumberScale scale = NumberScale.of(values);
        return FeatureField.numeric(scope, name, scale.mean(), scale.standardDeviation());
    }
}
