package io.millrace.server.funnel;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.server.config.ServerConfig.FunnelConfig;
import io.millrace.server.config.ServerConfig.LimitsConfig;

import java.nio.file.Path;

/**
 * A bundle that is open and ready to answer.
 *
 * <p>Threading: any thread; {@link #close} when no worker answers any more.
 */
public final class ServingBundle implements Funnel, AutoCloseable {
    private ServingBundle() {}

    /**
     * Checks a bundle, opens all of it and warms it up.
     *
     * @param bundle directory of the bundle
     * @param state directory of what is kept between runs; the bundle has a folder of its own in it
     * @param funnel how wide the funnel is
     * @param limits what a request may hold
     * @param progress told of the steps
     * @return a funnel that is ready
     * @throws MillraceException when the bundle is damaged or its parts do not belong together
     */
    @SuppressWarnings("DoNotCallSuggester")
    public static ServingBundle open(
            Path bundle,
            Path state,
            FunnelConfig funnel,
            LimitsConfig limits,
            ProgressListener progress) {
        throw MillraceException.of(ErrorCode.INTERNAL, "not written yet: bundle=%s", bundle);
    }

    @Override
    public Catalogue catalogue() {
        throw new UnsupportedOperationException();
    }

    @Override
    public FunnelWorker newWorker() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
