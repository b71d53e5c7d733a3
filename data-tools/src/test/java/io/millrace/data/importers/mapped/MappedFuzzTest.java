package io.millrace.data.importers.mapped;

import io.millrace.core.fuzz.Fuzzing;
import io.millrace.data.importers.FuzzedFolder;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A mapping and the text it is for, changed together. */
final class MappedFuzzTest {
    private static final String RATES =
            """
            "rates": [
              {"name": "now", "event": "CLICK", "of": "item_id", "halfLifeMinutes": 60},
              {"name": "seen", "event": "WATCH", "of": "seller", "halfLifeMinutes": 60,
               "usual": 0.5, "priorImpressions": 20}
            ],
            "longView": {"column": "stay", "atLeast": 5},
            "labels": {"cart": {"column": "bought", "atLeast": 1}},
            "hasTimeOnCircles": true,
            """;

    @TempDir private Path folder;

    @Test
    void shouldImportOrRefuseWhenBytesAreChanged() throws IOException {
        Path source = Files.createDirectory(folder.resolve("source"));
        Path mapping = source.resolve("mapping.json");
        Path log = source.resolve("events.csv");
        FuzzedFolder files = new FuzzedFolder(source, List.of("mapping.json", "events.csv"));
        Files.writeString(mapping, MappedWeightsTest.APART);
        Files.writeString(log, MappedWeightsTest.EVENTS_APART);
        byte[] weights = files.pack();
        String rated =
                MappedImporterTest.MAPPING.replace("\"hasTimeOnCircles\": true,", RATES.strip());
        Files.writeString(mapping, rated);
        Files.writeString(log, MappedImporterTest.EVENTS);
        files.fuzz(
                Fuzzing.of("mapped")
                        .seeds(weights)
                        .words("null", "[null]", "{}", "[]", "\"\"", "{", "}", "[", "]", ":")
                        .words("\"text\": {\"separator\": \"\\\"\"},", "\"missing\": [null],")
                        .words("\"crosses\": [null],", "\"columns\": [null],", "16777216", "ISO")
                        .words("+999999999-12-31T23:59:59Z", "\"charset\": \"UTF-16\","),
                task ->
                        MappedImporter.run(
                                SourceForm.TEXT, List.of(log), Mapping.read(mapping), task));
    }
}
