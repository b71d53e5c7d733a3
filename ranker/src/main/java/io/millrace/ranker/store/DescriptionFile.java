package io.millrace.ranker.store;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.file.Checksums;
import io.millrace.core.json.Json;
import io.millrace.ranker.features.RowLayout;

/**
 * The description of a store in its file: checked against the rows that are wanted and the map that
 * is there, and written whenever what it says changes.
 *
 * <p>Threading: one thread at a time.
 */
final class DescriptionFile {
    private final StoreFiles files;
    private final StoreDescription description;

    private DescriptionFile(StoreFiles files, StoreDescription description) {
        this.files = files;
        this.description = description;
    }

    /** That of an empty store, not written yet. */
    static DescriptionFile ofNew(StoreFiles files, RowLayout layout, long capacity) {
        return new DescriptionFile(
                files,
                new StoreDescription(
                        StoreDescription.VERSION,
                        printOf(layout),
                        layout.rowBytes(),
                        capacity,
                        false,
                        true,
                        0,
                        ""));
    }

    /**
     * Reads that of a store that is there.
     *
     * @throws MillraceException UNSUPPORTED_VERSION or MISMATCH when it is of other rows,
     *     CORRUPT_FILE when the map is not what it was.
     */
    static DescriptionFile read(StoreFiles files, RowLayout layout) {
        StoreDescription description = Json.read(files.description(), StoreDescription.class);
        requireRows(files, description, layout);
        requireMap(files, description);
        return new DescriptionFile(files, description);
    }

    private static void requireRows(
            StoreFiles files, StoreDescription description, RowLayout layout) {
        if (description.version() != StoreDescription.VERSION) {
            throw MillraceException.of(
                    ErrorCode.UNSUPPORTED_VERSION,
                    "unknown version of a feature store: store=%s, version=%d, known=%d; %s",
                    files.map(),
                    description.version(),
                    StoreDescription.VERSION,
                    StoreDescription.REMEDY);
        }
        if (!description.layout().equals(printOf(layout))
                || description.rowBytes() != layout.rowBytes()) {
            throw MillraceException.of(
                    ErrorCode.MISMATCH,
                    "feature store of another schema: store=%s, layout=%s, schema=%s; %s",
                    files.map(),
                    description.layout(),
                    printOf(layout),
                    StoreDescription.REMEDY);
        }
    }

    private static void requireMap(StoreFiles files, StoreDescription description) {
        long bytes = files.mapBytes();
        if (description.clean()
                ? bytes != description.fileBytes()
                : bytes < description.fileBytes()) {
            throw MillraceException.corrupt(
                    files.map(),
                    "length: expected=%d bytes, actual=%d bytes (%s)",
                    description.fileBytes(),
                    bytes,
                    StoreDescription.REMEDY);
        }
        if (description.clean()) {
            String actual = StoreDescription.printOf(Checksums.crc32c(files.map()));
            if (!actual.equals(description.checksum())) {
                throw MillraceException.corrupt(
                        files.map(),
                        "checksum: expected=%s, actual=%s (%s)",
                        description.checksum(),
                        actual,
                        StoreDescription.REMEDY);
            }
        }
    }

    private static String printOf(RowLayout layout) {
        return String.format("%016x", layout.fingerprint());
    }

    StoreFiles files() {
        return files;
    }

    /** As it was when the store was made or opened. */
    StoreDescription description() {
        return description;
    }

    /** The map is to be checked entry by entry, unless the store is closed in order. */
    void writeOpen(boolean isLoaded) {
        Json.writeAtomically(files.description(), description.whenOpen(isLoaded, files.mapBytes()));
    }

    /** The map is closed, and whole as long as it has this checksum. */
    void writeClosed(boolean isLoaded) {
        Json.writeAtomically(
                files.description(),
                description.whenClosed(isLoaded, files.mapBytes(), Checksums.crc32c(files.map())));
    }
}
