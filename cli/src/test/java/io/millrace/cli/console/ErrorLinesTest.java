package io.millrace.cli.console;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import picocli.CommandLine.ExitCode;

import java.io.PrintWriter;
import java.io.StringWriter;

class ErrorLinesTest {
    @Test
    void shouldSayHowMuchMemoryThereWasAndHowToGiveMore() {
        StringWriter err = new StringWriter();

        int code =
                new ErrorLines()
                        .handleOutOfMemory(
                                new OutOfMemoryError("Java heap space"),
                                new PrintWriter(err, true));

        long heap = Runtime.getRuntime().maxMemory() >> 20;
        assertEquals(
                "millrace: out of memory: heap="
                        + heap
                        + " MiB; give it more, as in MILLRACE_JAVA_OPTS=-Xmx"
                        + 2 * heap
                        + "m",
                err.toString().strip());
        assertEquals(ExitCode.SOFTWARE, code);
    }
}
