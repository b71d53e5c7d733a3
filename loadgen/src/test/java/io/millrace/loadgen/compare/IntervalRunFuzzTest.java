package io.millrace.loadgen.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.fuzz.Fuzzing;
import io.millrace.core.metrics.Figures;
import io.millrace.core.metrics.PackedHistogram;

import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/** Interval logs and figures of other runs, as {@code load --compare} is given them. */
final class IntervalRunFuzzTest {
    private static final Pattern PACKED = Pattern.compile("HISTF[A-Za-z0-9+/=]+");
    private static final int PREFIX_BYTES = 8;
    private static final int MOST_HEADER_BYTES = 1 << 16;

    @TempDir private Path folder;

    private static List<Histogram> seconds() {
        List<Histogram> seconds = new ArrayList<>();
        for (int second = 0; second < 3; second++) {
            Histogram latencies = new Histogram(3_600_000_000_000L, 3);
            for (int i = 1; i < 40; i++) {
                latencies.recordValue(1_000L * i * i * (second + 1));
            }
            latencies.setStartTimeStamp(1_000L * second);
            latencies.setEndTimeStamp(1_000L * second + 1_000);
            seconds.add(latencies);
        }
        return seconds;
    }

    private static byte[] log() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (PrintStream out = new PrintStream(bytes, false, ISO_8859_1)) {
            HistogramLogWriter writer = new HistogramLogWriter(out);
            writer.outputComment("[Latency]");
            writer.outputLogFormatVersion();
            writer.outputStartTime(0);
            writer.setBaseTime(0);
            writer.outputLegend();
            seconds().forEach(writer::outputIntervalHistogram);
        }
        return bytes.toByteArray();
    }

    private byte[] figures() throws IOException {
        List<Figures> seconds = new ArrayList<>();
        int end = 0;
        for (Histogram second : seconds()) {
            end++;
            seconds.add(
                    new Figures().put("end_s", end).put("latencies", PackedHistogram.pack(second)));
        }
        Path file = folder.resolve("seed.json");
        new Figures().put("seconds", seconds).write(file);
        return Files.readAllBytes(file);
    }

    private static void compare(Path file) {
        IntervalRun run = IntervalRun.read(file);
        IntervalRun.Tally tally = run.tally();
        for (RunFigure figure : RunFigure.values()) {
            double value = figure.of(tally);
            if (!(value >= 0 && Double.isFinite(value))) {
                throw new AssertionError(figure + " is " + value);
            }
        }
    }

    @Test
    void shouldReadOrRefuseWhenBytesOfALogAreChanged() {
        Path file = folder.resolve("run.hlog");
        Fuzzing.of("interval-log")
                .seeds(log())
                .words("\n", ",", "#", "\"", "Tag=a,", "NaN", "1e308", "-1", "0", "HISTFAAAA", "=")
                .repairing(IntervalRunFuzzTest::damagedInside)
                .free(3 * (16 << 20))
                .run(input -> compare(Files.write(file, input)));
    }

    @Test
    void shouldReadOrRefuseWhenBytesOfFiguresAreChanged() throws IOException {
        Path file = folder.resolve("run.json");
        Fuzzing.of("interval-figures")
                .seeds(figures())
                .words("{", "}", "[", "]", ",", ":", "\"", "null", "-1", "1e400", "\"end_s\"")
                .repairing(IntervalRunFuzzTest::damagedInside)
                .free(3 * (16 << 20))
                .run(input -> compare(Files.write(file, input)));
    }

    /** Changes a byte behind the compression, which nothing that is changed outside reaches. */
    private static byte[] damagedInside(byte[] input) {
        String text = new String(input, ISO_8859_1);
        Matcher packed = PACKED.matcher(text);
        if (!packed.find()) {
            return input;
        }
        int number = Math.floorMod(text.hashCode(), 1 << 20);
        String changed;
        try {
            byte[] plain = inflated(Base64.getDecoder().decode(packed.group()));
            // Its header, of forty bytes, is what the rest is taken by.
            plain[number % Math.min(plain.length, 48)] = (byte) (number >> 8);
            changed = packed(plain);
        } catch (DataFormatException | RuntimeException e) {
            return input;
        }
        return packed.replaceFirst(Matcher.quoteReplacement(changed)).getBytes(ISO_8859_1);
    }

    private static byte[] inflated(byte[] packed) throws DataFormatException {
        Inflater inflater = new Inflater();
        inflater.setInput(packed, PREFIX_BYTES, packed.length - PREFIX_BYTES);
        byte[] plain = new byte[MOST_HEADER_BYTES];
        int length = inflater.inflate(plain);
        inflater.end();
        return Arrays.copyOf(plain, length);
    }

    private static String packed(byte[] plain) {
        Deflater deflater = new Deflater();
        deflater.setInput(plain);
        deflater.finish();
        byte[] packed = new byte[PREFIX_BYTES + MOST_HEADER_BYTES];
        int length = deflater.deflate(packed, PREFIX_BYTES, MOST_HEADER_BYTES);
        deflater.end();
        ByteBuffer.wrap(packed).putInt(0x1c849304).putInt(length);
        return Base64.getEncoder().encodeToString(Arrays.copyOf(packed, PREFIX_BYTES + length));
    }

    /** A few hundred bytes may claim gigabytes, which nothing catches. */
    @ParameterizedTest
    @ValueSource(ints = {4, 12, 24})
    void shouldRefuseAHistogramThatClaimsAllMemory(int offset) throws Exception {
        byte[] plain =
                inflated(Base64.getDecoder().decode(PackedHistogram.pack(seconds().getFirst())));
        ByteBuffer fields = ByteBuffer.wrap(plain);
        if (offset == 24) {
            fields.putInt(12, 5).putLong(offset, Long.MAX_VALUE);
        } else {
            fields.putInt(offset, offset == 4 ? Integer.MAX_VALUE : 9);
        }
        Path file = folder.resolve("run.hlog");
        Files.writeString(file, "0.0,1.0,5.0," + packed(plain) + "\n", UTF_8);
        MillraceException e = assertThrows(MillraceException.class, () -> IntervalRun.read(file));
        assertEquals(ErrorCode.CORRUPT_FILE, e.code());
        String said = String.valueOf(e.getMessage());
        assertTrue(said.contains(offset == 4 ? "cannot be" : "too fine"), said);
        assertEquals(1, said.lines().count(), said);
    }

    /** Time that stands still or goes back has no rate. */
    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "NaN", "Infinity", "x", ""})
    void shouldRefuseAnIntervalWithoutALength(String length) throws IOException {
        Path file = folder.resolve("run.hlog");
        String packed = PackedHistogram.pack(seconds().getFirst());
        Files.writeString(file, "0.0," + length + ",5.0," + packed + "\n", UTF_8);
        MillraceException e = assertThrows(MillraceException.class, () -> IntervalRun.read(file));
        assertEquals(ErrorCode.CORRUPT_FILE, e.code());
    }
}
