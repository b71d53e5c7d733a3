package io.millrace.data.bundle;

import io.millrace.core.bundle.BundleManifest;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

import java.nio.file.Path;

/**
 * An open bundle, for tools: the files as the server reads them, without the server.
 *
 * <p>Threading: may be read from any thread until it is closed.
 */
@SuppressWarnings({"DoNotCallSuggester", "UnusedMethod"})
public final class OfflineBundle implements AutoCloseable {
    private final BundleManifest manifest;

    private OfflineBundle(BundleManifest manifest) {
        this.manifest = manifest;
    }

    /**
     * Checks and opens a bundle.
     *
     * @param path its folder.
     * @return the bundle.
     */
    public static OfflineBundle open(Path path) {
        throw MillraceException.of(ErrorCode.INTERNAL, "not written yet");
    }

    /**
     * What it is.
     *
     * @return the manifest.
     */
    public BundleManifest manifest() {
        return manifest;
    }

    @Override
    public void close() {}
}
