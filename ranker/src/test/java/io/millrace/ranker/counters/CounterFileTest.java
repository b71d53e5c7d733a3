package io.millrace.ranker.counters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

final class CounterFileTest {
    private static final DecayClock CLOCK = new DecayClock(3_600_000);
    private static final int CELLS = 4;

    private final CounterReading reading = new CounterReading();
    private Path file = Path.of("");

    @BeforeEach
    void countThreeImpressions(@TempDir Path folder) {
        file = folder.resolve("counters");
        try (CounterCells cells = CounterCells.open(file, CLOCK, CELLS)) {
            for (int i = 0; i < 3; i++) {
                cells.add(2, 10, 1, 0, 0);
            }
        }
    }

    private double impressions(DecayClock clock, int cells) {
        try (CounterCells opened = CounterCells.open(file, clock, cells)) {
            opened.readInto(2, 10, reading);
            return reading.impressions();
        }
    }

    @Test
    void shouldLayOutAsDocumentedWhenWritten() throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        assertEquals(64 + CELLS * 64, bytes.capacity());
        byte[] magic = new byte[8];
        bytes.get(0, magic);
        assertEquals("MCOUNTR1", new String(magic, java.nio.charset.StandardCharsets.US_ASCII));
        assertEquals(3_600_000, bytes.getLong(8));
        assertEquals(CELLS, bytes.getLong(16));
        int cell = 64 + 2 * 64;
        // The third event went to the first state again, as the first one had.
        assertEquals(3, bytes.getInt(cell));
        assertEquals(10, bytes.getInt(cell + 4));
        assertEquals(3, bytes.getDouble(cell + 8));
        assertEquals(2, bytes.getInt(cell + 32));
        assertEquals(2, bytes.getDouble(cell + 40));
    }

    @Test
    void shouldKeepCountsWhenOpenedAgain() {
        assertEquals(3, impressions(CLOCK, CELLS));
        assertEquals(3, impressions(CLOCK, CELLS));
    }

    /** A process that is killed while it counts leaves the older state half changed. */
    @Test
    void shouldKeepTheLastCountWhenTheNextWasInterrupted() throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putDouble(64 + 2 * 64 + 40, 77);
        Files.write(file, bytes);
        assertEquals(3, impressions(CLOCK, CELLS));
        try (CounterCells cells = CounterCells.open(file, CLOCK, CELLS)) {
            cells.add(2, 10, 1, 0, 0);
        }
        assertEquals(4, impressions(CLOCK, CELLS));
    }

    @Test
    void shouldBeginAnewWhenHalfLifeOrCellsDifferOrItWasNeverFinished() throws IOException {
        byte[] before = Files.readAllBytes(file);
        assertEquals(0, impressions(new DecayClock(7_200_000), CELLS));
        Files.write(file, before);
        assertEquals(0, impressions(CLOCK, CELLS + 1));
        byte[] unfinished = before.clone();
        ByteBuffer.wrap(unfinished).putLong(0, 0);
        Files.write(file, unfinished);
        assertEquals(0, impressions(CLOCK, CELLS));
        Files.write(file, before);
        assertEquals(3, impressions(CLOCK, CELLS));
    }

    /** Whoever is killed while it takes over what it begins with takes it over again. */
    @Test
    void shouldBeginWithWhatItIsGivenUntilThatIsDone() throws IOException {
        byte[] cells = Arrays.copyOfRange(Files.readAllBytes(file), 64, 64 + CELLS * 64);
        Files.delete(file);
        assertThrows(
                IllegalStateException.class,
                () ->
                        CounterCells.open(
                                file,
                                CLOCK,
                                CELLS,
                                made -> {
                                    made.set(ValueLayout.JAVA_DOUBLE, 2 * 64 + 8, 99);
                                    throw new IllegalStateException("killed");
                                }));
        int[] asked = new int[1];
        for (int round = 0; round < 2; round++) {
            try (CounterCells opened =
                    CounterCells.open(
                            file,
                            CLOCK,
                            CELLS,
                            made -> {
                                asked[0]++;
                                MemorySegment.copy(
                                        MemorySegment.ofArray(cells), 0, made, 0, cells.length);
                            })) {
                opened.readInto(2, 10, reading);
                assertEquals(3 + round, reading.impressions());
                assertEquals(CounterCells.bytesOf(CELLS), opened.segment().byteSize());
                opened.add(2, 10, 1, 0, 0);
            }
        }
        assertEquals(1, asked[0], "what is there is not begun again");
    }

    @Test
    void shouldRefuseWhenItHoldsWhatCannotBe() throws IOException {
        byte[] before = Files.readAllBytes(file);
        for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY, -0.5, 1e308}) {
            byte[] bytes = before.clone();
            ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putDouble(64 + 64 + 16, bad);
            Files.write(file, bytes);
            assertCorrupt("cell=1");
        }
        byte[] bytes = before.clone();
        bytes[3] ^= 1;
        Files.write(file, bytes);
        assertCorrupt("magic");
    }

    private void assertCorrupt(String what) {
        MillraceException e =
                assertThrows(MillraceException.class, () -> CounterCells.open(file, CLOCK, CELLS));
        assertEquals(ErrorCode.CORRUPT_FILE, e.code());
        assertTrue(e.getMessage().contains(what), e.getMessage());
        assertTrue(e.getMessage().contains("remove the file"), e.getMessage());
    }
}
