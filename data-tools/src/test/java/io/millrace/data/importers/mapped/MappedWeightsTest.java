package io.millrace.data.importers.mapped;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.importers.DatasetReader;
import io.millrace.data.importers.ImportReport;
import io.millrace.data.importers.ImportTask;
import io.millrace.data.importers.source.ParquetWriting;
import io.millrace.ranker.features.RowTable;

import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Objects;

/** Weights of tags, behind each tag or in a column of their own. */
final class MappedWeightsTest {
    static final String MAPPING =
            """
            {
              "name": "songs",
              "user": "uid",
              "item": "song",
              "ids": "TEXT",
              "time": "at",
              "timeForm": "ISO",
              "click": {"column": "stay", "atLeast": 3},
              "isEveryEventWatched": true,
              "features": [
                {"column": "moods", "scope": "ITEM", "kind": "WEIGHTED_TAGS", "maxValues": 2,
                 "weightSeparator": "="}
              ],
              "text": {"separator": ";"},
              "split": {"historyShare": 0.4, "testShare": 0.2}
            }
            """;

    static final String APART =
            MAPPING.replace("\"weightSeparator\": \"=\"", "\"weights\": \"heavy\"");

    private static final String HEADER = "uid;song;at;stay;moods;heavy\n";

    static final String EVENTS =
            HEADER
                    + """
                    ann;s1;2024-05-01T02:00:00Z;5;calm=6| dark = 2 |calm=2|late=9;
                    ann;s2;2024-05-02T02:00:00Z;5;a=b=0|slow=0.0;
                    bob;s3;2024-05-03T02:00:00Z;5;dark|calm=3;
                    bob;s4;2024-05-04T02:00:00Z;5;dark||calm=;
                    cyd;s5;2024-05-05T02:00:00Z;5;;
                    """;

    static final String EVENTS_APART =
            HEADER
                    + """
                    ann;s1;2024-05-01T02:00:00Z;5;calm|dark|calm|late;6| 2 |2|9
                    ann;s2;2024-05-02T02:00:00Z;5;a=b|slow;0|0.0
                    bob;s3;2024-05-03T02:00:00Z;5;dark|calm;|3
                    bob;s4;2024-05-04T02:00:00Z;5;dark|calm;
                    cyd;s5;2024-05-05T02:00:00Z;5;;
                    """;

    @TempDir private Path folder;

    @Test
    void shouldReadWeightsBehindTheTags() throws IOException {
        run(MAPPING, EVENTS, 0);
        assertMoods();
    }

    @Test
    void shouldReadWeightsOfAColumnOfTheirOwn() throws IOException {
        run(APART, EVENTS_APART, 0);
        assertMoods();
    }

    @Test
    void shouldReadWeightsOfParquetThatAreListsOfNumbers() throws IOException {
        Path log = folder.resolve("events.parquet");
        ParquetWriting.write(
                log,
                """
                message log {
                  required binary uid (STRING);
                  required binary song (STRING);
                  required int64 at (TIMESTAMP(MICROS,true));
                  optional int32 stay;
                  optional group moods (LIST) { repeated group list { optional binary element (STRING); } }
                  optional group heavy (LIST) { repeated group list { optional double element; } }
                }
                """,
                CompressionCodecName.SNAPPY,
                1 << 20,
                5,
                (group, row) ->
                        fill(group, EVENTS_APART.lines().skip(1 + row).findFirst().orElseThrow()));
        Path mapping = Files.writeString(folder.resolve("mapping.json"), APART);
        MappedImporter.run(
                SourceForm.PARQUET,
                List.of(log),
                Mapping.read(mapping),
                new ImportTask(target(), 0, ProgressListener.NONE));
        assertMoods();
    }

    private static void fill(Group group, String event) {
        String[] fields = event.split(";", -1);
        group.append("uid", fields[0]).append("song", fields[1]);
        group.append("at", OffsetDateTime.parse(fields[2]).toEpochSecond() * 1_000_000);
        group.append("stay", Integer.parseInt(fields[3]));
        Group moods = group.addGroup("moods");
        for (String mood : fields[4].split("\\|", -1)) {
            moods.addGroup("list").append("element", mood);
        }
        if (!fields[5].isEmpty()) {
            Group weights = group.addGroup("heavy");
            for (String weight : fields[5].split("\\|", -1)) {
                double number = weight.isEmpty() ? Double.NaN : Double.parseDouble(weight);
                weights.addGroup("list").append("element", number);
            }
        }
    }

    private void assertMoods() {
        try (Dataset dataset = Dataset.open(target())) {
            assertEquals(
                    List.of("a=b", "calm", "dark", "slow"),
                    Objects.requireNonNull(dataset.schema().vocabularies().get("moods")).values());
            DatasetReader reader = new DatasetReader(dataset);
            RowTable items = dataset.items();
            assertArrayEquals(new int[] {3, 4}, reader.list(items, "moods", 0), "the first two");
            assertArrayEquals(new float[] {0.8f, 0.2f}, reader.shares(items, "moods", 0));
            assertArrayEquals(new int[0], reader.list(items, "moods", 1), "all weigh nothing");
            assertArrayEquals(new int[] {4, 3}, reader.list(items, "moods", 2));
            assertArrayEquals(
                    new float[] {0.25f, 0.75f},
                    reader.shares(items, "moods", 2),
                    "what says no weight weighs 1");
            assertArrayEquals(new float[] {0.5f, 0.5f}, reader.shares(items, "moods", 3));
            assertArrayEquals(new int[0], reader.list(items, "moods", 4));
        }
    }

    @Test
    void shouldCountRowsWhoseWeightsAreNone() throws IOException {
        String[] moods = {"a=-1", "a=1|b=much", "a=NaN", "a=1e31", "a=Infinity"};
        StringBuilder bad = new StringBuilder();
        for (String each : moods) {
            bad.append("dan;s9;2024-05-05T02:00:00Z;5;").append(each).append(";\n");
        }
        ImportReport report = run(MAPPING, EVENTS + bad, moods.length);
        assertEquals(
                List.of(
                        "events.csv:7: weight in moods is not from 0 to 1e30: -1",
                        "events.csv:8: weight in moods is no number: much",
                        "events.csv:9: weight in moods is not from 0 to 1e30: NaN",
                        "events.csv:10: weight in moods is not from 0 to 1e30: 1e31",
                        "events.csv:11: weight in moods is not finite: Infinity"),
                report.examples());
        assertEquals(5, report.items());
    }

    @Test
    void shouldCountRowsWithMoreWeightsThanTags() throws IOException {
        String bad = "dan;s9;2024-05-05T02:00:00Z;5;a|b;1|2|3\n";
        ImportReport report = run(APART, EVENTS_APART + bad, 1);
        assertEquals(List.of("events.csv:7: heavy are 3 for 2 of moods"), report.examples());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "WEIGHTED_TAGS | TAGS | column=moods, kind=TAGS, weights=null, weightSeparator==",
                "\"weightSeparator\": | \"weights\": \"heavy\", \"weightSeparator\": |"
                        + " weights=heavy, weightSeparator==",
                "\"weightSeparator\": \"=\" | \"weights\": \"light\" | column=light",
                "ITEM | CONTEXT | scope=CONTEXT, kind=WEIGHTED_TAGS",
                "\"weightSeparator\": \"=\" | \"encoding\": \"HASHED\" | encoding=HASHED",
            })
    void shouldSayWhatIsWrongWhenTheMappingIsBad(String from, String to, String expected) {
        assertTrue(MAPPING.contains(from), from);
        MillraceException e =
                assertThrows(
                        MillraceException.class, () -> run(MAPPING.replace(from, to), EVENTS, 0));
        assertTrue(e.getMessage().contains(expected), e.getMessage());
    }

    private ImportReport run(String mapping, String events, long maxRejects) throws IOException {
        return MappedRun.run(folder, mapping, events, maxRejects);
    }

    private Path target() {
        return MappedRun.target(folder);
    }
}
