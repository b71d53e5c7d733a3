package io.millrace.ranker.features;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What a schema says of the pooling of sequences. */
final class SequencePoolingTest {
    private static final long GOLDEN = 0x596d14574a9df68bL;
    private static final int ITEMS = 12;
    private static final FeatureField PLAIN = FeatureField.itemSequence("watched", ITEMS, 5);
    private static final FeatureField ITEM_ID =
            FeatureField.categorical(FeatureScope.ITEM, "item_id", ITEMS, FeatureField.ITEM_TABLE);

    @TempDir private Path folder;

    @Test
    void shouldKeepBytesAndFingerprintWhenSequencesArePooled()
            throws IOException, URISyntaxException {
        Path again = folder.resolve("again.json");
        FeatureSchema schema = FeatureSchema.read(golden());
        schema.write(again);
        assertEquals(Files.readString(golden()), Files.readString(again));
        assertEquals(GOLDEN, schema.fingerprint());
        assertEquals(
                List.of(
                        PLAIN.withPooling(SequencePooling.recency(7.5f)),
                        FeatureField.itemSequence("liked", ITEMS, 5)
                                .withPooling(SequencePooling.ATTENTION),
                        ITEM_ID),
                schema.fields());
    }

    /** Rows mean the same; models trained for one don't fit the other. */
    @Test
    void shouldChangeTheSchemaButNotTheRowsWhenPoolingIsAnother() {
        FeatureSchema plain = schema(PLAIN);
        for (SequencePooling pooling :
                List.of(
                        SequencePooling.ATTENTION,
                        SequencePooling.recency(3),
                        SequencePooling.recency(4))) {
            FeatureSchema other = schema(PLAIN.withPooling(pooling));
            assertNotEquals(plain.fingerprint(), other.fingerprint());
            assertEquals(
                    plain.layout(FeatureScope.USER).fingerprint(),
                    other.layout(FeatureScope.USER).fingerprint());
        }
        assertNotEquals(
                schema(PLAIN.withPooling(SequencePooling.recency(3))).fingerprint(),
                schema(PLAIN.withPooling(SequencePooling.recency(4))).fingerprint());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"halfLife\" : 7.5 | \"halfLife\" : -1 | form=RECENCY, halfLife=-1.0; RECENCY"
                        + " needs",
                "\"halfLife\" : 7.5 | \"halfLife\" : 0 | form=RECENCY, halfLife=0.0; RECENCY needs",
                "\"RECENCY\" | \"ATTENTION\" | form=ATTENTION, halfLife=7.5; RECENCY needs",
                "\"form\" : \"RECENCY\", | | form=null, halfLife=7.5; RECENCY needs",
                "\"RECENCY\" | \"MEDIAN\" | MEDIAN",
                "\"ATTENTION\" | \"ATTENTION\", \"heads\" : 2 | heads"
            })
    void shouldSayWhatIsWrongWhenThePoolingIsBad(String from, String to, String expected)
            throws IOException, URISyntaxException {
        String good = Files.readString(golden()).replaceAll(",\\s+\"halfLife", ", \"halfLife");
        assertTrue(good.contains(from), from);
        Path path = folder.resolve("bad.json");
        Files.writeString(path, good.replace(from, to == null ? "" : to));
        MillraceException e = assertThrows(MillraceException.class, () -> FeatureSchema.read(path));
        assertEquals(ErrorCode.BAD_INPUT, e.code());
        assertTrue(e.getMessage().contains(expected), e.getMessage());
    }

    @Test
    void shouldRefuseWhenTheFieldIsNoSequence() {
        FeatureField tags = FeatureField.tags(FeatureScope.USER, "tags", 9, 3);
        MillraceException e =
                assertThrows(
                        MillraceException.class,
                        () -> tags.withPooling(SequencePooling.recency(2)));
        assertEquals(ErrorCode.BAD_INPUT, e.code());
        assertTrue(
                e.getMessage().contains("field=tags, scope=USER, kind=TAGS, pooling=RECENCY"),
                e.getMessage());
    }

    @Test
    void shouldRefuseWhenThereIsNoCandidateToAttendTo() {
        FeatureField attended = PLAIN.withPooling(SequencePooling.ATTENTION);
        for (List<FeatureField> fields :
                List.of(
                        List.of(attended),
                        List.of(attended, FeatureField.tags(FeatureScope.ITEM, "item", ITEMS, 3)),
                        List.of(
                                attended,
                                FeatureField.categorical(
                                        FeatureScope.USER, "last", ITEMS, "item")))) {
            MillraceException e =
                    assertThrows(
                            MillraceException.class,
                            () ->
                                    new FeatureSchema(
                                            FeatureSchema.FORMAT, "x", 0, fields, Map.of()));
            assertEquals(ErrorCode.BAD_INPUT, e.code());
            assertTrue(
                    e.getMessage().contains("no candidate to attend to: field=watched, table=item"),
                    e.getMessage());
        }
    }

    private static FeatureSchema schema(FeatureField sequence) {
        return new FeatureSchema(
                FeatureSchema.FORMAT, "pooled", 0, List.of(sequence, ITEM_ID), Map.of());
    }

    private Path golden() throws URISyntaxException {
        return Path.of(
                Objects.requireNonNull(
                                getClass().getResource("schema-1-pooling.json"),
                                "schema-1-pooling.json among the test resources")
                        .toURI());
    }
}
