package io.millrace.core.journal;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.file.ProcessLock;
import io.millrace.core.thread.LowPriority;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Brings changes to the disk before they are made and acknowledged. A thread of the journal writes
 * all entries that wait, syncs once, and tells each that it is settled; those that come meanwhile
 * are the next group.
 *
 * <p>While the system refuses to write, as when the disk is full, entries are refused. Each group
 * tries again, so that changes are taken as soon as there is room.
 *
 * <p>Threading: any thread. Allocation: by {@link #submit} where threads wait for each other.
 */
public final class Journal implements AutoCloseable {
    private final JournalPlan plan;
    private final ProcessLock lock;
    private final RecoveredJournal recovered;
    private final JournalFiles files;
    private final JournalWriter writer;
    private final Thread thread;
    private final AtomicLong entryCount = new AtomicLong();
    private final AtomicLong groupCount = new AtomicLong();
    private final AtomicLong settled = new AtomicLong();

    private final Lock handover = new ReentrantLock();
    private final Condition somethingToDo = handover.newCondition();
    private final ArrayDeque<JournalEntry> waiting;
    private boolean isClosed;
    private boolean isBroken;
    private volatile @Nullable MillraceException refusal;

    private Journal(JournalPlan plan, ProcessLock lock, JournalScan scan) {
        this.plan = plan;
        this.lock = lock;
        recovered = scan.run();
        files = new JournalFiles(scan.parts());
        writer = new JournalWriter(plan, files, recovered.lastSequence());
        settled.set(recovered.lastSequence());
        waiting = new ArrayDeque<>(plan.capacity());
        thread = new Thread(this::run, "millrace-journal-0");
        thread.setDaemon(true);
    }

    /**
     * Opens a journal, or begins one.
     *
     * @param plan where and what.
     * @param after sequence of the last change that was made already, as by a snapshot that holds
     *     it; 0 if none was.
     * @param replay makes all later changes, before this returns.
     * @return the journal, ready for more.
     * @throws MillraceException UNAVAILABLE when another process has it open, CORRUPT_FILE when
     *     acknowledged changes are damaged or missing, IO when the system refuses.
     */
    public static Journal open(JournalPlan plan, long after, JournalReplay replay) {
        Path path = plan.folder().resolve(plan.kind().name() + ".lock");
        ProcessLock lock = ProcessLock.tryLock(path);
        if (lock == null) {
            throw MillraceException.of(
                    ErrorCode.UNAVAILABLE,
                    "journal is in use: folder=%s; stop the process that writes it, or choose"
                            + " another folder",
                    plan.folder());
        }
        try {
            Journal journal = new Journal(plan, lock, new JournalScan(plan, after, replay));
            LowPriority.start(journal.thread);
            return journal;
        } catch (Throwable t) {
            lock.close();
            throw t;
        }
    }

    /**
     * Takes an entry to be written.
     *
     * @param entry no longer than was planned; left alone by the caller until it is told what came
     *     of it.
     * @return false when too many wait, or the journal is closed: the entry is not told anything.
     */
    public boolean submit(JournalEntry entry) {
        int length = entry.contentBytes();
        if (length < 1 || length > plan.entryBytes()) {
            throw MillraceException.badInput(
                    "entry of a journal empty or too long: bytes=%d, limit=%d",
                    length, plan.entryBytes());
        }
        handover.lock();
        try {
            if (isClosed || waiting.size() >= plan.capacity()) {
                return false;
            }
            waiting.add(entry);
            somethingToDo.signal();
            return true;
        } finally {
            handover.unlock();
        }
    }

    private void run() {
        List<JournalEntry> taken = new ArrayList<>(plan.capacity());
        while (awaitInto(taken)) {
            int from = 0;
            while (from < taken.size()) {
                from = write(taken, from);
            }
            taken.clear();
        }
        writer.close();
    }

    /** Takes all entries that wait; false when there will be no more. */
    private boolean awaitInto(List<JournalEntry> taken) {
        handover.lock();
        try {
            while (waiting.isEmpty() && !isClosed) {
                somethingToDo.awaitUninterruptibly();
            }
            taken.addAll(waiting);
            waiting.clear();
            return !taken.isEmpty();
        } finally {
            handover.unlock();
        }
    }

    /** Writes one group and returns where the next begins. */
    private int write(List<JournalEntry> taken, int from) {
        int to = from;
        try {
            requireWhole();
            do {
                writer.append(taken.get(to++));
            } while (to < taken.size() && writer.hasRoom(taken.get(to)));
            writer.commit();
        } catch (MillraceException e) {
            writer.giveUpFile();
            int end = Math.max(to, from + 1);
            refuse(taken.subList(from, end), e);
            return end;
        }
        settle(taken.subList(from, to));
        return to;
    }

    private void requireWhole() {
        MillraceException reason = refusal;
        if (isBroken && reason != null) {
            throw reason;
        }
    }

    private void refuse(List<JournalEntry> entries, MillraceException reason) {
        refusal = reason;
        for (JournalEntry entry : entries) {
            entry.refused(reason);
        }
    }

    private void settle(List<JournalEntry> entries) {
        refusal = null;
        groupCount.incrementAndGet();
        settled.set(writer.settled());
        long sequence = writer.settled() - entries.size();
        for (JournalEntry entry : entries) {
            entryCount.incrementAndGet();
            try {
                entry.settled(++sequence);
            } catch (Throwable t) { // What is served differs from the journal: no more changes.
                isBroken = true;
                refusal =
                        new MillraceException(
                                ErrorCode.INTERNAL,
                                "a change is in the journal but could not be made: sequence="
                                        + sequence
                                        + "; start again to have it replayed",
                                t);
            }
        }
    }

    /**
     * What was found when it was opened.
     *
     * @return always the same.
     */
    public RecoveredJournal recovered() {
        return recovered;
    }

    /**
     * Why changes are refused.
     *
     * @return what became of the last group; null where it was written.
     */
    public @Nullable MillraceException refusal() {
        return refusal;
    }

    /**
     * Entries that were settled.
     *
     * @return since it was opened.
     */
    public long entryCount() {
        return entryCount.get();
    }

    /**
     * Groups that entries were written in, each with one sync.
     *
     * @return since it was opened.
     */
    public long groupCount() {
        return groupCount.get();
    }

    /**
     * Files that it consists of.
     *
     * @return the count.
     */
    public int fileCount() {
        return files.count();
    }

    /**
     * Hands over entries that are in files which are no longer written, as to make a snapshot of
     * them; others are written meanwhile.
     *
     * @param after the last sequence that is not to be handed over.
     * @param replay gets all others up to the one that is returned, on this thread.
     * @return the last sequence of those files, or {@code after} where there is none behind it.
     * @throws MillraceException CORRUPT_FILE when entries are damaged or missing.
     */
    public long replayClosed(long after, JournalReplay replay) {
        return new JournalScan(plan, after, replay).runClosed(files.list());
    }

    /**
     * The last entry that is on the disk.
     *
     * @return its sequence; what it is about may be about to be made.
     */
    public long settled() {
        return settled.get();
    }

    /**
     * Hands over entries that are on the disk; others are written meanwhile.
     *
     * @param after the last sequence that is not to be handed over.
     * @param last the last one that is, by {@link #settled} of now or before.
     * @param replay gets all between, on this thread.
     * @return the last sequence that was, or {@code after} where there is none behind it.
     * @throws MillraceException CORRUPT_FILE when entries are damaged or missing.
     */
    public long replaySettled(long after, long last, JournalReplay replay) {
        return new JournalScan(plan, after, replay).runThrough(files.list(), last);
    }

    /**
     * Removes the files whose entries are no longer needed.
     *
     * @param sequence the first entry to be kept; all before it are in a snapshot that is on the
     *     disk.
     * @throws MillraceException IO when the system refuses.
     */
    public void dropBefore(long sequence) {
        files.dropBefore(sequence);
    }

    /** Writes what waits, takes nothing more, and lets the files go. */
    @Override
    public void close() {
        handover.lock();
        try {
            isClosed = true;
            somethingToDo.signal();
        } finally {
            handover.unlock();
        }
        boolean isInterrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                isInterrupted = true;
            }
        }
        lock.close();
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
