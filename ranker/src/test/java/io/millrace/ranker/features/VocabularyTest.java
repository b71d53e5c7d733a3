package io.millrace.ranker.features;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.random.SplitRandom;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

final class VocabularyTest {
    private static final long GOLDEN = 0xf9b8e71706a5433bL;

    @TempDir private Path folder;

    /** A map of the JDK's is what it stands for. */
    @Test
    void shouldKnowEveryValueAndNoOther() {
        SplitRandom random = new SplitRandom(3);
        Map<String, Integer> expected = new HashMap<>();
        List<String> values = new ArrayList<>();
        while (values.size() < 5_000) {
            String value = word(random);
            if (expected.putIfAbsent(value, values.size() + FeatureField.FIRST) == null) {
                values.add(value);
            }
        }
        Vocabulary vocabulary = new Vocabulary(values);
        expected.forEach((value, id) -> assertEquals(id, vocabulary.idOf(value), value));
        int unseen = 0;
        for (int i = 0; i < 20_000; i++) {
            String value = word(random);
            int id = expected.getOrDefault(value, FeatureField.UNSEEN);
            assertEquals(id, vocabulary.idOf(value), value);
            unseen += id == FeatureField.UNSEEN ? 1 : 0;
        }
        assertTrue(unseen > 1_000 && unseen < 19_000, "unseen=" + unseen);
        assertEquals(FeatureField.MISSING, vocabulary.idOf(""));
    }

    /** Short words of few letters, so that many begin alike and some are asked for again. */
    private static String word(SplitRandom random) {
        StringBuilder word = new StringBuilder();
        for (int i = random.nextInt(6); i >= 0; i--) {
            word.append("abcdeé青".charAt(random.nextInt(7)));
        }
        return word.toString();
    }

    @Test
    void shouldKnowNothingWhenItIsEmpty() {
        Vocabulary vocabulary = new Vocabulary(List.of());
        assertEquals(FeatureField.UNSEEN, vocabulary.idOf("a"));
        assertEquals(FeatureField.MISSING, vocabulary.idOf(""));
        assertEquals(FeatureField.FIRST, vocabulary.cardinality());
    }

    @Test
    void shouldKeepBytesAndFingerprintWhenItIsCounted() throws IOException, URISyntaxException {
        Path golden =
                Path.of(
                        Objects.requireNonNull(
                                        getClass().getResource("schema-1-counts.json"),
                                        "schema-1-counts.json among the test resources")
                                .toURI());
        FeatureSchema schema = FeatureSchema.read(golden);
        Path again = folder.resolve("again.json");
        schema.write(again);
        assertEquals(Files.readString(golden), Files.readString(again));
        assertEquals(GOLDEN, schema.fingerprint());
        Vocabulary counted = Objects.requireNonNull(schema.vocabularies().get("city"), "city");
        assertEquals(List.of("Oslo", "Rome"), counted.values());
        assertEquals(new VocabularyCounts(List.of(6L, 1L), 3), counted.counts());
        assertEquals(FeatureField.FIRST + 1, counted.idOf("Rome"));
        assertNull(schema.vocabularies().getOrDefault("page", counted).counts(), "not counted");
    }

    @Test
    void shouldSayWhichShareOfWhatWasMetItHas() {
        VocabularyCounts counts = new VocabularyCounts(List.of(6L, 1L), 3);
        assertEquals(0.7, counts.coverage());
        assertEquals(1, counts.rarest());
        VocabularyCounts none = new VocabularyCounts(List.of(), 0);
        assertEquals(1, none.coverage());
        assertEquals(0, none.rarest());
        assertEquals(0, new VocabularyCounts(List.of(), 4).coverage());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"counts\" : [ 6, 1 ] | \"counts\" : [ 6 ] | values=2, counts=1",
                "\"counts\" : [ 6, 1 ] | \"counts\" : [ 6, -1 ] | is below 0",
                "\"unseen\" : 3 | \"unseen\" : -3 | unseen=-3",
                "\"unseen\" : 3 | \"seen\" : 3 | seen",
                "\"counts\" : [ 6, 1 ], | \"often\" : [ 6, 1 ], | city.counts",
            })
    void shouldSayWhatIsWrongWhenTheCountsAreBad(String from, String to, String expected)
            throws IOException {
        Path path = folder.resolve("schema.json");
        schema().write(path);
        String good = Files.readString(path);
        assertTrue(good.contains(from), from + " not in " + good);
        Files.writeString(path, good.replace(from, to));
        MillraceException e = assertThrows(MillraceException.class, () -> FeatureSchema.read(path));
        assertEquals(ErrorCode.BAD_INPUT, e.code());
        assertTrue(e.getMessage().contains(expected), e.getMessage());
        assertEquals(1, e.getMessage().lines().count(), e.getMessage());
    }

    private static FeatureSchema schema() {
        Vocabulary cities =
                new Vocabulary(List.of("Oslo", "Rome"))
                        .withCounts(new VocabularyCounts(List.of(6L, 1L), 3));
        return new FeatureSchema(
                FeatureSchema.FORMAT,
                "counted",
                0,
                List.of(
                        FeatureField.categorical(FeatureScope.USER, "city", 4),
                        FeatureField.categorical(FeatureScope.ITEM, "page", 3)),
                Map.of("city", cities, "page", new Vocabulary(List.of("home"))));
    }

    @Test
    void shouldRefuseAValueThatIsThereTwice() {
        MillraceException e =
                assertThrows(
                        MillraceException.class,
                        () -> new Vocabulary(List.of("a", "b", "c", "b", "a")));
        assertEquals(ErrorCode.BAD_INPUT, e.code());
        assertTrue(e.getMessage().contains("value=b;"), e.getMessage());
    }
}
