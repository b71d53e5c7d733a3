package io.millrace.server;

import io.millrace.server.admin.BundleStatus;
import io.millrace.server.admin.BundleStatus.Step;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.funnel.bundle.OpenBundle;

import org.jspecify.annotations.Nullable;

import java.util.Objects;

/**
 * What is told of the bundle that is served and of the next one.
 *
 * <p>Threading: one thread at a time tells, any may ask.
 */
final class SwapStatus {
    private volatile BundleStatus now;

    SwapStatus(ServerConfig config, OpenBundle served) {
        now =
                new BundleStatus(
                        config.bundleDirectory().toString(),
                        fingerprint(served),
                        null,
                        null,
                        Step.NONE,
                        null,
                        0,
                        0,
                        0,
                        0,
                        0);
    }

    private static String fingerprint(OpenBundle bundle) {
        return String.format("%016x", bundle.catalogue().fingerprint());
    }

    BundleStatus now() {
        return now;
    }

    /** How it goes with the next one. */
    void tell(@Nullable String next, Step step, @Nullable String error) {
        BundleStatus last = now;
        now =
                new BundleStatus(
                        last.directory(),
                        last.fingerprint(),
                        last.previous(),
                        next,
                        step,
                        step == Step.FAILED
                                ? Objects.requireNonNullElse(error, "a defect: see the log")
                                : null,
                        last.swaps(),
                        last.tried(),
                        last.carried(),
                        last.dropped(),
                        last.lastSeconds());
    }

    /** The next one is served. */
    void served(
            OpenBundle bundle,
            NextBundle next,
            @Nullable ServerConfig previous,
            int tried,
            long carried,
            double seconds) {
        now =
                new BundleStatus(
                        next.config().bundleDirectory().toString(),
                        fingerprint(bundle),
                        previous == null ? null : previous.bundleDirectory().toString(),
                        null,
                        Step.NONE,
                        null,
                        now.swaps() + 1,
                        tried,
                        carried,
                        next.dropped(),
                        seconds);
    }
}
