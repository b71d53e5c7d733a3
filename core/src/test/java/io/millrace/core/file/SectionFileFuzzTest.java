package io.millrace.core.file;

import io.millrace.core.fuzz.Fuzzing;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

final class SectionFileFuzzTest {
    private static final String KIND = "FUZZED";

    @TempDir private Path folder;

    @Test
    void shouldReadOrRefuseWhenBytesAreChanged() throws IOException {
        Path sound = folder.resolve("sound");
        try (SectionFileWriter writer = SectionFileWriter.create(sound, KIND, 2, 4_096)) {
            writer.bytes("bytes", new byte[5_000])
                    .ints("ints", new int[] {1, 2, 3})
                    .bytes("none", new byte[0])
                    .longs("long", new long[] {7})
                    .commit();
        }
        Path file = folder.resolve("file");
        Fuzzing.of("section-file")
                .seeds(Files.readAllBytes(sound))
                .repairing(SectionRepair::repaired)
                .run(
                        input -> {
                            Files.write(file, input);
                            for (SectionFileOpening opening : SectionFileOpening.values()) {
                                try (SectionFile opened = opening.open(file, KIND, 2)) {
                                    for (String name : opened.names()) {
                                        opened.readBytes(name);
                                        opened.readInts(name);
                                    }
                                    opened.readLong("long");
                                }
                            }
                        });
    }
}
