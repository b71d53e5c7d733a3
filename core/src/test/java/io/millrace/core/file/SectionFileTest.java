package io.millrace.core.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.memory.DirectMemory;
import io.millrace.core.progress.ProgressListener;
import io.millrace.core.random.SplitRandom;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

final class SectionFileTest {
    private static final String KIND = "TESTFILE";

    @TempDir private Path folder;

    @ParameterizedTest
    @EnumSource(SectionFileOpening.class)
    void shouldReadBackWhatWasWrittenWhenUndamaged(SectionFileOpening opening) {
        try (SectionFile file = opening.open(write(), KIND, 1)) {
            assertEquals(
                    List.of("bytes", "ints", "longs", "floats", "empty"),
                    List.copyOf(file.names()));
            assertArrayEquals(new byte[] {1, 2, 3}, file.readBytes("bytes"));
            assertArrayEquals(new int[] {Integer.MIN_VALUE, 0, 7}, file.readInts("ints"));
            assertArrayEquals(new long[] {Long.MAX_VALUE, -1}, file.readLongs("longs"));
            assertArrayEquals(new float[] {0.5f, -1e30f, Float.NaN}, file.readFloats("floats"));
            assertEquals(0, file.section("empty").byteSize());
            assertEquals(0, file.section("ints").address() % 64);
            assertTrue(file.isResident());
        }
    }

    /** Sections of any number and length in blocks of any length, against what was put in. */
    @Test
    void shouldReadBackWhatWasWrittenWhenItIsAnything() {
        Path path = folder.resolve("any");
        for (long seed = 0; seed < 300; seed++) {
            SplitRandom random = new SplitRandom(seed);
            int blockBytes = 4096 << random.nextInt(3);
            List<byte[]> sections = new ArrayList<>();
            try (SectionFileWriter writer = SectionFileWriter.create(path, KIND, 1, blockBytes)) {
                int count = random.nextInt(8);
                for (int i = 0; i < count; i++) {
                    sections.add(anyBytes(random, blockBytes));
                    writer.bytes("section-" + i, sections.get(i));
                }
                writer.commit();
            }
            assertEquals(Checksums.crc32c(path), SectionFile.wholeChecksum(path), "seed " + seed);
            for (SectionFileOpening opening : SectionFileOpening.values()) {
                try (SectionFile file = opening.open(path, KIND, 1)) {
                    assertEquals(sections.size(), file.names().size(), "seed " + seed);
                    for (int i = 0; i < sections.size(); i++) {
                        assertArrayEquals(
                                sections.get(i),
                                file.readBytes("section-" + i),
                                "seed " + seed + ", section " + i);
                    }
                }
            }
        }
    }

    @Test
    void shouldHaveRoomBehindTheLastSectionWhenOpenedWithIt() {
        Path path = folder.resolve("room");
        for (int length : new int[] {1, 4095, 4096, 10_000}) {
            byte[] last = new byte[length];
            Arrays.fill(last, (byte) 7);
            try (SectionFileWriter writer = SectionFileWriter.create(path, KIND, 1)) {
                writer.bytes("first", new byte[] {1, 2, 3});
                writer.bytes("last", last);
                writer.commit();
            }
            try (SectionFile file =
                    SectionFile.open(path, KIND, 1, ReadPlan.with(ProgressListener.NONE), 50_000)) {
                MemorySegment whole = file.sectionWithRoom("last", 50_000);
                assertArrayEquals(
                        Arrays.copyOf(last, length + 50_000),
                        whole.toArray(ValueLayout.JAVA_BYTE),
                        "length " + length);
                whole.set(ValueLayout.JAVA_BYTE, whole.byteSize() - 1, (byte) 1);
                assertArrayEquals(last, file.readBytes("last"));
                MillraceException e =
                        assertThrows(
                                MillraceException.class, () -> file.sectionWithRoom("first", 1));
                assertEquals(ErrorCode.CORRUPT_FILE, e.code());
            }
        }
    }

    /** Lengths at and beside the edges of pages and blocks, and blocks that are zeros. */
    private static byte[] anyBytes(SplitRandom random, int blockBytes) {
        int edge = (random.nextInt(2) == 0 ? 4096 : blockBytes) * random.nextInt(4);
        byte[] bytes = new byte[Math.max(0, edge + random.nextInt(3) - 1)];
        int from = bytes.length == 0 ? 0 : random.nextInt(bytes.length);
        for (int i = from; i < bytes.length; i++) {
            bytes[i] = (byte) random.nextInt(256);
        }
        return bytes;
    }

    @Test
    void shouldKeepWhatItReadWhenTheFileGoes() throws IOException {
        Path path = write();
        try (SectionFile file = SectionFile.open(path, KIND, 1)) {
            Files.write(path, new byte[1]);
            Files.delete(path);
            assertArrayEquals(new int[] {Integer.MIN_VALUE, 0, 7}, file.readInts("ints"));
        }
    }

    @Test
    void shouldFreeItsMemoryOnceWhenClosedTwice() {
        long before = DirectMemory.allocatedBytes();
        for (SectionFileOpening opening : SectionFileOpening.values()) {
            SectionFile file = opening.open(write(), KIND, 1);
            file.close();
            file.close();
            assertThrows(IllegalStateException.class, () -> file.readInts("ints"));
        }
        assertEquals(before, DirectMemory.allocatedBytes());
    }

    @Test
    void shouldSayHowManyBytesWereReadWhenWatched() {
        Path path = folder.resolve("watched");
        try (SectionFileWriter writer = SectionFileWriter.create(path, KIND, 1)) {
            writer.bytes("large", new byte[20_000_000]).bytes("small", new byte[5000]).commit();
        }
        long expected = 20_000_768 + 8192;
        AtomicLong read = new AtomicLong();
        List<String> stages = new ArrayList<>();
        ProgressListener progress =
                (name, total) -> {
                    stages.add(name + " " + total);
                    return new CountingStage(read);
                };
        SectionFile.open(path, KIND, 1, new ReadPlan(3, progress)).close();
        assertEquals(List.of("read watched " + expected), stages);
        assertEquals(expected, read.get());
    }

    private record CountingStage(AtomicLong sum) implements ProgressListener.Stage {
        @Override
        public void advance(long steps) {
            sum.addAndGet(steps);
        }

        @Override
        public void note(String text) {}

        @Override
        public void close() {}
    }

    @Test
    void shouldWriteTheSameBytesWhenWrittenTwice() throws IOException {
        byte[] first = Files.readAllBytes(write());
        assertArrayEquals(first, Files.readAllBytes(write()));
    }

    @Test
    void shouldTellKindAndVersionWhenTheyDiffer() {
        Path path = write();
        MillraceException kind =
                assertThrows(MillraceException.class, () -> SectionFile.open(path, "OTHER", 1));
        assertTrue(
                kind.getMessage().contains("expected=OTHER, actual=TESTFILE"), kind.getMessage());
        MillraceException version =
                assertThrows(MillraceException.class, () -> SectionFile.open(path, KIND, 0));
        assertEquals(ErrorCode.UNSUPPORTED_VERSION, version.code());
        MillraceException missing =
                assertThrows(
                        MillraceException.class,
                        () -> SectionFile.open(folder.resolve("none"), KIND, 1));
        assertEquals(ErrorCode.NOT_FOUND, missing.code());
    }

    @Test
    void shouldLeaveTheOldFileAndNoTraceWhenNotCommitted() throws IOException {
        Path path = write();
        byte[] before = Files.readAllBytes(path);
        try (SectionFileWriter writer = SectionFileWriter.create(path, KIND, 1)) {
            writer.ints("ints", new int[100_000]);
        }
        assertArrayEquals(before, Files.readAllBytes(path));
        try (Stream<Path> entries = Files.list(folder)) {
            assertEquals(List.of(path), entries.toList());
        }
    }

    @Test
    void shouldRefuseWhenASectionIsWrittenTwiceOrAsked() {
        Path path = folder.resolve("twice");
        try (SectionFileWriter writer = SectionFileWriter.create(path, KIND, 1)) {
            writer.ints("same", new int[1]);
            assertThrows(MillraceException.class, () -> writer.ints("same", new int[1]));
        }
        assertFalse(Files.exists(path));
        try (SectionFile file = SectionFile.open(write(), KIND, 1)) {
            assertThrows(MillraceException.class, () -> file.section("none"));
            assertThrows(MillraceException.class, () -> file.readInts("bytes"));
        }
    }

    private Path write() {
        Path path = folder.resolve("file");
        try (SectionFileWriter writer = SectionFileWriter.create(path, KIND, 1)) {
            writer.bytes("bytes", new byte[] {1, 2, 3})
                    .ints("ints", new int[] {Integer.MIN_VALUE, 0, 7})
                    .longs("longs", new long[] {Long.MAX_VALUE, -1})
                    .floats("floats", new float[] {0.5f, -1e30f, Float.NaN})
                    .bytes("empty", new byte[0])
                    .commit();
        }
        return path;
    }
}
