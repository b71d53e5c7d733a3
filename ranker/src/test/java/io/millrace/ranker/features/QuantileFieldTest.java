package io.millrace.ranker.features;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.random.SplitRandom;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

final class QuantileFieldTest {
    private static final List<Float> BOUNDS = List.of(-1.5f, 0f, 2.5f, 1e6f);
    private static final FeatureField PRICE =
            FeatureField.quantiles(FeatureScope.ITEM, "price", BOUNDS);

    @TempDir private Path folder;

    @Test
    void shouldBeginABucketAtItsBound() {
        assertEquals(FeatureField.FIRST, PRICE.bucketId(Double.NEGATIVE_INFINITY));
        assertEquals(FeatureField.FIRST, PRICE.bucketId(-1.6));
        assertEquals(FeatureField.FIRST + 1, PRICE.bucketId(-1.5));
        assertEquals(FeatureField.FIRST + 2, PRICE.bucketId(-0.0), "minus zero is zero");
        assertEquals(FeatureField.FIRST + 3, PRICE.bucketId(2.5));
        assertEquals(PRICE.cardinality() - 1, PRICE.bucketId(1e30));
        assertEquals(FeatureField.MISSING, PRICE.bucketId(Double.NaN));
    }

    @Test
    void shouldCountTheBoundsNotAboveWhenAnyNumberOfThem() {
        SplitRandom random = new SplitRandom(31);
        for (int count = 0; count < 40; count++) {
            List<Float> bounds = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                bounds.add(i + random.nextFloat() - count / 2f);
            }
            FeatureField field = FeatureField.quantiles(FeatureScope.USER, "x", bounds);
            for (int round = 0; round < 200; round++) {
                float value =
                        count > 0 && round % 3 == 0
                                ? bounds.get(random.nextInt(count))
                                : (random.nextFloat() - 0.5f) * (count + 2);
                int expected = FeatureField.FIRST;
                for (float bound : bounds) {
                    expected += bound <= value ? 1 : 0;
                }
                assertEquals(expected, field.bucketId(value));
            }
        }
    }

    @Test
    void shouldGiveTextsTheIdsOfTheirNumbersWhenReadBack() {
        Path path = folder.resolve("schema.json");
        schema(PRICE).write(path);
        FeatureSchema schema = FeatureSchema.read(path);
        FeatureField field = schema.field("price");
        assertEquals(PRICE, field);
        assertEquals(FeatureField.FIRST + 2, schema.idOf(field, "2.4999"));
        assertEquals(FeatureField.MISSING, schema.idOf(field, ""));
        MillraceException e =
                assertThrows(MillraceException.class, () -> schema.idOf(field, "cheap"));
        assertEquals(ErrorCode.BAD_INPUT, e.code());
        assertTrue(e.getMessage().contains("field=price, value=cheap"), e.getMessage());
    }

    /** Rows of other bounds hold other buckets. */
    @Test
    void shouldTellRowsOfOtherBoundsApart() {
        FeatureField other =
                FeatureField.quantiles(FeatureScope.ITEM, "price", List.of(-1f, 0f, 2.5f, 1e6f));
        assertNotEquals(
                schema(PRICE).layout(FeatureScope.ITEM).fingerprint(),
                schema(other).layout(FeatureScope.ITEM).fingerprint());
    }

    /** Each line replaces a part of the good file and names what the message must contain. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "0.0, 2.5 | 2.5, 0.0 | field=price, index=2, bound=0.0",
                "0.0, 2.5 | 2.5, 2.5 | index=2, bound=2.5",
                "0.0, 2.5 | 2.5 | bounds=3, expected=4",
                "\"cardinality\" : 7 | \"cardinality\" : 8 | bounds=4, expected=5",
                "\"QUANTILES\" | \"HASHED\" | encoding=HASHED, bounds=4, expected=0",
                "\"CATEGORICAL\" | \"TAGS\" | kind=TAGS, encoding=QUANTILES",
                "1000000.0 | 1e39 | bound=Infinity",
            })
    void shouldSayWhatIsWrongWhenTheFileIsBad(String from, String to, String expected)
            throws IOException {
        Path path = folder.resolve("schema.json");
        schema(PRICE).write(path);
        String good = Files.readString(path);
        assertTrue(good.contains(from), good);
        Files.writeString(path, good.replace(from, to));
        MillraceException e = assertThrows(MillraceException.class, () -> FeatureSchema.read(path));
        assertTrue(e.getMessage().contains(expected), e.getMessage());
    }

    private static FeatureSchema schema(FeatureField field) {
        return new FeatureSchema(FeatureSchema.FORMAT, "x", 0, List.of(field), Map.of());
    }
}
