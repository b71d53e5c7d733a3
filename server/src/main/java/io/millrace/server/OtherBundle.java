package io.millrace.server;

import io.millrace.core.bundle.BundleManifest;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.funnel.bundle.OpenBundle;

import java.nio.file.Path;

/**
 * Another bundle, with its own state.
 *
 * @param config names it
 */
record OtherBundle(ServerConfig config) implements NextBundle {
    @Override
    public OpenBundle open(OpenBundle served, ProgressListener progress) {
        requireOther(served);
        return OpenBundle.open(config, progress);
    }

    /** A bundle that is served holds its state, so that it can't be opened twice. */
    private void requireOther(OpenBundle served) {
        Path directory = config.bundleDirectory();
        long fingerprint = BundleManifest.read(directory).fingerprintBits();
        if (fingerprint == served.catalogue().fingerprint()) {
            throw MillraceException.usage(
                    "the bundle is served already: directory=%s, fingerprint=%016x; name another",
                    directory, fingerprint);
        }
    }

    @Override
    public boolean isSameBundle() {
        return false;
    }
}
