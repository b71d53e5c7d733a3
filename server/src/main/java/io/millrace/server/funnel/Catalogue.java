package io.millrace.server.funnel;

import io.millrace.core.wire.codec.FormCode;
import io.millrace.ranker.features.ContextSource;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureKind;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RawForm;
import io.millrace.server.config.ServerConfig.LimitsConfig;
import io.millrace.server.request.RequestLimits;

import java.util.ArrayList;
import java.util.List;

/**
 * What a funnel can be asked for.
 *
 * @param fingerprint of the bundle behind it
 * @param items how many items there are
 * @param users how many users are known
 * @param dimension floats of a search vector
 * @param sampleUsers some known users, spread over all
 * @param sampleItems some known items, spread over all
 * @param sampleFilters filters that some items meet; none where requests can't filter
 * @param contextFields what the context of a request may name, by number
 * @param columns what features of its candidates a rank request may bring, and a change of an item
 * @param userColumns what features a change of a user may bring
 */
public record Catalogue(
        long fingerprint,
        long items,
        long users,
        int dimension,
        List<Long> sampleUsers,
        List<Long> sampleItems,
        List<String> sampleFilters,
        List<ContextField> contextFields,
        List<Column> columns,
        List<Column> userColumns) {
    /** The most ids in each sample. */
    public static final int MAX_SAMPLES = 4_096;

    /** Copies the lists. */
    public Catalogue {
        sampleUsers = List.copyOf(sampleUsers);
        sampleItems = List.copyOf(sampleItems);
        sampleFilters = List.copyOf(sampleFilters);
        contextFields = List.copyOf(contextFields);
        columns = List.copyOf(columns);
        userColumns = List.copyOf(userColumns);
    }

    /**
     * What requests may hold that ask for it.
     *
     * @param limits of the server
     * @return the limits of a request
     */
    public RequestLimits requestLimits(LimitsConfig limits) {
        return new RequestLimits(
                limits.k(),
                limits.excluded(),
                limits.events(),
                limits.candidates(),
                mostColumns(),
                limits.columnBytes(),
                contextFields.size(),
                dimension);
    }

    /**
     * How many columns any request may bring.
     *
     * @return the most
     */
    public int mostColumns() {
        return Math.max(mostOf(columns), mostOf(userColumns));
    }

    private static int mostOf(List<Column> columns) {
        return columns.stream().mapToInt(Column::maxValues).sum();
    }

    /** What the context of a request may name by a schema. */
    public static List<ContextField> contextFields(FeatureSchema schema) {
        List<ContextField> contextFields = new ArrayList<>();
        for (FeatureField field : schema.fields(FeatureScope.CONTEXT)) {
            boolean isDerived = field.source() != ContextSource.REQUEST;
            contextFields.add(
                    new ContextField(
                            field.name(),
                            isDerived ? 0 : field.cardinality() - FeatureField.FIRST));
        }
        return contextFields;
    }

    /** What features a request may bring by a schema; histories follow from feedback. */
    public static List<Column> columns(FeatureSchema schema, FeatureScope scope) {
        List<Column> columns = new ArrayList<>();
        for (FeatureField field : schema.fields(scope)) {
            RawForm form = RawForm.of(schema, field);
            boolean isRaw = form == RawForm.NUMBER || form == RawForm.TEXT;
            if (isRaw && field.kind() != FeatureKind.SEQUENCE) {
                columns.add(
                        new Column(
                                field.name(),
                                form == RawForm.NUMBER ? FormCode.NUMBERS : FormCode.TEXTS,
                                field.maxValues()));
            }
        }
        return columns;
    }

    /**
     * A field of the context.
     *
     * @param name as in the feature schema
     * @param codes raw codes are 0 to codes - 1; 0 for a field that is derived from the time
     */
    public record ContextField(String name, int codes) {}

    /**
     * A feature of candidates.
     *
     * @param name as in the feature schema
     * @param form in which form its values come
     * @param maxValues how often the column may come: above 1 for tags
     */
    public record Column(String name, FormCode form, int maxValues) {}
}
