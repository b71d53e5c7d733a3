package io.millrace.data.train;

import io.millrace.core.bundle.BundleFile;
import io.millrace.core.bundle.BundleLayout;
import io.millrace.core.bundle.BundleManifest;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.json.Json;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.dataset.FileNames;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a folder of trained models is. Holds no time of making, so that the same training gives the
 * same bytes.
 *
 * @param format version of the folder's form, {@link #FORMAT}.
 * @param dataset name of the data set.
 * @param datasetFingerprint fingerprint of the data set, 16 hexadecimal digits.
 * @param schemaFingerprint fingerprint of its schema, 16 hexadecimal digits.
 * @param seed seed of the models.
 * @param metrics what was measured in training, by name.
 * @param files the models' files by name.
 */
public record ModelsManifest(
        int format,
        String dataset,
        String datasetFingerprint,
        String schemaFingerprint,
        long seed,
        SortedMap<String, Double> metrics,
        SortedMap<String, BundleFile> files) {
    /** The version of the folder's form that is written. */
    public static final int FORMAT = 1;

    /** Validates and copies. */
    public ModelsManifest {
        if (format != FORMAT) {
            throw MillraceException.of(
                    ErrorCode.UNSUPPORTED_VERSION,
                    "unknown format of models: format=%d, known=%d; train them again",
                    format,
                    FORMAT);
        }
        // Keys that a file leaves out arrive as null.
        if ((Object) datasetFingerprint == null || (Object) metrics == null) {
            throw MillraceException.badInput(
                    "bad manifest of models: datasetFingerprint=%s, metrics=%s; train them again",
                    datasetFingerprint, metrics);
        }
        FileNames.validate(files);
        metrics = new TreeMap<>(metrics);
        files = new TreeMap<>(files);
    }

    /**
     * Describes models that have just been written.
     *
     * @param dataset what they were trained on.
     * @param seed seed of the models.
     * @param metrics what was measured in training, by name.
     * @param folder where their files are.
     * @param names names of the files.
     * @return the manifest.
     */
    public static ModelsManifest of(
            Dataset dataset,
            long seed,
            SortedMap<String, Double> metrics,
            Path folder,
            List<String> names) {
        return new ModelsManifest(
                FORMAT,
                dataset.manifest().name(),
                dataset.manifest().fingerprint(),
                String.format("%016x", dataset.schema().fingerprint()),
                seed,
                metrics,
                BundleManifest.describe(folder, names));
    }

    /**
     * Makes sure that the models were trained on a data set.
     *
     * @param folder folder of the models, for the message.
     * @param data the data set.
     * @throws MillraceException MISMATCH when they were trained on another one.
     */
    public void checkTrainedOn(Path folder, Dataset data) {
        String expected = data.manifest().fingerprint();
        if (!datasetFingerprint.equals(expected)) {
            throw MillraceException.of(
                    ErrorCode.MISMATCH,
                    "the models were trained on another data set: models=%s, trained on=%s, data"
                            + " set=%s, its fingerprint=%s; train on it, or give the data set they"
                            + " were trained on",
                    folder,
                    datasetFingerprint,
                    data.path(),
                    expected);
        }
    }

    /**
     * Reads the manifest of a folder and checks the files it names.
     *
     * @param folder folder of the models.
     * @return the manifest.
     * @throws MillraceException NOT_FOUND when it is no such folder, CORRUPT_FILE when a file is
     *     missing or another.
     */
    public static ModelsManifest verify(Path folder) {
        Path path = folder.resolve(BundleLayout.MODELS_MANIFEST);
        if (Files.notExists(path)) {
            throw MillraceException.of(
                    ErrorCode.NOT_FOUND,
                    "no trained models: folder=%s has no %s; make them with millrace train",
                    folder,
                    BundleLayout.MODELS_MANIFEST);
        }
        ModelsManifest manifest = Json.read(path, ModelsManifest.class);
        if (!manifest.files().containsKey(BundleLayout.RANKER)) {
            throw MillraceException.corrupt(
                    path, "a model is not listed: file=%s", BundleLayout.RANKER);
        }
        SortedMap<String, BundleFile> actual =
                BundleManifest.describe(folder, manifest.files().keySet());
        for (Map.Entry<String, BundleFile> file : manifest.files().entrySet()) {
            if (!file.getValue().equals(actual.get(file.getKey()))) {
                throw MillraceException.corrupt(
                        folder.resolve(file.getKey()),
                        "not the file that was trained: expected=%s, actual=%s",
                        file.getValue(),
                        actual.get(file.getKey()));
            }
        }
        return manifest;
    }
}
