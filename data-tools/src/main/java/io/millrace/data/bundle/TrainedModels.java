package io.millrace.data.bundle;

import io.millrace.core.bundle.BundleLayout;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.train.ModelsManifest;
import io.millrace.ranker.dcn.DcnModel;
import io.millrace.ranker.tower.TwoTowerModel;

import java.nio.file.Path;

/**
 * The models of a folder, found to be whole and to belong to a data set.
 *
 * @param path the folder.
 * @param manifest what it says of itself.
 * @param towers query tower and item tower.
 */
record TrainedModels(Path path, ModelsManifest manifest, TwoTowerModel towers)
        implements AutoCloseable {

    static TrainedModels open(Path path, Dataset dataset) {
        ModelsManifest manifest = ModelsManifest.verify(path);
        String expected = dataset.manifest().fingerprint();
        if (!manifest.datasetFingerprint().equals(expected)) {
            throw MillraceException.of(
                    ErrorCode.MISMATCH,
                    "the models were trained on another data set: models=%s, trained on=%s, data"
                            + " set=%s, its fingerprint=%s; train on it, or give the data set they"
                            + " were trained on",
                    path,
                    manifest.datasetFingerprint(),
                    dataset.path(),
                    expected);
        }
        // Opened to be checked only; serving opens it again.
        DcnModel.load(path.resolve(BundleLayout.RANKER), dataset.schema()).close();
        return new TrainedModels(
                path,
                manifest,
                TwoTowerModel.load(path.resolve(BundleLayout.TOWERS), dataset.schema()));
    }

    @Override
    public void close() {
        towers.close();
    }
}
