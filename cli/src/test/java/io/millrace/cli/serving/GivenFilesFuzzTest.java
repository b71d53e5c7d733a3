package io.millrace.cli.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.client.message.RankColumns;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.fuzz.Fuzzing;
import io.millrace.core.wire.codec.FormCode;
import io.millrace.loadgen.LoadTrace;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Files that users give to commands that ask a server: traces, candidates, vectors. */
final class GivenFilesFuzzTest {
    private static final RankColumns COLUMNS =
            new RankColumns(
                    1,
                    100,
                    1 << 20,
                    List.of(
                            new RankColumns.Column("price", FormCode.NUMBERS, 1),
                            new RankColumns.Column("city", FormCode.TEXTS, 1),
                            new RankColumns.Column("tags", FormCode.TEXTS, 4)));

    @TempDir private Path folder;

    @Test
    void shouldReadOrRefuseWhenBytesOfATraceAreChanged() {
        Path file = folder.resolve("trace.csv");
        Fuzzing.of("trace")
                .seeds("time,user\n1000,7\n1000.25,-8\n3000,7\n", " 1e3 7\n1000.25  -8\n3e3 7 ")
                .words(
                        "\n",
                        ",",
                        ";",
                        "\t",
                        "1e308",
                        "-1e308",
                        "NaN",
                        "9223372036854775808",
                        "1e-9")
                .run(
                        input -> {
                            LoadTrace trace = TraceFile.read(Files.write(file, input));
                            trace.atRate(100).seconds();
                            if (!(trace.ratePerSecond() > 0)) {
                                throw new AssertionError("no rate: " + trace.ratePerSecond());
                            }
                        });
    }

    @Test
    void shouldReadOrRefuseWhenBytesOfCandidatesAreChanged() {
        Path file = folder.resolve("candidates.csv");
        Fuzzing.of("candidates")
                .seeds("price,city,tags\n1.5,Oslo,a|b\n,,\n-3e7,Rome,c\n")
                .words("\n", ",", "|", "||||||||", "1e400", "NaN", "price", "tags", "\"")
                .run(input -> CandidateFile.read(Files.write(file, input)).columns(COLUMNS));
    }

    @Test
    void shouldReadOrRefuseWhenBytesOfAVectorAreChanged() {
        Path file = folder.resolve("vector.txt");
        Fuzzing.of("vector")
                .seeds("0.5 -1 2e3\n", "[1, 2;3]")
                .words(" ", ",", "[", "]", "1e400", "NaN", "0x1p3", "-")
                .run(input -> QueryVector.read(Files.write(file, input)));
    }

    /** As many columns as tags of one, each as long as all candidates, would take all memory. */
    @Test
    void shouldRefuseMoreTagsThanTheServerTakes() throws IOException {
        Path file = folder.resolve("candidates.csv");
        CandidateFile.read(Files.writeString(file, "tags\na|b|c|d\n")).columns(COLUMNS);
        CandidateFile read = CandidateFile.read(Files.writeString(file, "tags\na\na|b|c|d|e\n"));
        MillraceException e = assertThrows(MillraceException.class, () -> read.columns(COLUMNS));
        assertEquals(ErrorCode.BAD_INPUT, e.code());
        assertTrue(e.getMessage().contains("line=3, name=tags, tags=5, most=4"), e.getMessage());
    }

    /** What is wrong is the file, not the disk. */
    @Test
    void shouldSayThatATraceIsNoTextWhenItIsNone() throws IOException {
        Path file =
                Files.write(folder.resolve("trace.csv"), "1000,7\n1000,8\n\u00e9".getBytes(UTF_8));
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 1] = (byte) 0xFF;
        Files.write(file, bytes);
        MillraceException e = assertThrows(MillraceException.class, () -> TraceFile.read(file));
        assertEquals(ErrorCode.BAD_INPUT, e.code());
    }
}
