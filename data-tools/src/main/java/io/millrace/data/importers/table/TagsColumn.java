package io.millrace.data.importers.table;

import io.millrace.data.dataset.ItemAttributes;
import io.millrace.index.attributes.Column;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.features.Vocabulary;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/** Tags of users or items: a list of texts in one field, of which the first ones are kept. */
public final class TagsColumn extends FeatureColumn {
    private static final int[] NOTHING = {};

    private final Pattern separator;
    private final int maxTags;
    private final ValueCodes texts;
    private final List<int[]> codes = new ArrayList<>();

    /**
     * A column without values.
     *
     * @param name name of the feature.
     * @param separator between the tags of a field.
     * @param maxTags the most tags of a row; more are left out.
     * @param rule which tags make the vocabulary.
     */
    public TagsColumn(String name, String separator, int maxTags, VocabularyRule rule) {
        super(name);
        this.texts = new ValueCodes(name, rule);
        this.separator = Pattern.compile(Pattern.quote(separator));
        this.maxTags = maxTags;
    }

    @Override
    public void check(String text) {
        // Any text is a list of tags.
    }

    @Override
    public void set(int row, String text) {
        while (codes.size() <= row) {
            codes.add(NOTHING);
        }
        codes.set(
                row,
                separator
                        .splitAsStream(text)
                        .map(String::strip)
                        .filter(tag -> !tag.isEmpty())
                        .distinct()
                        .limit(maxTags)
                        .mapToInt(texts::codeOf)
                        .toArray());
    }

    @Override
    FeatureField field(FeatureScope scope) {
        int most = codes.stream().mapToInt(tags -> tags.length).max().orElse(0);
        return FeatureField.tags(
                scope, name(), texts.vocabulary().cardinality(), Math.max(1, most));
    }

    @Override
    Vocabulary vocabulary() {
        return texts.vocabulary();
    }

    @Override
    void write(Column attribute, int rows) {
        var tags = (io.millrace.index.attributes.TagsColumn) attribute;
        for (int row = 0; row < Math.min(rows, codes.size()); row++) {
            List<String> ofRow =
                    Arrays.stream(codes.get(row))
                            .mapToObj(texts::text)
                            .filter(ItemAttributes::isValue)
                            .toList();
            if (!ofRow.isEmpty()) {
                tags.set(row, ofRow);
            }
        }
    }

    @Override
    void write(RowTable.Builder rows, FeatureSchema schema, int row) {
        FeatureField field = schema.field(name());
        int[] tags = row < codes.size() ? codes.get(row) : NOTHING;
        int[] ids = Arrays.stream(tags).map(code -> schema.idOf(field, texts.text(code))).toArray();
        rows.values(field, ids, 0, ids.length);
    }
}
