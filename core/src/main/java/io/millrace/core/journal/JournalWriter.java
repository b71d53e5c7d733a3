package io.millrace.core.journal;

import io.millrace.core.error.MillraceException;
import io.millrace.core.file.AtomicFile;
import io.millrace.core.log.LogFileWriter;
import io.millrace.core.log.RecordGroup;

import org.jspecify.annotations.Nullable;

/**
 * Appends groups of entries, each on the disk when {@link #commit} returns.
 *
 * <p>A file is begun with the first entry that goes into it. One that the system refused to write
 * to or to sync is never written to again: nobody can tell what of it is on the disk. It is cut
 * back to what was, and where that fails the next file says where it ends.
 *
 * <p>Threading: one thread. Allocation: none, but where a new file is begun.
 */
final class JournalWriter implements AutoCloseable {
    private final JournalPlan plan;
    private final JournalFiles files;
    private final RecordGroup group;

    private @Nullable LogFileWriter file;
    private long first;
    private long settled;
    private long settledBytes;

    /**
     * A writer.
     *
     * @param plan of the journal
     * @param files told of those that are begun
     * @param settled the last sequence that is on the disk
     */
    JournalWriter(JournalPlan plan, JournalFiles files, long settled) {
        this.plan = plan;
        this.files = files;
        this.settled = settled;
        this.group = new RecordGroup(JournalLayout.ENTRY_OFFSET + plan.entryBytes());
    }

    /** The last sequence that is on the disk. */
    long settled() {
        return settled;
    }

    /** Whether an entry still goes into the group. */
    boolean hasRoom(JournalEntry entry) {
        return group.hasRoom(JournalLayout.ENTRY_OFFSET + entry.contentBytes());
    }

    /**
     * Takes an entry into the group; there must be room.
     *
     * @throws MillraceException IO when a file is to be begun and the system refuses; the group is
     *     then empty
     */
    void append(JournalEntry entry) {
        if (group.count() == 0) {
            roll();
        }
        int length = entry.contentBytes();
        int number = Math.toIntExact(settled + 1 + group.count() - first);
        int at = group.begin(JournalLayout.ENTRY_OFFSET + length, number);
        group.buffer().putLong(at + JournalLayout.SETTLED_OFFSET, settled);
        entry.content().getBytes(0, group.buffer(), at + JournalLayout.ENTRY_OFFSET, length);
        group.end();
    }

    /** Begins a file where there is none, or the one there is has become long. */
    private void roll() {
        if (file != null && file.bytes() >= plan.fileBytes()) {
            file.close();
            file = null;
        }
        if (file == null) {
            first = settled + 1;
            file =
                    LogFileWriter.create(
                            plan.folder(),
                            plan.kind(),
                            JournalLayout.description(first),
                            System.currentTimeMillis());
            files.add(new JournalFiles.Part(file.path(), first));
            AtomicFile.syncFolder(plan.folder());
        }
    }

    /**
     * Brings the group to the disk. The group is empty then, whatever came of it.
     *
     * @throws MillraceException IO when the system refuses
     */
    void commit() {
        int entries = group.count();
        LogFileWriter written = file;
        if (written == null) {
            throw new IllegalStateException("nothing was appended");
        }
        group.writeTo(written);
        written.sync();
        settled += entries;
        settledBytes = written.bytes();
    }

    /** To be called when one of the others has thrown: the next entry begins a new file. */
    void giveUpFile() {
        LogFileWriter failed = file;
        file = null;
        if (failed == null) {
            return;
        }
        try (failed) {
            if (settled < first) {
                failed.remove();
                files.settleLast();
            } else {
                failed.cutBack(settledBytes);
            }
        } catch (MillraceException e) {
            // The header of the next file says where this one ends.
            return;
        }
    }

    @Override
    public void close() {
        if (file != null) {
            file.close();
            file = null;
        }
        group.close();
    }
}
