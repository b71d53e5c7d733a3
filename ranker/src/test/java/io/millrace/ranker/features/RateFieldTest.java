package io.millrace.ranker.features;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Rates as they are declared. */
final class RateFieldTest {
    private static final long GOLDEN = 0x10df94cda349655fL;
    private static final FeatureField ITEM_ID =
            FeatureField.categorical(FeatureScope.ITEM, "item_id", 52, FeatureField.ITEM_TABLE);
    private static final FeatureField TAGS = FeatureField.tags(FeatureScope.ITEM, "tags", 9, 3);

    @TempDir private Path folder;

    private static FeatureField rate(String name, FeatureRate.Event event, String of) {
        return FeatureField.rate(name, new FeatureRate(event, of, 720, 0.5f, 8), 0.5f, 0.25f);
    }

    private static FeatureSchema schema(FeatureField... rates) {
        FeatureSchema unrated =
                new FeatureSchema(
                        FeatureSchema.FORMAT, "rated", 0, List.of(ITEM_ID, TAGS), Map.of());
        return unrated.with(List.of(rates));
    }

    @Test
    void shouldKeepBytesAndFingerprintWhenReadAndWritten() throws IOException, URISyntaxException {
        FeatureSchema read = FeatureSchema.read(golden());
        Path again = folder.resolve("again.json");
        read.write(again);
        assertEquals(Files.readString(golden()), Files.readString(again));
        assertEquals(GOLDEN, read.fingerprint());
        FeatureRate clicks = new FeatureRate(FeatureRate.Event.CLICK, "item_id", 720, 0.375f, 20);
        FeatureSchema declared =
                schema(
                        FeatureField.rate("item_clicks", clicks, 0.375f, 0.125f),
                        rate("tag_watches", FeatureRate.Event.WATCH, "tags"));
        assertEquals(declared.fields(), read.fields());
        assertTrue(read.hasRates());
        assertEquals(720, read.rateHalfLifeMinutes());
    }

    @Test
    void shouldHaveRowsOfTheirOwnThatMissEverything() {
        FeatureSchema rated = schema(rate("r", FeatureRate.Event.CLICK, "tags"));
        FeatureSchema unrated = schema();
        assertFalse(unrated.hasRates());
        assertEquals(0, unrated.rateHalfLifeMinutes());
        // Rows of items are the same with rates and without.
        assertEquals(
                unrated.layout(FeatureScope.ITEM).fingerprint(),
                rated.layout(FeatureScope.ITEM).fingerprint());
        assertEquals(1, rated.fields(FeatureScope.IMPRESSION).size());
        assertEquals(unrated.tables(), rated.tables());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"CLICK\" | \"LIKE\" | LIKE",
                "\"event\" : \"CLICK\", | | event=null",
                "\"of\" : \"item_id\" | \"of\" : \"item\" | field=item_clicks, of=item",
                "\"of\" : \"item_id\" | \"of\" : \"tag_watches\" | of=tag_watches",
                "\"halfLifeMinutes\" : 720 | \"halfLifeMinutes\" : 0 | halfLifeMinutes=0",
                "\"of\" : \"tags\", \"halfLifeMinutes\" : 720 | \"of\" : \"tags\","
                        + " \"halfLifeMinutes\" : 60 | field=tag_watches, halfLifeMinutes=60,"
                        + " other=720",
                "\"usual\" : 0.375 | \"usual\" : 1.5 | usual=1.5",
                "\"usual\" : 0.375 | \"usual\" : -0.1 | usual=-0.1",
                "\"priorImpressions\" : 8.0 | \"priorImpressions\" : -1 | priorImpressions=-1",
                "\"scope\" : \"IMPRESSION\" | \"scope\" : \"ITEM\" | field=item_clicks, scope=ITEM",
                "\"encoding\" : \"RATE\" | \"encoding\" : \"PLAIN\" | encoding=PLAIN",
                "\"encoding\" : \"PLAIN\" | \"encoding\" : \"RATE\" | encoding=RATE",
            })
    void shouldSayWhatIsWrongWhenARateIsBad(String from, String to, String expected)
            throws IOException, URISyntaxException {
        String good = Files.readString(golden()).replaceAll(",\\s+\"", ", \"");
        assertTrue(good.contains(from), from + " not in " + good);
        Path path = folder.resolve("bad.json");
        Files.writeString(path, good.replace(from, to == null ? "" : to));
        MillraceException e = assertThrows(MillraceException.class, () -> FeatureSchema.read(path));
        assertEquals(ErrorCode.BAD_INPUT, e.code());
        assertTrue(e.getMessage().contains(expected), e.getMessage());
        assertEquals(1, e.getMessage().lines().count(), e.getMessage());
    }

    /** A field of users, and numbers of items, can't be counted by. */
    @Test
    void shouldRefuseRatesOfWhatItemsDoNotHave() {
        FeatureField city = FeatureField.categorical(FeatureScope.USER, "city", 5);
        FeatureField price = FeatureField.numeric(FeatureScope.ITEM, "price", 0, 1);
        FeatureSchema schema = schema().with(List.of(city, price));
        for (FeatureField of : List.of(city, price)) {
            MillraceException e =
                    assertThrows(
                            MillraceException.class,
                            () ->
                                    schema.with(
                                            List.of(
                                                    rate(
                                                            "r",
                                                            FeatureRate.Event.CLICK,
                                                            of.name()))));
            assertTrue(e.getMessage().contains("field=r, of=" + of.name()), e.getMessage());
        }
    }

    private Path golden() throws URISyntaxException {
        return Path.of(
                Objects.requireNonNull(
                                getClass().getResource("schema-1-rates.json"),
                                "schema-1-rates.json among the test resources")
                        .toURI());
    }
}
