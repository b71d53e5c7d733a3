package io.millrace.cli.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.fuzz.Fuzzing;
import io.millrace.loadgen.plan.LoadTrace;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Traces that users give to be loaded by. */
final class TraceFuzzTest {
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
