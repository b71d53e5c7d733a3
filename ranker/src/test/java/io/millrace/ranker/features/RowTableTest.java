package io.millrace.ranker.features;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.file.SectionFileWriter;
import io.millrace.core.memory.DirectMemory;
import io.millrace.core.random.SplitRandom;
import io.millrace.ranker.AllocationProbe;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

final class RowTableTest {
    private static final int COUNT = 5_000;

    private final FeatureSchema schema = Schemas.small();
    private final RowLayout layout = schema.layout(FeatureScope.ITEM);

    @TempDir private Path folder;

    @Test
    void shouldReadBackEveryValueWhenWrittenAndOpened() {
        long allocated = DirectMemory.allocatedBytes();
        Path path = folder.resolve("items.rows");
        write(path, 17);
        try (RowTable table = RowTable.open(path, layout)) {
            assertEquals(COUNT, table.count());
            SplitRandom random = new SplitRandom(17);
            for (int row = 0; row < COUNT; row++) {
                long id = random.nextLong();
                assertEquals(id, table.id(row));
                assertEquals(row, table.indexOf(id));
                long at = table.offset(row);
                MemorySegment rows = table.segment();
                assertEquals(random.nextInt(12), rows.get(RowLayout.INT, at + 4));
                float duration = random.nextFloat();
                if (random.nextInt(4) == 0) {
                    duration = Float.NaN;
                }
                assertEquals(duration, rows.get(RowLayout.FLOAT, at + 8));
                int tags = random.nextInt(4);
                assertEquals(tags, rows.get(RowLayout.INT, at + 12));
                for (int i = 0; i < 3; i++) {
                    int tag = random.nextInt(6);
                    assertEquals(i < tags ? tag : 0, rows.get(RowLayout.INT, at + 16 + 4L * i));
                }
            }
            assertEquals(-1, table.indexOf(12_345));
        }
        assertEquals(allocated, DirectMemory.allocatedBytes());
    }

    @Test
    void shouldWriteTheSameBytesWhenCapacityDiffers() throws IOException {
        build(folder.resolve("a"), 3, 1);
        build(folder.resolve("b"), 3, COUNT * 3);
        assertArrayEquals(
                Files.readAllBytes(folder.resolve("a")), Files.readAllBytes(folder.resolve("b")));
    }

    @Test
    void shouldKeepNothingOfALongerListWhenSetAgain() {
        FeatureField tag = schema.field("tag");
        try (RowTable.Builder builder = RowTable.builder(layout, 1)) {
            builder.append(1);
            builder.values(tag, new int[] {2, 3, 4}, 0, 3).values(tag, new int[] {9, 5}, 1, 1);
            try (RowTable table = builder.build()) {
                int slot = layout.slotOf(tag);
                int[] held = new int[4];
                for (int i = 0; i < 4; i++) {
                    held[i] = table.segment().get(RowLayout.INT, 4L * (slot + i));
                }
                assertArrayEquals(new int[] {1, 5, 0, 0}, held);
            }
        }
    }

    @Test
    void shouldHoldNothingWhenEmpty() {
        Path path = folder.resolve("empty.rows");
        try (RowTable.Builder builder = RowTable.builder(layout, 0);
                RowTable table = builder.build()) {
            table.write(path);
        }
        try (RowTable table = RowTable.open(path, layout)) {
            assertEquals(0, table.count());
            assertEquals(-1, table.indexOf(0));
        }
    }

    @Test
    void shouldRefuseRowsWhenTheSchemaIsAnotherOfTheSameSize() {
        Path path = folder.resolve("items.rows");
        write(path, 1);
        List<FeatureField> swapped = new ArrayList<>(schema.fields());
        Collections.swap(swapped, 8, 9);
        FeatureSchema other =
                new FeatureSchema(FeatureSchema.FORMAT, "small", 0, swapped, schema.vocabularies());
        RowLayout otherLayout = other.layout(FeatureScope.ITEM);
        assertEquals(layout.rowBytes(), otherLayout.rowBytes());
        assertEquals(ErrorCode.MISMATCH, codeOf(() -> RowTable.open(path, otherLayout).close()));
    }

    @Test
    void shouldRefuseAFileWhenRowsIdsOrValuesCannotBe() {
        long[] described = {layout.rowBytes(), layout.fingerprint()};
        byte[] good = new byte[2 * layout.rowBytes()];
        byte[] bad = good.clone();
        bad[layout.rowBytes() + 4] = 12;
        assertDamaged(described, new long[] {1, 2, 3}, good, "ids=3, rows=2");
        assertDamaged(described, new long[] {1, 2}, bad, "row=1, field=creator");
        assertDamaged(new long[] {64}, new long[] {1, 2}, good, "layout");
        assertDamaged(described, new long[] {5, 5}, good, "id twice: id=5");
    }

    @Test
    void shouldRefuseAFileWhenCutOrFlipped() throws IOException {
        Path path = folder.resolve("items.rows");
        write(path, 1);
        long length = Files.size(path);
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.seek(length - 100);
            int was = file.read();
            file.seek(length - 100);
            file.write(was ^ 1);
        }
        assertEquals(ErrorCode.CORRUPT_FILE, codeOf(() -> RowTable.open(path, layout).close()));
        write(path, 1);
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(length / 2);
        }
        assertEquals(ErrorCode.CORRUPT_FILE, codeOf(() -> RowTable.open(path, layout).close()));
    }

    @Test
    void shouldRefuseValuesWhenTheyCannotBe() {
        try (RowTable.Builder builder = RowTable.builder(layout, 4)) {
            builder.append(1);
            FeatureField creator = schema.field("creator");
            FeatureField tag = schema.field("tag");
            FeatureField duration = schema.field("duration");
            assertEquals(ErrorCode.BAD_INPUT, codeOf(() -> builder.category(creator, 12)));
            assertEquals(ErrorCode.BAD_INPUT, codeOf(() -> builder.category(creator, -1)));
            assertEquals(ErrorCode.BAD_INPUT, codeOf(() -> builder.values(tag, new int[4], 0, 4)));
            assertEquals(
                    ErrorCode.BAD_INPUT, codeOf(() -> builder.values(tag, new int[] {1, 6}, 0, 2)));
            assertEquals(
                    ErrorCode.BAD_INPUT,
                    codeOf(() -> builder.number(duration, Float.POSITIVE_INFINITY)));
            builder.append(1);
            assertEquals(ErrorCode.BAD_INPUT, codeOf(() -> builder.build().close()));
        }
    }

    @Test
    void shouldAllocateNothingWhenIdsAreLookedUp() {
        Path path = folder.resolve("items.rows");
        write(path, 5);
        try (RowTable table = RowTable.open(path, layout)) {
            long[] sum = new long[1];
            assertEquals(
                    0,
                    AllocationProbe.leastBytes(
                            200,
                            () -> {
                                for (int row = 0; row < 100; row++) {
                                    int found = table.indexOf(table.id(row));
                                    sum[0] +=
                                            table.segment().get(RowLayout.INT, table.offset(found));
                                    sum[0] += table.indexOf(row);
                                }
                            }));
            assertTrue(sum[0] != 0);
        }
    }

    private void assertDamaged(long[] described, long[] ids, byte[] rows, String expected) {
        Path path = folder.resolve("damaged.rows");
        try (SectionFileWriter writer = SectionFileWriter.create(path, "FEATROWS", 1)) {
            writer.longs("layout", described).longs("ids", ids).bytes("rows", rows).commit();
        }
        MillraceException e =
                assertThrows(MillraceException.class, () -> RowTable.open(path, layout).close());
        assertTrue(e.getMessage().contains(expected), e.getMessage());
        assertEquals(ErrorCode.CORRUPT_FILE, e.code());
    }

    private void write(Path path, long seed) {
        build(path, seed, COUNT);
    }

    private void build(Path path, long seed, int capacity) {
        SplitRandom random = new SplitRandom(seed);
        try (RowTable.Builder builder = RowTable.builder(layout, capacity)) {
            for (int row = 0; row < COUNT; row++) {
                assertEquals(row, builder.append(random.nextLong()));
                builder.category(schema.field("creator"), random.nextInt(12));
                float duration = random.nextFloat();
                if (random.nextInt(4) != 0) {
                    builder.number(schema.field("duration"), duration);
                }
                int count = random.nextInt(4);
                int[] tags = {random.nextInt(6), random.nextInt(6), random.nextInt(6)};
                builder.values(schema.field("tag"), tags, 0, count);
            }
            try (RowTable table = builder.build()) {
                table.write(path);
            }
        }
    }

    private static ErrorCode codeOf(Runnable action) {
        return assertThrows(MillraceException.class, action::run).code();
    }
}
