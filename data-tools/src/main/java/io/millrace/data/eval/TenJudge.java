package io.millrace.data.eval;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.data.bundle.OfflineBundle;
import io.millrace.data.dataset.Dataset;

import java.nio.file.Path;
import java.util.List;

/** Judges the ten items that users were served. */
@SuppressWarnings("DoNotCallSuggester")
public final class TenJudge {
    private TenJudge() {}

    /**
     * Judges answers.
     *
     * @param bundle folder of the bundle that was served.
     * @param dataset folder of the data set it was built from.
     * @param answers what the server answered; unknown users are left out.
     * @param threads how many threads; the report does not depend on it.
     * @param progress told of every user.
     * @return how good they are.
     */
    public static TenReport judge(
            Path bundle,
            Path dataset,
            List<ServedTen> answers,
            int threads,
            ProgressListener progress) {
        try (Dataset data = Dataset.open(dataset);
                OfflineBundle opened = OfflineBundle.open(bundle)) {
            return judge(opened, data, answers, threads, progress);
        }
    }

    /**
     * Judges answers of an open bundle.
     *
     * @param bundle the bundle that was served.
     * @param dataset the data set it was built from.
     * @param answers what the server answered; unknown users are left out.
     * @param threads how many threads; the report does not depend on it.
     * @param progress told of every user.
     * @return how good they are.
     */
    public static TenReport judge(
            OfflineBundle bundle,
            Dataset dataset,
            List<ServedTen> answers,
            int threads,
            ProgressListener progress) {
        throw MillraceException.of(ErrorCode.INTERNAL, "not written yet");
    }
}
