package io.millrace.ranker.rerank;

import io.millrace.core.fuzz.Fuzzing;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;

final class RerankRulesFuzzTest {
    @TempDir private Path folder;

    @Test
    void shouldReadOrRefuseWhenBytesAreChanged() {
        Path file = folder.resolve("rules.json");
        Fuzzing.of("rules")
                .seeds(
                        "{\"k\": 10, \"creatorField\": \"creator\", \"creatorCap\": 2,"
                            + " \"mmrLambda\": 0.7, \"mmrPool\": 100, \"duplicateCosine\": 0.98,"
                            + " \"seenFields\": [\"watched\", \"liked\"], \"retrievalWeight\":"
                            + " 0.3}")
                .words(
                        "{", "}", "[", "]", ",", ":", "\"", "null", "0", "-1", "1e400", "NaN",
                        "[[[[")
                .run(input -> RerankRules.read(Files.write(file, input)));
    }
}
