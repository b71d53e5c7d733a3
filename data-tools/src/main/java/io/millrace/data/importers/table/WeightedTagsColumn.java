package io.millrace.data.importers.table;

import io.millrace.data.importers.source.RejectedRow;
import io.millrace.index.attributes.Column;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.features.Vocabulary;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Tags of users or items with a weight each: a list of texts in one field, of which the first ones
 * are kept. A tag that says no weight weighs 1; one that is there twice weighs as much as both.
 */
public final class WeightedTagsColumn extends FeatureColumn {
    /** Between tag and weight where the text is put together and not read: no tag has it. */
    public static final String UNIT_SEPARATOR = "\u001f";

    /** So that sums stay finite. */
    private static final float MOST_WEIGHT = 1e30f;

    private final Pattern separator;
    private final String weightSeparator;
    private final int maxTags;
    private final ValueCodes texts;

    /** By row: codes of the tags, and their weights. */
    private final List<int[]> codes = new ArrayList<>();

    private final List<float[]> weights = new ArrayList<>();

    /**
     * A column without values.
     *
     * @param name name of the feature.
     * @param separator between the tags of a field.
     * @param weightSeparator between a tag and its weight; the last one counts.
     * @param maxTags the most tags of a row; more are left out.
     * @param rule which tags make the vocabulary.
     */
    public WeightedTagsColumn(
            String name,
            String separator,
            String weightSeparator,
            int maxTags,
            VocabularyRule rule) {
        super(name);
        this.texts = new ValueCodes(name, rule);
        this.separator = Pattern.compile(Pattern.quote(separator));
        this.weightSeparator = weightSeparator;
        this.maxTags = maxTags;
    }

    @Override
    public void check(String text) throws RejectedRow {
        for (String each : separator.split(text, -1)) {
            String weight = weightOf(each);
            NumberTexts.check("weight in " + name(), weight);
            double number = NumberTexts.parse(weight);
            if (!weight.isEmpty() && !(number >= 0 && number <= MOST_WEIGHT)) {
                throw new RejectedRow("weight in " + name() + " is not from 0 to 1e30: " + weight);
            }
        }
    }

    @Override
    public void set(int row, String text) {
        Map<String, Float> weightByTag = new LinkedHashMap<>();
        for (String each : separator.split(text, -1)) {
            String tag = tagOf(each);
            double weight = NumberTexts.parse(weightOf(each));
            if (!tag.isEmpty()) {
                weightByTag.merge(tag, Double.isNaN(weight) ? 1 : (float) weight, Float::sum);
            }
        }
        int count = Math.min(weightByTag.size(), maxTags);
        int[] ofTags = new int[count];
        float[] theirWeights = new float[count];
        Iterator<Map.Entry<String, Float>> each = weightByTag.entrySet().iterator();
        for (int i = 0; i < count; i++) {
            Map.Entry<String, Float> tag = each.next();
            ofTags[i] = texts.codeOf(tag.getKey());
            theirWeights[i] = tag.getValue();
        }
        while (codes.size() <= row) {
            codes.add(new int[0]);
            weights.add(new float[0]);
        }
        codes.set(row, ofTags);
        weights.set(row, theirWeights);
    }

    private String tagOf(String text) {
        int end = text.lastIndexOf(weightSeparator);
        return (end < 0 ? text : text.substring(0, end)).strip();
    }

    /** Empty where none is said. */
    private String weightOf(String text) {
        int end = text.lastIndexOf(weightSeparator);
        return end < 0 ? "" : text.substring(end + weightSeparator.length()).strip();
    }

    @Override
    FeatureField field(FeatureScope scope) {
        int most = codes.stream().mapToInt(tags -> tags.length).max().orElse(0);
        return FeatureField.weightedTags(
                scope, name(), texts.vocabulary().cardinality(), Math.max(1, most));
    }

    @Override
    Vocabulary vocabulary() {
        return texts.vocabulary();
    }

    @Override
    void write(Column attribute, int rows) {
        throw new IllegalStateException("tags with weights are no attribute: " + name());
    }

    @Override
    void write(RowTable.Builder builder, FeatureSchema schema, int row) {
        if (row >= codes.size()) {
            return;
        }
        FeatureField field = schema.field(name());
        int[] ids =
                Arrays.stream(codes.get(row))
                        .map(code -> schema.idOf(field, texts.text(code)))
                        .toArray();
        builder.weightedTags(field, ids, weights.get(row));
    }
}
