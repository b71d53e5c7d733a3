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
 * counted, and passed over unless somebody wants what stands there, too; what is damaged or
 * unfinished is counted.
 *
 * <p>Threading: one thread. Ownership: an impression is of use until the next one is read.
 */
public final class ImpressionLogReader implements AutoCloseable {
    private final Path log;
    private final String fingerprint;
    private final @Nullable Beside beside;
    private final Deque<Path> files;
    private final LoggedFeedback feedback = new LoggedFeedback();

    private @Nullable LogFileReader file;
    private @Nullable ImpressionDescription description;
    private @Nullable Impression impression;
    private boolean isForeign;
    private LogDamage damage = LogDamage.NONE;
    private int foreignFiles;
    private boolean hasImpressions;
    private String foreignFingerprint = "";

    /** Told of what stands in a log beside the impressions of one bundle. */
    public interface Beside {
        /**
         * A feedback, whichever bundle was served then: it does not depend on one.
         *
         * @param feedback of use until the call returns.
         */
        void told(LoggedFeedback feedback);

        /**
         * An impression of another bundle.
         *
         * @param shown of use until the call returns.
         */
        void shownByAnother(Impression shown);
    }

    /**
     * Opens a log for the impressions alone.
     *
     * @param log its folder, or one file of it.
     * @param fingerprint of the bundle whose impressions are wanted.
     * @throws MillraceException NOT_FOUND when there is no log.
     */
    public ImpressionLogReader(Path log, String fingerprint) {
        this(log, fingerprint, null);
    }

    /**
     * Opens a log.
     *
     * @param log its folder, or one file of it.
     * @param fingerprint of the bundle whose impressions are wanted.
     * @param beside told of all else on the way to the next impression; null for nobody.
     * @throws MillraceException NOT_FOUND when there is no log.
     */
    public ImpressionLogReader(Path log, String fingerprint, @Nullable Beside beside) {
        this.log = log;
        this.fingerprint = fingerprint;
        this.beside = beside;
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
            } else if (!open.next()) {
                closeFile();
            } else if (LoggedFeedback.isFeedback(open.segment(), open.offset(), open.length())) {
                requireSense(feedback.wrap(open.segment(), open.offset(), open.length()), open);
                if (beside != null) {
                    beside.told(feedback);
                }
            } else {
                requireSense(next.wrap(open.segment(), open.offset(), open.length()), open);
                if (!isForeign) {
                    hasImpressions = true;
                    return next;
                }
                if (beside != null) {
                    beside.shownByAnother(next);
                }
            }
        }
    }

    private static void requireSense(boolean isSound, LogFileReader open) {
        if (!isSound) {
            throw MillraceException.corrupt(
                    open.path(), "record makes no sense: offset=%d", open.offset());
        }
    }

    /** Opens the next file that is wanted; false if there is none. */
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
            isForeign = !described.fingerprint().equals(fingerprint);
            if (isForeign) {
                foreignFiles++;
                foreignFingerprint = described.fingerprint();
            } else {
                description = described;
            }
            if (!isForeign || beside != null) {
                impression = new Impression(described.layout());
                return true;
            }
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
     * Files of other bundles, whose impressions are not given.
     *
     * @return so far.
     */
    public int foreignFiles() {
        return foreignFiles;
    }

    /**
     * What was left out of the files that were read to their end, those of others among them where
     * somebody wants what stands there.
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
