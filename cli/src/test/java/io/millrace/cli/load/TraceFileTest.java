package io.millrace.cli.load;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.loadgen.plan.LoadTrace;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Traces of text; LogCommandsTest has those of a log. */
final class TraceFileTest {
    @TempDir private Path folder;

    private LoadTrace read(String text) throws IOException {
        Path file = folder.resolve("trace.csv");
        Files.writeString(file, text);
        return TraceFile.read(file);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "time,user\n1000,7\n1000.25,-8\n3000,7\n",
                "3000;7\n1000;7\n\n1000.25;-8",
                "1000\t7\r\n1000.25\t-8\r\n3000\t7",
                " 1e3 7\n1000.25  -8\n3e3 7 "
            })
    void shouldReadTimesAndUsersInTheOrderOfTime(String text) throws IOException {
        LoadTrace trace = read(text);
        assertArrayEquals(new long[] {0, 250_000, 2_000_000_000}, trace.startsNs());
        assertArrayEquals(new long[] {7, -8, 7}, trace.userIds());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1000,7\n1000",
                "1000,7\n1000,x",
                "1000,7\n1000,1,2",
                "1,1\nNaN,7",
                "1,1\ntime,user"
            })
    void shouldNameTheLineThatMakesNoSense(String text) {
        MillraceException e = assertThrows(MillraceException.class, () -> read(text));
        assertEquals(ErrorCode.BAD_INPUT, e.code());
        assertTrue(e.getMessage().contains("line=2"), e.getMessage());
    }

    @Test
    void shouldRefuseTooFewAndMissingFiles() {
        assertThrows(MillraceException.class, () -> read("time,user\n1000,7\n"));
        Path missing = folder.resolve("missing.csv");
        assertThrows(MillraceException.class, () -> TraceFile.read(missing));
    }
}
