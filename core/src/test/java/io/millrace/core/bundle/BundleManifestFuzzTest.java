package io.millrace.core.bundle;

import io.millrace.core.fuzz.Fuzzing;
import io.millrace.core.json.Json;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;

final class BundleManifestFuzzTest {
    @TempDir private Path bundle;

    @Test
    void shouldReadOrRefuseWhenBytesAreChanged() throws IOException {
        for (String part : BundleLayout.PARTS) {
            Files.writeString(bundle.resolve(part), "content of " + part);
        }
        BundleManifest sound =
                new BundleManifest(
                        BundleManifest.FORMAT,
                        "",
                        "world",
                        "simulated",
                        "0",
                        "0",
                        7,
                        3,
                        64,
                        new TreeMap<>(),
                        new TreeMap<>(),
                        BundleManifest.describe(bundle, BundleLayout.PARTS));
        Path file = bundle.resolve(BundleLayout.MANIFEST);
        Json.writeAtomically(file, sound.sealed());
        Fuzzing.of("manifest")
                .seeds(Files.readAllBytes(file))
                .words("{", "}", "[", "]", ",", ":", "\"", "null", "-1", "1e400", "../x", "\\u0000")
                .words("99999999999999999999", "true", "\"files\": {}", "[[[[[[[[", " ")
                .run(
                        input -> {
                            Files.write(file, input);
                            BundleManifest.verify(bundle);
                        });
    }
}
