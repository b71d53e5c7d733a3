package io.millrace.data.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.data.dataset.DatasetLayout;
import io.millrace.data.dataset.DatasetWriter;
import io.millrace.data.dataset.EmptyCounters;
import io.millrace.data.dataset.InteractionTable;
import io.millrace.ranker.dcn.ValueFormula;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureRate;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowTable;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Data sets that a ranker alone can't be served for. What is built of others: ClickTrainingTest.
 */
final class RankerBundleBuilderTest {
    private static final FeatureField SIZE = FeatureField.categorical(FeatureScope.ITEM, "size", 4);
    private static final FeatureField CLICKS =
            FeatureField.rate(
                    "clicks_now",
                    new FeatureRate(FeatureRate.Event.CLICK, "size", 60, 0.5f, 20),
                    0.5f,
                    0.25f);
    private static final FeatureField AGE = FeatureField.numeric(FeatureScope.USER, "age", 1, 2);

    @TempDir private Path folder;

    @Test
    void shouldRefuseRatesWhichNothingIsCountedFor() {
        assertRefused(CLICKS, "a ranker alone is served without counters", "first=clicks_now");
    }

    @Test
    void shouldRefuseFeaturesOfUsersWhoAreNotThere() {
        assertRefused(AGE, "a ranker alone is served without users", "first=age");
    }

    /** It is the data set that is looked at first, so there need be no models. */
    private void assertRefused(FeatureField field, String reason, String first) {
        Path set = folder.resolve("set");
        write(set, field);
        Path bundle = folder.resolve("bundle");
        MillraceException e =
                assertThrows(
                        MillraceException.class,
                        () ->
                                RankerBundleBuilder.run(
                                        set, folder, bundle, ValueFormula.CLICK, false));
        assertEquals(ErrorCode.MISMATCH, e.code());
        assertTrue(e.getMessage().startsWith(reason), e.getMessage());
        assertTrue(e.getMessage().contains(first), e.getMessage());
        assertFalse(Files.exists(bundle));
    }

    /** Nothing but an item and a user, who were never brought together. */
    private static void write(Path set, FeatureField field) {
        FeatureSchema schema =
                new FeatureSchema(FeatureSchema.FORMAT, "alone", 0, List.of(SIZE, field), Map.of());
        try (DatasetWriter writer = DatasetWriter.create(set, false);
                RowTable users = oneRow(schema, FeatureScope.USER);
                RowTable items = oneRow(schema, FeatureScope.ITEM);
                InteractionTable.Builder events = InteractionTable.builder(0, schema)) {
            writer.writeSchema(schema);
            writer.writeRows(DatasetLayout.USERS, users);
            writer.writeRows(DatasetLayout.ITEMS, items);
            if (schema.hasRates()) {
                EmptyCounters.write(writer, schema, items);
            }
            writer.writeEvents(DatasetLayout.TRAIN, events);
            writer.writeEvents(DatasetLayout.TEST, events);
            writer.commit("alone", "test", new DatasetWriter.Counts(1, 1, 0, 0), null);
        }
    }

    private static RowTable oneRow(FeatureSchema schema, FeatureScope scope) {
        try (RowTable.Builder rows = RowTable.builder(schema.layout(scope), 1)) {
            rows.append(7);
            return rows.build();
        }
    }
}
