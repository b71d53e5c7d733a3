package io.millrace.data.bundle;

import io.millrace.core.bundle.BundleLayout;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.train.ModelsManifest;

import java.nio.file.Path;

/**
 * The models of a folder, found to be whole and to belong to a data set.
 *
 * @param path the folder.
 * @param manifest what it says of itself.
 */
record TrainedModels(Path path, ModelsManifest manifest) {
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
        return new TrainedModels(path, manifest);
    }

    /** Whether there is a light ranker: earlier trainings made none. */
    boolean hasLightRanker() {
        return manifest.files().containsKey(BundleLayout.LIGHT_RANKER);
    }
}
