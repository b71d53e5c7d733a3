package io.millrace.data.eval;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.data.bundle.OfflineBundle;
import io.millrace.data.dataset.Dataset;

import java.nio.file.Path;

/** Measures a bundle, and baselines beside it, on what a data set held out. */
@SuppressWarnings("DoNotCallSuggester")
public final class Evaluation {
    private Evaluation() {}

    /**
     * Measures a bundle.
     *
     * @param bundle folder of the bundle.
     * @param dataset folder of the data set it was built from.
     * @param plan what is measured.
     * @param progress told of the stages.
     * @return the figures.
     */
    public static EvaluationReport run(
            Path bundle, Path dataset, EvaluationPlan plan, ProgressListener progress) {
        try (Dataset data = Dataset.open(dataset);
                OfflineBundle opened = OfflineBundle.open(bundle)) {
            return run(opened, data, plan, progress);
        }
    }

    /**
     * Measures an open bundle.
     *
     * @param bundle the bundle.
     * @param dataset the data set it was built from.
     * @param plan what is measured.
     * @param progress told of the stages.
     * @return the figures.
     */
    public static EvaluationReport run(
            OfflineBundle bundle, Dataset dataset, EvaluationPlan plan, ProgressListener progress) {
        throw MillraceException.of(ErrorCode.INTERNAL, "not written yet");
    }
}
