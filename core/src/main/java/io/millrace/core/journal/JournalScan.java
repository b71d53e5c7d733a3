package io.millrace.core.journal;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.file.AtomicFile;
import io.millrace.core.log.LogFileReader;
import io.millrace.core.log.LogFiles;

import org.agrona.concurrent.UnsafeBuffer;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a journal from its first file to its last. An unfinished end is left out; anything missing
 * before it is an error, since those entries were acknowledged.
 *
 * <p>What tells them apart is that every entry says how far all were on the disk when it was
 * written. Where a damaged entry is followed by one that was written after it had been synced, it
 * had been acknowledged.
 *
 * <p>Threading: one thread, once.
 */
final class JournalScan {
    private final JournalPlan plan;
    private final long after;
    private final JournalReplay replay;
    private final List<JournalFiles.Part> parts = new ArrayList<>();

    private long next;
    private long replayed;
    private long cutEntries;
    private long cutBytes;

    /**
     * A scan.
     *
     * @param plan of the journal
     * @param after the last sequence that is not to be replayed
     * @param replay gets all others
     */
    JournalScan(JournalPlan plan, long after, JournalReplay replay) {
        this.plan = plan;
        this.after = after;
        this.replay = replay;
    }

    /**
     * Reads everything.
     *
     * @throws MillraceException CORRUPT_FILE when entries are damaged or missing that were
     *     acknowledged
     */
    RecoveredJournal run() {
        findParts();
        next = parts.isEmpty() ? after + 1 : parts.getFirst().first();
        if (next > after + 1) {
            throw missing(plan.folder(), after + 1, next - 1);
        }
        readAllButLast(parts);
        if (!parts.isEmpty()) {
            read(parts.getLast(), Long.MAX_VALUE, true);
            sync(parts.getLast().path());
        }
        if (next <= after) {
            throw missing(plan.folder(), next, after);
        }
        return new RecoveredJournal(next - 1, replayed, cutEntries, cutBytes);
    }

    /**
     * Reads the files of a journal that is open, but for the newest, which is being written.
     *
     * @param open its files, oldest first
     * @return the last sequence that was read, or that was not to be
     * @throws MillraceException CORRUPT_FILE when entries are damaged or missing
     */
    long runClosed(List<JournalFiles.Part> open) {
        if (open.isEmpty()) {
            return after;
        }
        next = open.getFirst().first();
        if (next > after + 1) {
            throw missing(plan.folder(), after + 1, next - 1);
        }
        readAllButLast(open);
        return Math.max(after, next - 1);
    }

    /**
     * Reads the files of a journal that is open, as far as it had come at some moment; it may be
     * several files further by now.
     *
     * @param open its files, oldest first
     * @param last the last sequence to be read, which is on the disk
     * @return the last sequence that was read, or that was not to be
     * @throws MillraceException CORRUPT_FILE when entries are damaged or missing
     */
    long runThrough(List<JournalFiles.Part> open, long last) {
        if (open.isEmpty()) {
            return after;
        }
        next = open.getFirst().first();
        if (next > after + 1) {
            throw missing(plan.folder(), after + 1, next - 1);
        }
        for (int i = 0; i < open.size() && next <= last; i++) {
            long end = i + 1 < open.size() ? open.get(i + 1).first() : Long.MAX_VALUE;
            read(open.get(i), Math.min(end, last + 1), false);
        }
        return Math.max(after, last);
    }

    private void readAllButLast(List<JournalFiles.Part> all) {
        for (int i = 0; i + 1 < all.size(); i++) {
            read(all.get(i), all.get(i + 1).first(), false);
        }
    }

    /** The files that were read, oldest first. */
    List<JournalFiles.Part> parts() {
        return parts;
    }

    private void findParts() {
        for (Path path : LogFiles.list(plan.folder(), plan.kind())) {
            try (LogFileReader reader = LogFileReader.open(path, plan.kind())) {
                // Without a header it was just begun and holds nothing.
                if (reader.hasHeader()) {
                    long first = JournalLayout.first(reader.description(), path);
                    parts.add(new JournalFiles.Part(path, first));
                }
            }
        }
    }

    private void read(JournalFiles.Part part, long end, boolean isLast) {
        try (LogFileReader reader = LogFileReader.open(part.path(), plan.kind())) {
            UnsafeBuffer bytes = new UnsafeBuffer(reader.segment().asByteBuffer());
            while (next < end && reader.next()) {
                long sequence = part.first() + reader.number();
                if (sequence == next && cutEntries == 0) {
                    take(reader, bytes);
                } else if (isLast && settled(reader) < next) {
                    cutEntries++;
                } else {
                    throw missing(part.path(), next, sequence - 1);
                }
            }
            if (isLast) {
                cutBytes = reader.damage().damagedBytes() + reader.damage().tailBytes();
            } else if (next != end) {
                throw missing(part.path(), next, end - 1);
            }
        }
    }

    private void take(LogFileReader reader, UnsafeBuffer bytes) {
        int length = reader.length() - JournalLayout.ENTRY_OFFSET;
        if (length <= 0) {
            throw MillraceException.corrupt(
                    reader.path(), "empty entry of a journal: sequence=%d", next);
        }
        if (next > after) {
            int offset = Math.toIntExact(reader.offset()) + JournalLayout.ENTRY_OFFSET;
            replay.replay(next, bytes, offset, length);
            replayed++;
        }
        next++;
    }

    private static long settled(LogFileReader reader) {
        return reader.segment()
                .get(JournalLayout.LONG, reader.offset() + JournalLayout.SETTLED_OFFSET);
    }

    /**
     * What a killed process wrote is given out from now on, so it must outlive the machine, too.
     */
    private static void sync(Path path) {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
            AtomicFile.syncFolder(path.getParent());
        } catch (IOException e) {
            throw MillraceException.io("sync a journal", path, e);
        }
    }

    private static MillraceException missing(Path where, long from, long to) {
        return MillraceException.of(
                ErrorCode.CORRUPT_FILE,
                "acknowledged changes are missing from the journal: file=%s, from=%d, to=%d;"
                        + " restore it, or move its folder away to go on without any change in it",
                where,
                from,
                to);
    }
}
