package io.millrace.ranker.impression;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.log.LogDamage;
import io.millrace.core.log.LogFileReader;
import io.millrace.core.log.LogFiles;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Reads the impressions of one bundle out of a log, oldest file first. Files of other bundles are
 * passed over and counted, as is whatever is damaged or unfinished.
 *
 * <p>Threading: one thread. Ownership: an impression is of use until the next one is read.
 */
public final class ImpressionLogReader implements AutoCloseable {
    private final Path log;
    private final String fingerprint;
    private final Deque<Path> files;

    private @Nullable LogFileReader file;
    private @Nullable ImpressionDescription description;
    private @Nullable Impression impression;
    private LogDamage damage = LogDamage.NONE;
    private int foreignFiles;
    private boolean hasImpressions;
    private String foreignFingerprint = "";

    /**
     * Opens a log.
     *
     * @param log its folder, or one file of it.
     * @param fingerprint of the bundle whose impressions are wanted.
     * @throws MillraceException NOT_FOUND when there is no log.
     */
    public ImpressionLogReader(Path log, String fingerprint) {
        this.log = log;
        this.fingerprint = fingerprint;
        this.files = new ArrayDeque<>(LogFiles.of(log, ImpressionDescription.KIND));
    }

    /**
     * Goes to the next impression.
     *
     * @return the impression, or null at the end.
     * @throws MillraceException at the end of a log without impressions of the bundle: MISMATCH
     *     when there are files of others, else NOT_FOUND; CORRUPT_FILE when the header of a file is
     *     damaged or a whole record makes no sense.
     */
    public @Nullable Impression next() {
        while (true) {
            LogFileReader open = file;
            Impression next = impression;
            if (open == null || next == null) {
                if (!openNext()) {
                    requireImpressions();
                    return null;
                }
            } else if (open.next()) {
                if (!next.wrap(open.segment(), open.offset(), open.length())) {
                    throw MillraceException.corrupt(
                            open.path(), "record makes no sense: offset=%d", open.offset());
                }
                hasImpressions = true;
                return next;
            } else {
                closeFile();
            }
        }
    }

    /** Opens the next file that is of the bundle; false if there is none. */
    private boolean openNext() {
        while (!files.isEmpty()) {
            Path path = files.removeFirst();
            LogFileReader opened = LogFileReader.open(path, ImpressionDescription.KIND);
            file = opened;
            if (!opened.hasHeader()) {
                closeFile();
                continue;
            }
            ImpressionDescription described = ImpressionDescription.of(opened.description(), path);
            if (described.fingerprint().equals(fingerprint)) {
                description = described;
                impression = new Impression(described.layout());
                return true;
            }
            foreignFiles++;
            foreignFingerprint = described.fingerprint();
            opened.close();
            file = null;
        }
        return false;
    }

    private void requireImpressions() {
        if (hasImpressions) {
            return;
        }
        if (foreignFiles > 0) {
            throw MillraceException.of(
                    ErrorCode.MISMATCH,
                    "a log of another bundle: log=%s, files=%d, bundle of the log=%s, bundle"
                            + " given=%s; give the bundle that answered",
                    log,
                    foreignFiles,
                    foreignFingerprint,
                    fingerprint);
        }
        throw MillraceException.of(
                ErrorCode.NOT_FOUND,
                "no impressions in the log: log=%s, unfinished=%d bytes; serve requests with it"
                        + " first",
                log,
                damage.tailBytes());
    }

    private void closeFile() {
        LogFileReader open = file;
        file = null;
        impression = null;
        if (open != null) {
            damage = damage.plus(open.damage());
            open.close();
        }
    }

    /**
     * What the file of the last impression says of itself.
     *
     * @return the description; the same object for all impressions of a file.
     * @throws IllegalStateException before the first impression.
     */
    public ImpressionDescription description() {
        if (description == null) {
            throw new IllegalStateException("no impression was read");
        }
        return description;
    }

    /**
     * Files of other bundles that were passed over.
     *
     * @return so far.
     */
    public int foreignFiles() {
        return foreignFiles;
    }

    /**
     * What was left out of the files that were read to their end.
     *
     * @return the sum.
     */
    public LogDamage damage() {
        return damage;
    }

    @Override
    public void close() {
        closeFile();
    }
}
