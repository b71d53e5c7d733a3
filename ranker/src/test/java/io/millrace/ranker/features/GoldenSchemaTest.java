package io.millrace.ranker.features;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Format 1 as it was first written. Models, stores and bundles name a schema by its fingerprint, so
 * keys that came later must not stand in a file that does without them.
 */
final class GoldenSchemaTest {
    private static final long SCHEMA = 0x20845d27c10c5f6bL;
    private static final long USER_LAYOUT = 0x8a41f85d9af26c7aL;
    private static final long CONTEXT_LAYOUT = 0x44ea277155d2f68eL;
    private static final long ITEM_LAYOUT = 0xa9a7c13d87992359L;

    @TempDir private Path folder;

    @Test
    void shouldKeepBytesAndFingerprintsOfFormat1() throws IOException, URISyntaxException {
        Path golden =
                Path.of(
                        Objects.requireNonNull(
                                        getClass().getResource("schema-1.json"),
                                        "schema-1.json among the test resources")
                                .toURI());
        FeatureSchema schema = FeatureSchema.read(golden);
        Path again = folder.resolve("again.json");
        schema.write(again);
        assertEquals(Files.readString(golden), Files.readString(again));
        assertEquals(SCHEMA, schema.fingerprint());
        assertEquals(USER_LAYOUT, schema.layout(FeatureScope.USER).fingerprint());
        assertEquals(CONTEXT_LAYOUT, schema.layout(FeatureScope.CONTEXT).fingerprint());
        assertEquals(ITEM_LAYOUT, schema.layout(FeatureScope.ITEM).fingerprint());
    }
}
