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
        manifest.checkTrainedOn(path, dataset);
        if (!manifest.files().containsKey(BundleLayout.TOWERS)) {
            throw MillraceException.of(
                    ErrorCode.MISMATCH,
                    "no towers among the models, so nothing to retrieve with: models=%s, data"
                            + " set=%s; train on a data set with histories",
                    path,
                    dataset.path());
        }
        // Opened to be checked only; serving opens it again.
        DcnModel.load(path.resolve(BundleLayout.RANKER), dataset.schema()).close();
        if (hasLightRanker(manifest)) {
            DcnModel.load(path.resolve(BundleLayout.LIGHT_RANKER), dataset.schema()).close();
        }
        return new TrainedModels(
                path,
                manifest,
                TwoTowerModel.load(path.resolve(BundleLayout.TOWERS), dataset.schema()));
    }

    /** Whether there is a light ranker: earlier trainings made none. */
    boolean hasLightRanker() {
        return hasLightRanker(manifest);
    }

    private static boolean hasLightRanker(ModelsManifest manifest) {
        return manifest.files().containsKey(BundleLayout.LIGHT_RANKER);
    }

    @Override
    public void close() {
        towers.close();
    }
}
