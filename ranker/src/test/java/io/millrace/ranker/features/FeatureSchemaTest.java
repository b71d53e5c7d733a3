package io.millrace.ranker.features;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

final class FeatureSchemaTest {
    /** FNV-1a of the text, mixed by SplitMix64, modulo 1,000, after the two reserved ids. */
    private static final int GOLDEN_ID = 659;

    @TempDir private Path folder;

    @Test
    void shouldReadBackTheSameBytesWhenWritten() throws IOException {
        Path first = folder.resolve("schema.json");
        Path second = folder.resolve("again.json");
        Schemas.small().write(first);
        FeatureSchema read = FeatureSchema.read(first);
        read.write(second);
        assertArrayEquals(Files.readAllBytes(first), Files.readAllBytes(second));
        assertEquals(Schemas.small().fields(), read.fields());
        assertEquals(Schemas.small().fingerprint(), read.fingerprint());
        assertEquals(3, read.field("gender").cardinality() - 1);
        assertEquals(Map.of("creator", 12, "day", 9, "gender", 4), first3(read));
    }

    @Test
    void shouldChangeTheFingerprintWhenAnythingChanges() {
        FeatureSchema small = Schemas.small();
        List<FeatureField> swapped = new ArrayList<>(small.fields());
        Collections.swap(swapped, 0, 1);
        List<FeatureField> scaled = new ArrayList<>(small.fields());
        scaled.set(1, FeatureField.numeric(FeatureScope.USER, "age", 31, 9.0001f));
        Map<String, Vocabulary> renamed =
                Map.of(
                        "gender", new Vocabulary(List.of("male", "female")),
                        "tag", new Vocabulary(List.of("a", "b", "c", "d")));
        assertNotEquals(small.fingerprint(), with(swapped, small.vocabularies()).fingerprint());
        assertNotEquals(small.fingerprint(), with(scaled, small.vocabularies()).fingerprint());
        assertNotEquals(small.fingerprint(), with(small.fields(), renamed).fingerprint());
        assertEquals(small.fingerprint(), with(small.fields(), small.vocabularies()).fingerprint());
    }

    @Test
    void shouldKeepTheLayoutWhenOnlyStatisticsChange() {
        FeatureSchema small = Schemas.small();
        List<FeatureField> scaled = new ArrayList<>(small.fields());
        scaled.set(1, FeatureField.numeric(FeatureScope.USER, "age", 1, 2));
        FeatureSchema other = with(scaled, small.vocabularies());
        assertEquals(
                small.layout(FeatureScope.USER).fingerprint(),
                other.layout(FeatureScope.USER).fingerprint());
        List<FeatureField> swapped = new ArrayList<>(small.fields());
        Collections.swap(swapped, 0, 1);
        assertNotEquals(
                small.layout(FeatureScope.USER).fingerprint(),
                with(swapped, small.vocabularies()).layout(FeatureScope.USER).fingerprint());
    }

    @Test
    void shouldSayWhichWhenAFieldIsNotThere() {
        FeatureSchema small = Schemas.small();
        assertTrue(small.hasField("tag"));
        assertFalse(small.hasField("tags"));
        MillraceException e = assertThrows(MillraceException.class, () -> small.field("tags"));
        assertEquals(ErrorCode.MISMATCH, e.code());
        assertTrue(e.getMessage().contains("field=tags"), e.getMessage());
        assertThrows(
                MillraceException.class,
                () -> small.layout(FeatureScope.USER).slotOf(small.field("tag")));
    }

    /** Each line replaces a part of the good file and names what the message must contain. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"name\" : \"creator\" | \"name\" : \"gender\" | declared twice: field=gender",
                "\"cardinality\" : 12 | \"cardinality\" : 1 | cardinality=1",
                "\"cardinality\" : 12 | \"cardinality\" : null | cardinality",
                "\"cardinality\" : 12 | \"cardinalty\" : 12 | cardinality",
                "\"cardinality\" : 12 | \"cardinality\" : 12, \"weight\" : 1 | weight",
                "\"name\" : \"watched\" | \"naem\" : \"watched\" | key=name",
                "\"kind\" : \"TAGS\" | \"kind\" : \"TAG\" | TAG",
                "\"kind\" : \"TAGS\" | \"kind\" : null | key=kind, field=tag",
                "\"scope\" : \"ITEM\" | \"scope\" : null | key=scope",
                "\"maxValues\" : 5 | \"maxValues\" : 2000 | maxValues=2000, limit=1024",
                "\"maxValues\" : 5 | \"maxValues\" : 0 | maxValues=0",
                "\"table\" : \"creator\" | \"table\" : \"item\" | table=item",
                "\"table\" : \"creator\" | \"table\" : \"\" | field=creator",
                "\"standardDeviation\" : 9.0 | \"standardDeviation\" : 0.0 | field=age",
                "\"standardDeviation\" : 9.0 | \"standardDeviation\" : -1.0 | field=age",
                "\"servingDefault\" : 0 | \"servingDefault\" : 10 | servingDefault=10, codes=10",
                "\"servingDefault\" : 0 | \"servingDefault\" : -2 | servingDefault=-2",
                "\"cardinality\" : 26 | \"cardinality\" : 25 | source=HOUR_OF_DAY",
                "\"format\" : 1 | \"format\" : 2 | format=2, known=1",
                "\"utcOffsetMinutes\" : 480 | \"utcOffsetMinutes\" : 4800 | utcOffsetMinutes=4800",
                "\"female\" | \"male\" | value=male",
                "\"encoding\" : \"PLAIN\" | \"encoding\" : \"LOG\" | encoding=LOG",
                "\"encoding\" : \"PLAIN\" | \"encoding\" : \"HASHED\" | encoding=HASHED",
                "\"encoding\" : \"PLAIN\" | \"encoding\" : \"ROOT\" | ROOT",
                "\"female\", | `` | field=gender, cardinality=4, vocabulary=3",
            })
    void shouldSayWhatIsWrongWhenTheFileIsBad(String from, String to, String expected)
            throws IOException {
        Path path = folder.resolve("schema.json");
        Schemas.small().write(path);
        String good = Files.readString(path);
        assertTrue(good.contains(from), good);
        Files.writeString(path, good.replace(from, to));
        MillraceException e = assertThrows(MillraceException.class, () -> FeatureSchema.read(path));
        assertTrue(e.getMessage().contains(expected), e.getMessage());
        assertTrue(e.getMessage().contains("schema.json"), e.getMessage());
        assertEquals(1, e.getMessage().lines().count());
    }

    @Test
    void shouldRefuseWhenAKeyOfTheSchemaIsMissing() throws IOException {
        Path path = folder.resolve("schema.json");
        Files.writeString(path, "{\"format\": 1, \"name\": \"x\", \"utcOffsetMinutes\": 0}");
        MillraceException e = assertThrows(MillraceException.class, () -> FeatureSchema.read(path));
        assertTrue(e.getMessage().contains("fields"), e.getMessage());
    }

    /** Schemas of before there were encodings. */
    @Test
    void shouldTakeValuesAsTheyAreWhenNoEncodingIsNamed() throws IOException {
        Path path = folder.resolve("schema.json");
        Schemas.small().write(path);
        String old = Files.readString(path).replaceAll(",\\s*\"encoding\" : \"PLAIN\"", "");
        assertFalse(old.contains("encoding"), old);
        Files.writeString(path, old);
        assertEquals(Schemas.small().fields(), FeatureSchema.read(path).fields());
    }

    @Test
    void shouldGiveIdsOfTextsByVocabularyOrHash() {
        FeatureField hashed =
                FeatureField.categorical(FeatureScope.ITEM, "advertiser", 1_002)
                        .withEncoding(ValueEncoding.HASHED);
        List<FeatureField> fields = new ArrayList<>(Schemas.small().fields());
        fields.add(hashed);
        FeatureSchema schema = with(fields, Schemas.small().vocabularies());
        assertEquals(3, schema.idOf(schema.field("gender"), "male"));
        assertEquals(FeatureField.UNSEEN, schema.idOf(schema.field("gender"), "other"));
        assertEquals(FeatureField.MISSING, schema.idOf(schema.field("gender"), ""));
        assertThrows(
                MillraceException.class, () -> schema.idOf(schema.field("creator"), "someone"));
        assertEquals(FeatureField.MISSING, schema.idOf(hashed, ""));
        boolean[] taken = new boolean[1_002];
        int different = 0;
        for (int i = 0; i < 500; i++) {
            int id = schema.idOf(hashed, String.format("%08x", i * 2_654_435_761L));
            different += taken[id] ? 0 : 1;
            taken[id] = true;
        }
        assertFalse(taken[FeatureField.MISSING] || taken[FeatureField.UNSEEN]);
        // 500 balls in 1,000 bins take 1000 * (1 - e^-0.5) = 393 of them, give or take 10.
        assertTrue(different > 350 && different < 440, "different ids: " + different);
        assertEquals(GOLDEN_ID, schema.idOf(hashed, "68fd1e64"), "ids are part of the format");
    }

    @Test
    void shouldEncodeNumbersWithTheirSign() {
        assertEquals(-3.5f, ValueEncoding.PLAIN.encode(-3.5));
        assertEquals((float) Math.log(8), ValueEncoding.LOG.encode(7), 1e-6);
        assertEquals((float) -Math.log(4), ValueEncoding.LOG.encode(-3), 1e-6);
        assertEquals(0, ValueEncoding.LOG.encode(0));
        assertTrue(Float.isNaN(ValueEncoding.LOG.encode(Double.NaN)));
    }

    @Test
    void shouldTellLayoutsOfOtherEncodingsApart() {
        FeatureSchema small = Schemas.small();
        List<FeatureField> fields = new ArrayList<>(small.fields());
        int creator = small.fields().indexOf(small.field("creator"));
        fields.set(creator, fields.get(creator).withEncoding(ValueEncoding.HASHED));
        assertNotEquals(
                small.layout(FeatureScope.ITEM).fingerprint(),
                with(fields, small.vocabularies()).layout(FeatureScope.ITEM).fingerprint());
        fields.set(0, fields.get(0).withEncoding(ValueEncoding.HASHED));
        assertThrows(MillraceException.class, () -> with(fields, small.vocabularies()));
    }

    private static Map<String, Integer> first3(FeatureSchema schema) {
        return schema.tables().headMap("hour");
    }

    private static FeatureSchema with(
            List<FeatureField> fields, Map<String, Vocabulary> vocabularies) {
        return new FeatureSchema(
                FeatureSchema.FORMAT, "small", Schemas.CHINA_MINUTES, fields, vocabularies);
    }
}
