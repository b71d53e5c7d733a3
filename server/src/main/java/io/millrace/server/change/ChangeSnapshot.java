package io.millrace.server.change;

import io.millrace.core.error.MillraceException;
import io.millrace.core.file.SectionFile;
import io.millrace.core.file.SectionFileWriter;
import io.millrace.core.journal.JournalReplay;
import io.millrace.core.wire.FrameLayout;

import org.agrona.concurrent.UnsafeBuffer;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the changes of a journal up to some sequence come to, in a file beside it.
 *
 * <pre>
 *   section "through"   one long: the last sequence that is in it
 *   section "frames"    changes as frames of the protocol, one behind the other
 * </pre>
 *
 * <p>Threading: one thread at a time.
 */
final class ChangeSnapshot {
    private static final String KIND = "CHANGES";
    private static final int VERSION = 1;
    private static final String THROUGH = "through";
    private static final String FRAMES = "frames";

    private final Path file;

    ChangeSnapshot(Path file) {
        this.file = file;
    }

    /**
     * Hands over what is in it.
     *
     * @return the last sequence that is; 0 where there is no file yet.
     * @throws MillraceException CORRUPT_FILE when the file is damaged
     */
    long replay(JournalReplay replay) {
        if (Files.notExists(file)) {
            return 0;
        }
        try (SectionFile sections = SectionFile.map(file, KIND, VERSION)) {
            long through = through(sections);
            UnsafeBuffer frames = new UnsafeBuffer(sections.readBytes(FRAMES));
            int at = 0;
            while (at < frames.capacity()) {
                int length = lengthOf(frames, at);
                replay.replay(through, frames, at, length);
                at += length;
            }
            return through;
        }
    }

    /** Length of a frame, found to be there as a whole. */
    private int lengthOf(UnsafeBuffer frames, int at) {
        int left = frames.capacity() - at - FrameLayout.LENGTH_BYTES;
        long length = left < 0 ? -1 : FrameLayout.length(frames, at);
        if (length < 0 || length > left) {
            throw MillraceException.corrupt(
                    file,
                    "a frame that does not end: offset=%d, length=%d, bytes left=%d",
                    at,
                    length,
                    left);
        }
        return FrameLayout.LENGTH_BYTES + (int) length;
    }

    private long through(SectionFile sections) {
        long through = sections.readLong(THROUGH);
        if (through < 0 || through == Long.MAX_VALUE) {
            throw MillraceException.corrupt(file, "no sequence of a change: through=%d", through);
        }
        return through;
    }

    /** The last sequence that is in it; 0 where there is no file yet. */
    long through() {
        if (Files.notExists(file)) {
            return 0;
        }
        try (SectionFile sections = SectionFile.map(file, KIND, VERSION)) {
            return through(sections);
        }
    }

    /**
     * Writes another in its place, or leaves what was there.
     *
     * @param through the last sequence that is in it
     * @param frames what the changes up to that come to
     * @throws MillraceException IO when the system refuses
     */
    void write(long through, byte[] frames) {
        try (SectionFileWriter sections = SectionFileWriter.create(file, KIND, VERSION)) {
            sections.longs(THROUGH, new long[] {through}).bytes(FRAMES, frames).commit();
        }
    }
}
