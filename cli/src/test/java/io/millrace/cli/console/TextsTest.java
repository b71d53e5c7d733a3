package io.millrace.cli.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.millrace.core.error.Nearest;
import io.millrace.core.metrics.Figures;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import picocli.CommandLine.TypeConversionException;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Set;

final class TextsTest {
    @ParameterizedTest
    @CsvSource({
        "3.14159, 3.1 µs",
        "830, 830 µs",
        "1240, 1.24 ms",
        "12345, 12.3 ms",
        "2500000, 2.5 s",
        "125000000, 2 min 05 s",
        "NaN, -"
    })
    void shouldPickTheUnitWhenATimeIsShown(double us, String text) {
        assertEquals(text, Texts.micros(us));
    }

    @ParameterizedTest
    @CsvSource({"640, 640 B", "1024, 1.0 KiB", "1288490189, 1.2 GiB", "9000000000000, 8.2 TiB"})
    void shouldPickTheUnitWhenMemoryIsShown(long bytes, String text) {
        assertEquals(text, Texts.bytes(bytes));
    }

    @Test
    void shouldShowWholeNumbersWithoutDigitsWhenTheyAreFigures() {
        Figures figures =
                new Figures()
                        .put("count", 1_234L)
                        .put("part", 0.123456)
                        .put("name", "x")
                        .put("list", List.of());
        assertEquals("1,234", Texts.figure(figures, "count"));
        assertEquals("0.1235", Texts.figure(figures, "part"));
        assertEquals("x", Texts.figure(figures, "name"));
        assertEquals("-", Texts.figure(figures, "list"));
    }

    @ParameterizedTest
    @CsvSource({"20000, 20000", "1_000_000, 1000000", "200k, 200000", "1M, 1000000", "0, 0"})
    void shouldReadCountsWhenWrittenAsPeopleDo(String text, long count) {
        assertEquals(count, new OptionValues.Count().convert(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "k", "-1", "1.5", "1kk", "99999999999999999999", "9999999999999999M"})
    void shouldRefuseWhenACountIsNone(String text) {
        assertThrows(TypeConversionException.class, () -> new OptionValues.Count().convert(text));
    }

    @Test
    void shouldAlignColumnsWhenATableIsPrinted() {
        StringWriter text = new StringWriter();
        new TextTable()
                .row("name", "a", "bb")
                .row("x", "100")
                .print(new PrintWriter(text, true), "> ");
        assertEquals("> name    a  bb\n> x     100\n", text.toString());
    }

    @ParameterizedTest
    @CsvSource({"--rat, --rate", "--itms, --items", "--sec, --seconds", "--zzzzzz, ''"})
    void shouldFindTheNearestOptionWhenOneIsMistyped(String word, String nearest) {
        Set<String> known = Set.of("--rate", "--items", "--seconds", "--users");
        assertEquals(nearest, Nearest.of(word, known));
    }
}
