package io.millrace.data.bundle;

import io.millrace.core.bundle.BundleLayout;
import io.millrace.core.bundle.BundleManifest;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.file.AtomicDirectory;
import io.millrace.core.json.Json;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.dataset.DatasetLayout;
import io.millrace.data.train.ModelsManifest;
import io.millrace.ranker.calibration.HeadCalibrations;
import io.millrace.ranker.dcn.DcnModel;
import io.millrace.ranker.dcn.ValueFormula;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureScope;

import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;

/**
 * Makes a bundle of a ranker alone from a data set of impressions and the models trained on it:
 * schema, ranker and calibration. Rows of the data set stay out of it, as candidates bring theirs.
 */
public final class RankerBundleBuilder {
    private RankerBundleBuilder() {}

    /**
     * Whether models are of a ranker alone.
     *
     * @param models their folder.
     * @return false where there are towers.
     * @throws MillraceException when the folder holds no models, or others than were trained.
     */
    public static boolean isFor(Path models) {
        return !ModelsManifest.verify(models).files().containsKey(BundleLayout.TOWERS);
    }

    /**
     * Builds a bundle, whole or not at all; the same input gives the same bytes.
     *
     * @param dataset folder of the data set.
     * @param models folder of the models trained on it.
     * @param out folder of the bundle.
     * @param value what a server orders candidates by.
     * @param replace whether a folder that is there already may be replaced.
     * @return what the bundle says of itself.
     * @throws MillraceException MISMATCH when the models were not trained on the data set, or it
     *     has features of users or rates, or the ranker lacks a head that is to be ordered by,
     *     CORRUPT_FILE when one of the files is damaged.
     */
    public static BundleManifest run(
            Path dataset, Path models, Path out, ValueFormula value, boolean replace) {
        try (Dataset data = Dataset.open(dataset);
                AtomicDirectory directory = AtomicDirectory.create(out, replace)) {
            requireNoUsers(data);
            requireNoRates(data);
            ModelsManifest trained = ModelsManifest.verify(models);
            trained.checkTrainedOn(models, data);
            // Opened to be checked only; serving opens it again.
            try (DcnModel model =
                    DcnModel.load(models.resolve(BundleLayout.RANKER), data.schema())) {
                value.of(model.heads());
            }
            BundleFiles.copy(
                    data.path().resolve(DatasetLayout.SCHEMA),
                    directory.resolve(BundleLayout.SCHEMA));
            BundleFiles.copy(
                    models.resolve(BundleLayout.RANKER), directory.resolve(BundleLayout.RANKER));
            if (trained.files().containsKey(BundleLayout.CALIBRATION)) {
                Path calibration = models.resolve(BundleLayout.CALIBRATION);
                HeadCalibrations.read(calibration);
                BundleFiles.copy(calibration, directory.resolve(BundleLayout.CALIBRATION));
            }
            BundleManifest manifest = manifest(data, trained, value, directory.path());
            Json.writeAtomically(directory.resolve(BundleLayout.MANIFEST), manifest);
            directory.commit();
            return manifest;
        }
    }

    /** Rows of users are not in the bundle, so what the model learnt of them would be missing. */
    private static void requireNoUsers(Dataset data) {
        List<FeatureField> fields = data.schema().fields(FeatureScope.USER);
        if (!fields.isEmpty()) {
            throw MillraceException.of(
                    ErrorCode.MISMATCH,
                    "a ranker alone is served without users, but the data set has features of them:"
                            + " data set=%s, first=%s; import them as features of items, or train"
                            + " towers as well",
                    data.path(),
                    fields.getFirst().name());
        }
    }

    /** Candidates that bring their features are counted nowhere. */
    private static void requireNoRates(Dataset data) {
        List<FeatureField> rates = data.schema().fields(FeatureScope.IMPRESSION);
        if (!rates.isEmpty()) {
            throw MillraceException.of(
                    ErrorCode.MISMATCH,
                    "a ranker alone is served without counters, but the data set has rates: data"
                            + " set=%s, first=%s; import it without rates, or train towers as well",
                    data.path(),
                    rates.getFirst().name());
        }
    }

    private static BundleManifest manifest(
            Dataset data, ModelsManifest trained, ValueFormula value, Path folder) {
        TreeMap<String, String> parameters = new TreeMap<>();
        if (!value.equals(ValueFormula.CLICK)) {
            parameters.put(BundleManifest.VALUE, value.toString());
        }
        parameters.put("models.seed", Long.toString(trained.seed()));
        return new BundleManifest(
                        BundleManifest.FORMAT,
                        "",
                        data.manifest().name(),
                        data.manifest().kind(),
                        data.manifest().fingerprint(),
                        String.format("%016x", data.schema().fingerprint()),
                        0,
                        0,
                        0,
                        parameters,
                        trained.metrics(),
                        BundleManifest.describeRankerParts(folder))
                .sealed();
    }
}
