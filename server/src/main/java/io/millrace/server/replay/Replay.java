package io.millrace.server.replay;

import io.millrace.core.bundle.BundleManifest;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.core.simd.Kernels;
import io.millrace.ranker.impression.Impression;
import io.millrace.ranker.impression.ImpressionDescription;
import io.millrace.ranker.impression.ImpressionLogReader;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Answers the requests of a log again with the bundle that answered them, and compares. Answers are
 * the same bit for bit on processors whose vectors are of the same width: sums of floats are taken
 * in the order of the lanes.
 */
public final class Replay {
    private final Path bundle;
    private final int kept;
    private final ProgressListener progress;
    private final List<ReplayDifference> first = new ArrayList<>();
    private @Nullable ReplayedBundle open;
    private long replayed;
    private long equal;
    private long withLaterItems;
    private int otherVectorBits;

    private Replay(Path bundle, int kept, ProgressListener progress) {
        this.bundle = bundle;
        this.kept = kept;
        this.progress = progress;
    }

    /**
     * Replays a log.
     *
     * @param log its folder, or one file of it.
     * @param bundle folder of the bundle that answered.
     * @param kept how many differences to keep.
     * @param progress told of the steps.
     * @return what was found.
     * @throws MillraceException MISMATCH when another bundle answered all of the log, NOT_FOUND
     *     when there is no log, CORRUPT_FILE when log or bundle is damaged.
     */
    public static ReplayReport run(Path log, Path bundle, int kept, ProgressListener progress) {
        String fingerprint = BundleManifest.read(bundle).fingerprint();
        Replay replay = new Replay(bundle, kept, progress);
        try (ImpressionLogReader reader = new ImpressionLogReader(log, fingerprint)) {
            return replay.run(reader);
        } finally {
            replay.closeBundle();
        }
    }

    private ReplayReport run(ImpressionLogReader reader) {
        try (ProgressListener.Stage stage = progress.start("replay", -1)) {
            for (Impression logged = reader.next(); logged != null; logged = reader.next()) {
                ReplayedBundle current = bundleFor(reader.description());
                if (current.hasItemsOf(logged)) {
                    compare(logged, current.answer(logged));
                } else {
                    withLaterItems++;
                }
                stage.advance(1);
            }
        }
        return new ReplayReport(
                replayed,
                equal,
                first,
                withLaterItems,
                otherVectorBits,
                reader.foreignFiles(),
                reader.damage());
    }

    private void compare(Impression logged, Impression now) {
        replayed++;
        if (ReplayDifference.isSame(logged, now)) {
            equal++;
        } else if (first.size() < kept) {
            first.add(ReplayDifference.of(logged, now));
        }
    }

    /** The same bundle is opened anew where the server ran with other settings. */
    private ReplayedBundle bundleFor(ImpressionDescription description) {
        ReplayedBundle current = open;
        if (current != null && current.isFor(description)) {
            return current;
        }
        closeBundle();
        if (description.vectorBits() != Kernels.vector().vectorBits()) {
            otherVectorBits = description.vectorBits();
        }
        ReplayedBundle opened = new ReplayedBundle(bundle, description, progress);
        open = opened;
        return opened;
    }

    private void closeBundle() {
        ReplayedBundle current = open;
        open = null;
        if (current != null) {
            current.close();
        }
    }
}
