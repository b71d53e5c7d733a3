package io.millrace.server.funnel.bundle;

import io.millrace.core.bundle.BundleManifest;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.funnel.Funnel;
import io.millrace.server.funnel.FunnelWorker;
import io.millrace.server.funnel.rows.LoggedRows;
import io.millrace.server.funnel.stage.FeedbackIntake;
import io.millrace.server.log.ImpressionCapture;
import io.millrace.server.state.StateSnapshot;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.List;

/**
 * A bundle that is open and ready to answer: a whole funnel, or a ranker alone.
 *
 * <p>Threading: any thread; {@link #close} when no worker answers any more.
 */
public sealed interface OpenBundle extends Funnel, AutoCloseable
        permits RankerBundle, ServingBundle {
    /**
     * Checks a bundle, opens all of it and warms it up.
     *
     * @param config which bundle, what is kept between runs, how wide the funnel is, what a request
     *     may hold, and where impressions go
     * @param progress told of the steps
     * @return a funnel that is ready
     * @throws MillraceException when the bundle is damaged or its parts do not belong together, or
     *     another server uses the same state
     */
    static OpenBundle open(ServerConfig config, ProgressListener progress) {
        return open(config, null, progress);
    }

    /**
     * The same with a state that is not the one in use.
     *
     * @param config as above
     * @param state folder of the bundle's own state; null for the one in use
     * @param progress told of the steps
     * @return a funnel that is ready
     */
    static OpenBundle open(ServerConfig config, @Nullable Path state, ProgressListener progress) {
        return BundleManifest.read(config.bundleDirectory()).isRankerAlone()
                ? RankerBundle.open(config, progress)
                : ServingBundle.open(config, state, progress);
    }

    /**
     * Checks a bundle and opens all of it to answer requests again as they were answered, without
     * state and without warming up.
     *
     * @param config which bundle, how wide the funnel is and what a request may hold
     * @param logged rows as they were
     * @param progress told of the steps
     * @return a funnel; its {@link #newRecordingWorker}s are to be used
     * @throws MillraceException when the bundle is damaged or its parts do not belong together
     */
    static OpenBundle openForReplay(
            ServerConfig config, LoggedRows logged, ProgressListener progress) {
        return BundleManifest.read(config.bundleDirectory()).isRankerAlone()
                ? RankerBundle.openForReplay(config, logged)
                : ServingBundle.openForReplay(config, logged, progress);
    }

    /**
     * Makes what one thread needs to answer requests and look at what it has answered.
     *
     * @param capture has what was answered last; from {@link #newCapture}
     * @return belongs to the thread that uses it
     */
    FunnelWorker newRecordingWorker(ImpressionCapture capture);

    /**
     * Whether an item is served.
     *
     * @param itemId the caller's id
     * @return false for one that the bundle does not have, unless it came later and is there
     */
    boolean hasItem(long itemId);

    /**
     * Room for one impression of this bundle.
     *
     * @return a new one
     */
    ImpressionCapture newCapture();

    /**
     * What is kept between runs.
     *
     * @return null where nothing is, as for a ranker alone
     */
    default StateSnapshot.@Nullable Source state() {
        return null;
    }

    /**
     * What takes feedback.
     *
     * @return null where nothing does, as for a ranker alone
     */
    default @Nullable FeedbackIntake feedback() {
        return null;
    }

    @Override
    void close();

    /** Closes what a bundle has opened, the last first, and forgets it. */
    static void closeAll(List<AutoCloseable> opened) {
        for (AutoCloseable part : opened.reversed()) {
            try {
                part.close();
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new MillraceException(ErrorCode.INTERNAL, "cannot close the bundle", e);
            }
        }
        opened.clear();
    }
}
