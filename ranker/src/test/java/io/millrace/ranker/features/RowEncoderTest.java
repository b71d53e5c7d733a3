package io.millrace.ranker.features;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.random.SplitRandom;
import io.millrace.ranker.AllocationProbe;
import io.millrace.ranker.features.RowEncoder.Outcome;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Rows of raw values that come one by one, beside rows as an import makes them. */
final class RowEncoderTest {
    private static final List<String> COLOURS = List.of("red", "grün", "青", "𝛼", "reddish");

    private static final FeatureSchema SCHEMA =
            new FeatureSchema(
                    FeatureSchema.FORMAT,
                    "raw",
                    0,
                    List.of(
                            FeatureField.crossed(
                                    FeatureScope.ITEM, "cross", List.of("site", "colour"), 50),
                            FeatureField.numeric(FeatureScope.ITEM, "count", 1, 2)
                                    .withEncoding(ValueEncoding.LOG),
                            FeatureField.numeric(FeatureScope.ITEM, "price", 1, 2),
                            FeatureField.quantiles(
                                    FeatureScope.ITEM, "age", List.of(-1f, 0.5f, 7f)),
                            FeatureField.categorical(FeatureScope.ITEM, "site", 1_002)
                                    .withEncoding(ValueEncoding.HASHED),
                            FeatureField.categorical(
                                    FeatureScope.ITEM, "colour", COLOURS.size() + 2),
                            FeatureField.categorical(FeatureScope.ITEM, "shop", 12),
                            FeatureField.tags(FeatureScope.ITEM, "tags", COLOURS.size() + 2, 3),
                            FeatureField.tags(FeatureScope.ITEM, "words", 102, 2)
                                    .withEncoding(ValueEncoding.HASHED)),
                    Map.of(
                            "colour", new Vocabulary(COLOURS),
                            "tags", new Vocabulary(COLOURS)));

    private static final RowLayout LAYOUT = SCHEMA.layout(FeatureScope.ITEM);

    private final RowEncoder encoder = new RowEncoder(SCHEMA, FeatureScope.ITEM);
    private final Arena arena = Arena.ofAuto();

    /** Not at the begin of the memory, which holds anything. */
    private final long offset = 64;

    private final MemorySegment memory = arena.allocate(offset + LAYOUT.rowBytes(), 64);

    private static FeatureField field(String name) {
        return SCHEMA.field(name);
    }

    private int indexOf(String name) {
        byte[] utf8 = ("->" + name).getBytes(StandardCharsets.UTF_8);
        return encoder.fieldOf(new UnsafeBuffer(utf8), 2, utf8.length - 2);
    }

    private Outcome putText(String name, String text) {
        return putText(name, text.getBytes(StandardCharsets.UTF_8));
    }

    private Outcome putText(String name, byte[] utf8) {
        UnsafeBuffer buffer = new UnsafeBuffer(new byte[utf8.length + 2]);
        buffer.putBytes(1, utf8);
        // What stands around the text is none of it.
        buffer.putByte(0, (byte) 0x80);
        buffer.putByte(utf8.length + 1, (byte) 0x80);
        return encoder.putText(indexOf(name), buffer, 1, utf8.length, memory, offset);
    }

    private Outcome putNumber(String name, double number) {
        return encoder.putNumber(indexOf(name), number, memory, offset);
    }

    private int id(String name) {
        return id(name, 0);
    }

    private int id(String name, int slot) {
        return memory.get(RowLayout.INT, offset + 4L * (LAYOUT.slotOf(field(name)) + slot));
    }

    @Test
    void shouldWriteTheRowsOfAnImportBitForBit() {
        for (int round = 0; round < 500; round++) {
            SplitRandom random = SplitRandom.forStream(5, round);
            double count = number(random);
            double price = number(random);
            double age = number(random);
            String site = text(random);
            String colour = text(random);
            int shop = random.nextInt(12);
            List<String> tags = List.of(text(random), text(random));
            memory.fill((byte) 0x55);
            encoder.begin(memory, offset);
            assertEquals(Outcome.TAKEN, putText("tags", tags.get(0)));
            assertEquals(Outcome.TAKEN, putText("colour", colour));
            assertEquals(Outcome.TAKEN, putNumber("shop", shop));
            assertEquals(Outcome.TAKEN, putText("site", site));
            assertEquals(Outcome.TAKEN, putNumber("age", age));
            assertEquals(Outcome.TAKEN, putText("tags", tags.get(1)));
            assertEquals(Outcome.TAKEN, putNumber("count", count));
            assertEquals(Outcome.TAKEN, putNumber("price", price));
            encoder.finish(memory, offset);
            try (RowTable.Builder rows = RowTable.builder(LAYOUT, 1)) {
                rows.append(1);
                rows.number(field("count"), field("count").encoding().encode(count));
                rows.number(field("price"), field("price").encoding().encode(price));
                rows.category(field("age"), field("age").bucketId(age));
                rows.category(field("site"), SCHEMA.idOf(field("site"), site));
                rows.category(field("colour"), SCHEMA.idOf(field("colour"), colour));
                rows.category(field("shop"), shop);
                int[] ids =
                        tags.stream()
                                .filter(tag -> !tag.isEmpty())
                                .mapToInt(tag -> SCHEMA.idOf(field("tags"), tag))
                                .toArray();
                rows.values(field("tags"), ids, 0, ids.length);
                try (RowTable table = rows.build()) {
                    assertArrayEquals(
                            table.segment().toArray(ValueLayout.JAVA_BYTE),
                            memory.asSlice(offset, LAYOUT.rowBytes())
                                    .toArray(ValueLayout.JAVA_BYTE),
                            "round=" + round);
                }
            }
        }
    }

    private static double number(SplitRandom random) {
        return switch (random.nextInt(4)) {
            case 0 -> Double.NaN;
            case 1 -> random.nextInt(20) - 5;
            default -> random.nextGaussian() * 1e3;
        };
    }

    private static String text(SplitRandom random) {
        return switch (random.nextInt(4)) {
            case 0 -> "";
            case 1 -> COLOURS.get(random.nextInt(COLOURS.size()));
            case 2 -> Integer.toHexString(random.nextInt(1 << 20));
            default -> {
                StringBuilder text = new StringBuilder();
                for (int i = random.nextInt(5); i >= 0; i--) {
                    text.appendCodePoint(codePoint(random));
                }
                yield text.toString();
            }
        };
    }

    private static int codePoint(SplitRandom random) {
        int limit = List.of(0x80, 0x800, 0xD800, 0x11_0000).get(random.nextInt(4));
        int codePoint = 1 + random.nextInt(limit - 1);
        return codePoint >= 0xD800 && codePoint <= 0xDFFF ? 'x' : codePoint;
    }

    /** Whatever the JDK's strict decoder takes for text, and nothing else. */
    @Test
    void shouldRefuseHashedTextThatIsNotUtf8() {
        SplitRandom random = new SplitRandom(7);
        int[] leads = {
            0x00, 0x7F, 0x80, 0xBF, 0xC0, 0xC1, 0xC2, 0xE0, 0xED, 0xEF, 0xF0, 0xF4, 0xF5
        };
        int refused = 0;
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = new byte[1 + random.nextInt(5)];
            for (int i = 0; i < bytes.length; i++) {
                boolean isLead = random.nextInt(2) == 0;
                int near = leads[random.nextInt(leads.length)] + random.nextInt(3);
                bytes[i] = (byte) (isLead ? near : 0x80 + random.nextInt(0x40));
            }
            encoder.begin(memory, offset);
            Outcome outcome = putText("site", bytes);
            String text = strictly(bytes);
            if (text.isEmpty()) {
                assertEquals(Outcome.NO_TEXT, outcome);
                assertEquals(FeatureField.MISSING, id("site"));
                refused++;
            } else {
                assertEquals(Outcome.TAKEN, outcome);
                assertEquals(SCHEMA.idOf(field("site"), text), id("site"), text);
            }
        }
        assertTrue(refused > 5_000 && refused < 19_500, "refused=" + refused);
    }

    /** The text, which is not empty, or an empty one. */
    private static String strictly(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            return "";
        }
    }

    @Test
    void shouldTellWhatIsNoValueOfTheField() {
        encoder.begin(memory, offset);
        assertEquals(Outcome.NOT_FINITE, putNumber("price", 1e39));
        assertEquals(Outcome.NOT_FINITE, putNumber("count", Double.POSITIVE_INFINITY));
        assertEquals(Outcome.NOT_FINITE, putNumber("age", -1e39));
        assertEquals(Outcome.NOT_FINITE, putNumber("shop", Double.NEGATIVE_INFINITY));
        assertEquals(Outcome.NO_ID, putNumber("shop", 12));
        assertEquals(Outcome.NO_ID, putNumber("shop", -1));
        assertEquals(Outcome.NO_ID, putNumber("shop", 3.5));
        assertEquals(Outcome.NO_ID, putNumber("shop", 1e20));
        assertEquals(FeatureField.MISSING, id("shop"));
        assertEquals(Outcome.TAKEN, putNumber("count", 1e300), "its logarithm fits");
        assertEquals(Outcome.TAKEN, putNumber("shop", 11));
        assertEquals(11, id("shop"));
    }

    @Test
    void shouldCountTagsUpToTheirLimit() {
        encoder.begin(memory, offset);
        assertEquals(Outcome.TAKEN, putText("tags", "red"));
        assertEquals(Outcome.TAKEN, putText("tags", ""));
        assertEquals(Outcome.TAKEN, putText("tags", "no colour"));
        assertEquals(Outcome.TAKEN, putText("tags", "青"));
        assertEquals(Outcome.TOO_MANY, putText("tags", "grün"));
        assertEquals(
                List.of(3, 2, 1, 4),
                List.of(id("tags"), id("tags", 1), id("tags", 2), id("tags", 3)));
        assertEquals(Outcome.TAKEN, putText("words", "red"));
        assertEquals(SCHEMA.idOf(field("words"), "red"), id("words", 1));
    }

    @Test
    void shouldKnowFieldsByNameAndForm() {
        List<FeatureField> fields = SCHEMA.fields(FeatureScope.ITEM);
        for (int i = 0; i < fields.size(); i++) {
            assertEquals(i, indexOf(fields.get(i).name()));
        }
        assertEquals(RowEncoder.NO_FIELD, indexOf("pric"));
        assertEquals(RowEncoder.NO_FIELD, indexOf("prices"));
        assertEquals(RowEncoder.NO_FIELD, indexOf(""));
        assertEquals(
                List.of(
                        RawForm.DERIVED,
                        RawForm.NUMBER,
                        RawForm.NUMBER,
                        RawForm.NUMBER,
                        RawForm.TEXT,
                        RawForm.TEXT,
                        RawForm.NUMBER,
                        RawForm.TEXT,
                        RawForm.TEXT),
                fields.stream().map(field -> encoder.formOf(fields.indexOf(field))).toList());
    }

    @Test
    void shouldAllocateNothing() {
        UnsafeBuffer text = new UnsafeBuffer("grün𝛼".getBytes(StandardCharsets.UTF_8));
        UnsafeBuffer name = new UnsafeBuffer("words".getBytes(StandardCharsets.UTF_8));
        int site = indexOf("site");
        int colour = indexOf("colour");
        int count = indexOf("count");
        int age = indexOf("age");
        long least =
                AllocationProbe.leastBytes(
                        1_000,
                        () -> {
                            encoder.begin(memory, offset);
                            encoder.putText(site, text, 0, text.capacity(), memory, offset);
                            encoder.putText(colour, text, 0, 5, memory, offset);
                            encoder.putNumber(count, 12.5, memory, offset);
                            encoder.putNumber(age, 12.5, memory, offset);
                            int words = encoder.fieldOf(name, 0, name.capacity());
                            encoder.putText(words, text, 0, 2, memory, offset);
                            encoder.finish(memory, offset);
                        });
        assertEquals(0, least);
    }
}
