package io.millrace.ranker.rerank;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.ranker.features.FeatureSchema;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

final class RerankRulesTest {
    @TempDir private Path folder;

    @Test
    void shouldReadBackWhatWasWritten() {
        Path path = folder.resolve("rules.json");
        RerankRules rules = RerankRules.defaults(World.schema(10, 3));
        assertEquals(List.of("watched", "liked"), rules.seenFields());
        assertEquals("creator", rules.creatorField());
        rules.write(path);
        assertEquals(rules, RerankRules.read(path));
    }

    @Test
    void shouldLeaveRulesOutWhenTheSchemaHasNoFieldsForThem() {
        RerankRules rules =
                RerankRules.defaults(
                        new FeatureSchema(FeatureSchema.FORMAT, "bare", 0, List.of(), Map.of()));
        assertEquals(List.of(), rules.seenFields());
        assertEquals("", rules.creatorField());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"k\" : 10 | \"k\" : 0 | k=0",
                "\"k\" : 10 | \"k\" : 5000 | k=5000",
                "\"k\" : 10 | \"kay\" : 10 | k",
                "\"k\" : 10 | \"k\" : 10, \"boost\" : 2 | boost",
                "\"creatorCap\" : 2 | \"creatorCap\" : 0 | creatorCap=0",
                "\"mmrPool\" : 100 | \"mmrPool\" : -1 | mmrPool=-1",
                "\"mmrLambda\" : 0.85 | \"mmrLambda\" : 1.1 | mmrLambda=1.1",
                "\"mmrLambda\" : 0.85 | \"mmrLambda\" : \"NaN\" | mmrLambda",
                "\"duplicateCosine\" : 0.999 | \"duplicateCosine\" : 0 | duplicateCosine=0",
                "\"creatorField\" : \"creator\" | \"creatorField\" : null | creatorField",
                "\"watched\" | null | seenFields",
            })
    void shouldSayWhichRuleIsWrongWhenTheFileIsBad(String from, String to, String expected)
            throws IOException {
        Path path = folder.resolve("rules.json");
        RerankRules.defaults(World.schema(10, 3)).write(path);
        String good = Files.readString(path);
        assertTrue(good.contains(from), good);
        Files.writeString(path, good.replace(from, to));
        MillraceException e = assertThrows(MillraceException.class, () -> RerankRules.read(path));
        assertEquals(ErrorCode.BAD_INPUT, e.code());
        assertTrue(e.getMessage().contains(expected), e.getMessage());
        assertTrue(e.getMessage().contains("rules.json"), e.getMessage());
    }
}
