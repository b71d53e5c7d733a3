package io.millrace.ranker.features;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.random.SplitRandom;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

final class VocabularyTest {
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
    void shouldRefuseAValueThatIsThereTwice() {
        MillraceException e =
                assertThrows(
                        MillraceException.class,
                        () -> new Vocabulary(List.of("a", "b", "c", "b", "a")));
        assertEquals(ErrorCode.BAD_INPUT, e.code());
        assertTrue(e.getMessage().contains("value=b;"), e.getMessage());
    }
}
