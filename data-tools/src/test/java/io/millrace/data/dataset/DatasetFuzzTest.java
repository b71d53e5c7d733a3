package io.millrace.data.dataset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.core.bundle.BundleLayout;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.file.SectionRepair;
import io.millrace.core.fuzz.Fuzzing;
import io.millrace.core.json.Json;
import io.millrace.data.train.ModelsManifest;
import io.millrace.ranker.features.FeatureScope;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;

/** What stands in the folders of data sets and of trained models beside schema and rows. */
final class DatasetFuzzTest {
    /** Its models would be compared with nothing. */
    private static final String WITHOUT_DATASET =
            "{\"format\": 1, \"dataset\": \"x\", \"schemaFingerprint\": \"0\", \"seed\": 7,"
                    + " \"metrics\": {}, \"files\": {\"ranker.weights\": {\"bytes\": 7,"
                    + " \"crc32c\": \"923eaa45\"}}}";

    @TempDir private Path folder;
    private Path dataset = Path.of("");

    @BeforeEach
    void make() {
        dataset = folder.resolve("set");
        try (DatasetWriter writer = DatasetWriter.create(dataset, false)) {
            DatasetTest.fill(writer, 1);
            writer.commit("made", "made", DatasetTest.COUNTS, 1L);
        }
    }

    @Test
    void shouldReadOrRefuseWhenBytesOfTheManifestAreChanged() throws IOException {
        Path manifest = dataset.resolve(DatasetLayout.MANIFEST);
        Fuzzing.of("dataset")
                .seeds(Files.readAllBytes(manifest))
                .words("{", "}", "[", "]", ",", ":", "\"", "null", "-1", "1e400", "../x", "\\u0000")
                .words("99999999999999999999", "\"files\": null,", "\"files\": {}", "\"\": \"\",")
                .run(
                        input -> {
                            Files.write(manifest, input);
                            try (Dataset read = Dataset.open(dataset)) {
                                read.manifest().fingerprint();
                            }
                        });
    }

    /** A device that never ends, among others. */
    @ParameterizedTest
    @ValueSource(strings = {"/dev/zero", "../set/users.rows", "", "\\u0000x", ".", "a/b"})
    void shouldRefuseFilesThatAreNoneOfItsFolder(String name) throws IOException {
        Path manifest = dataset.resolve(DatasetLayout.MANIFEST);
        String sound = Files.readString(manifest);
        String entry = "\"" + name + "\" : \"00000000\", \"users.rows\"";
        Files.writeString(manifest, sound.replace("\"users.rows\"", entry));
        assertRefused(() -> Dataset.open(dataset).close());
        Files.writeString(manifest, sound.replaceFirst("\"users.rows\" : [^,}]*", "\"x\" : null"));
        assertRefused(() -> Dataset.open(dataset).close());
    }

    private static void assertRefused(Executable action) {
        MillraceException e = assertThrows(MillraceException.class, action);
        assertEquals(ErrorCode.BAD_INPUT, e.code());
        assertEquals(1, e.getMessage().lines().count(), e.getMessage());
    }

    @Test
    void shouldReadOrRefuseWhenBytesOfImpressionsAreChanged() throws IOException {
        Path file = folder.resolve("events");
        Path others = folder.resolve("others");
        try (InteractionTable.Builder events =
                InteractionTable.builder(
                        9, DatasetTest.SCHEMA, List.of(Label.CLICK, new Label("cart", 7)))) {
            events.write(others);
        }
        Fuzzing.of("dataset-events")
                .seeds(
                        Files.readAllBytes(dataset.resolve(DatasetLayout.TRAIN)),
                        Files.readAllBytes(others))
                .words("click", "\n", "label_names", "user", "item", "context", "labels")
                .repairing(SectionRepair::repaired)
                .run(input -> readAll(Files.write(file, input)));
    }

    /** Whoever trains reads rows of users, items and contexts by what stands in an impression. */
    private static void readAll(Path file) {
        try (InteractionTable events =
                InteractionTable.open(
                        file, DatasetTest.SCHEMA, DatasetTest.USERS, DatasetTest.ITEMS)) {
            for (long i = 0; i < events.count(); i++) {
                for (Label label : events.labels()) {
                    label.holds(events, i);
                }
                events.day(i);
                events.watchRatio(i);
                int bad =
                        DatasetTest.SCHEMA
                                .layout(FeatureScope.CONTEXT)
                                .firstBadField(events.contextSegment(), events.contextOffset(i));
                if (bad >= 0
                        || events.user(i) < 0
                        || events.user(i) >= DatasetTest.USERS
                        || events.item(i) < 0
                        || events.item(i) >= DatasetTest.ITEMS) {
                    throw new AssertionError("an impression that cannot be: " + i);
                }
            }
        }
    }

    @Test
    void shouldReadOrRefuseWhenBytesOfTheManifestOfModelsAreChanged() throws IOException {
        Path models = Files.createDirectory(folder.resolve("models"));
        Files.writeString(models.resolve(BundleLayout.RANKER), "weights");
        try (Dataset data = Dataset.open(dataset)) {
            ModelsManifest sound =
                    ModelsManifest.of(
                            data, 7, new TreeMap<>(), models, List.of(BundleLayout.RANKER));
            Path manifest = models.resolve(BundleLayout.MODELS_MANIFEST);
            Json.writeAtomically(manifest, sound);
            Fuzzing.of("models")
                    .seeds(Files.readAllBytes(manifest))
                    .words("{", "}", "[", "]", ",", ":", "\"", "null", "-1", "1e400", "\\u0000")
                    .words("\"files\": null,", "\"datasetFingerprint\": null,", "\"\": null,")
                    .kept(WITHOUT_DATASET.getBytes(UTF_8))
                    .run(
                            input -> {
                                Files.write(manifest, input);
                                ModelsManifest.verify(models).checkTrainedOn(models, data);
                            });
        }
    }
}
