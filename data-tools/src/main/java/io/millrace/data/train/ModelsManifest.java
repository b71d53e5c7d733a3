package io.millrace.data.train;

import io.millrace.core.bundle.BundleFile;
import io.millrace.core.bundle.BundleLayout;
import io.millrace.core.bundle.BundleManifest;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.json.Json;

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

    private static final List<String> PARTS = List.of(BundleLayout.RANKER, BundleLayout.TOWERS);

    /** Validates and copies. */
    public ModelsManifest {
        if (format != FORMAT) {
            throw MillraceException.of(
                    ErrorCode.UNSUPPORTED_VERSION,
                    "unknown format of models: format=%d, known=%d; train them again",
                    format,
                    FORMAT);
        }
        metrics = new TreeMap<>(metrics);
        files = new TreeMap<>(files);
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
        for (String part : PARTS) {
            if (!manifest.files().containsKey(part)) {
                throw MillraceException.corrupt(path, "a model is not listed: file=%s", part);
            }
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
