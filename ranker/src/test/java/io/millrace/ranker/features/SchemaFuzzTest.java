package io.millrace.ranker.features;

import io.millrace.core.fuzz.Fuzzing;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

final class SchemaFuzzTest {
    @TempDir private Path folder;

    @Test
    void shouldReadOrRefuseWhenBytesAreChanged() throws IOException {
        Path file = folder.resolve("schema.json");
        Fuzzing.of("schema")
                .seeds(
                        golden("schema-1.json"),
                        golden("schema-1-counts.json"),
                        golden("schema-1-pooling.json"),
                        golden("schema-1-rates.json"),
                        golden("schema-1-weights.json"))
                .words("{", "}", "[", "]", ",", ":", "\"", "null", "0", "-1", "1e400", "true")
                .words(
                        "2147483647",
                        "9999999999",
                        "0.5",
                        "\"USER\"",
                        "\"ITEM\"",
                        "\"table\": null,")
                .run(
                        input -> {
                            FeatureSchema schema = FeatureSchema.read(Files.write(file, input));
                            schema.fingerprint();
                            for (FeatureScope scope : FeatureScope.values()) {
                                schema.layout(scope).fingerprint();
                            }
                        });
    }

    private static byte[] golden(String name) throws IOException {
        try (InputStream in =
                Objects.requireNonNull(SchemaFuzzTest.class.getResourceAsStream(name), name)) {
            return in.readAllBytes();
        }
    }
}
