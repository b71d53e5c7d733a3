package io.millrace.data.bundle;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;

import java.nio.file.Path;

/** Makes a bundle from a data set and the models trained on it. */
@SuppressWarnings("DoNotCallSuggester")
public final class BundleBuilder {
    private BundleBuilder() {}

    /**
     * Builds a bundle, whole or not at all; the same input and plan give the same bytes.
     *
     * @param dataset folder of the data set.
     * @param models folder of the models trained on it.
     * @param out folder of the bundle.
     * @param plan how it is built.
     * @param progress told of the stages.
     * @return what was built.
     */
    public static BuildReport run(
            Path dataset, Path models, Path out, BuildPlan plan, ProgressListener progress) {
        throw MillraceException.of(ErrorCode.INTERNAL, "not written yet");
    }
}
