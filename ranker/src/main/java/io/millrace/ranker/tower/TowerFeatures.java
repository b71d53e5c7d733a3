package io.millrace.ranker.tower;

import io.millrace.core.error.MillraceException;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureKind;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.model.EmbeddingTable;
import io.millrace.ranker.model.EmbeddingTables;
import io.millrace.ranker.model.FeatureInput;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Which features the towers take, and which tables hold their embeddings. */
final class TowerFeatures {
    private final FeatureSchema schema;

    TowerFeatures(FeatureSchema schema) {
        this.schema = schema;
    }

    /** The item's own id, whose embeddings both towers share. */
    FeatureField itemId() {
        for (FeatureField field : schema.fields(FeatureScope.ITEM)) {
            if (field.table().equals(FeatureField.ITEM_TABLE)
                    && field.kind() == FeatureKind.CATEGORICAL) {
                return field;
            }
        }
        throw MillraceException.badInput(
                "the schema has no item id: schema=%s; add a categorical item feature of table %s",
                schema.name(), FeatureField.ITEM_TABLE);
    }

    /** Sizes of all tables. */
    SortedMap<String, EmbeddingTables.Size> tableSizes(TowerShape shape) {
        SortedMap<String, EmbeddingTables.Size> sizes = new TreeMap<>();
        sizes.put(
                FeatureField.ITEM_TABLE,
                new EmbeddingTables.Size(itemId().cardinality(), shape.dimension()));
        for (FeatureScope scope : List.of(FeatureScope.USER, FeatureScope.ITEM)) {
            for (FeatureField field : fields(scope)) {
                if (field.hasTable()) {
                    sizes.put(
                            field.table(),
                            new EmbeddingTables.Size(
                                    field.cardinality(), shape.featureDimension()));
                }
            }
        }
        return sizes;
    }

    /** What the tower of a scope takes behind the ids. */
    FeatureInput input(FeatureScope scope, EmbeddingTables embeddings) {
        List<FeatureField> fields = fields(scope);
        // A number has no table; the items' stands in its place and is never asked for.
        List<EmbeddingTable> tables =
                fields.stream()
                        .map(
                                field ->
                                        embeddings.table(
                                                field.hasTable()
                                                        ? field.table()
                                                        : FeatureField.ITEM_TABLE))
                        .toList();
        return new FeatureInput(schema.layout(scope), fields, tables);
    }

    private List<FeatureField> fields(FeatureScope scope) {
        List<FeatureField> fields = new ArrayList<>();
        for (FeatureField field : schema.fields(scope)) {
            boolean isId =
                    field.table().equals(FeatureField.ITEM_TABLE)
                            || field.table().equals(FeatureField.USER_TABLE);
            boolean isUserNumber =
                    scope == FeatureScope.USER && field.kind() == FeatureKind.NUMERIC;
            if (!isId && !isUserNumber && field.kind() != FeatureKind.SEQUENCE) {
                fields.add(field);
            }
        }
        return fields;
    }
}
