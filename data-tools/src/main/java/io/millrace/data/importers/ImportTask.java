package io.millrace.data.importers;

import io.millrace.core.progress.ProgressListener;

import java.nio.file.Path;

/**
 * What every import is asked.
 *
 * @param target folder of the data set to be made; must be missing or empty.
 * @param maxRejects how many rows may be rejected before the import ends and leaves nothing.
 * @param progress told how far it is.
 */
public record ImportTask(Path target, long maxRejects, ProgressListener progress) {
    /** Rows that may be rejected when nothing else is said. */
    public static final long DEFAULT_MAX_REJECTS = 100;
}
