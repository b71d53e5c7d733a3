package io.millrace.server.change;

import io.millrace.core.journal.Journal;
import io.millrace.core.thread.LowPriority;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Keeps a journal short: what its files come to that are no longer written goes into a snapshot,
 * and the files go. Changes are taken meanwhile.
 *
 * <p>Threading: a thread of its own, unless {@link #compact} is called.
 */
final class ChangeCompactor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ChangeCompactor.class);
    private static final int PAUSE_MS = 1_000;

    private final Journal journal;
    private final ChangeSnapshot snapshot;
    private final ChangeSize size;
    private final ScheduledExecutorService thread;

    /** What went wrong when it was tried last, which is told once. */
    private String lastTrouble = "";

    /**
     * Begins to look after a journal.
     *
     * @param journal stays the caller's
     * @param snapshot what is in it is not in the journal any more
     * @param size how large a change may be
     */
    ChangeCompactor(Journal journal, ChangeSnapshot snapshot, ChangeSize size) {
        this.journal = journal;
        this.snapshot = snapshot;
        this.size = size;
        thread =
                Executors.newSingleThreadScheduledExecutor(
                        task -> LowPriority.newThread("millrace-compact-0", task));
    }

    /** Compacts now, and looks again and again whether there is something to be compacted. */
    @SuppressWarnings("FutureReturnValueIgnored") // It ends with the executor.
    void start() {
        thread.scheduleWithFixedDelay(this::compactOrTell, 0, PAUSE_MS, TimeUnit.MILLISECONDS);
    }

    private void compactOrTell() {
        try {
            compact();
            lastTrouble = "";
        } catch (RuntimeException e) { // A schedule that throws is not run again.
            String trouble = e.toString();
            if (!trouble.equals(lastTrouble)) {
                LOG.warn("the journal of changes stays long, to be tried again", e);
            }
            lastTrouble = trouble;
        }
    }

    /** Brings what is no longer written into the snapshot. */
    synchronized void compact() {
        if (journal.fileCount() < 2) {
            return;
        }
        ChangeMerge merge = new ChangeMerge();
        ChangeReplay replay = new ChangeReplay(size, merge);
        long before = snapshot.replay(replay);
        long through = journal.replayClosed(before, replay);
        if (through > before) {
            snapshot.write(through, merge.frames());
        }
        journal.dropBefore(through + 1);
    }

    /** What the changes come to that are on the disk; see {@link Changes#made}. */
    synchronized MadeChanges made(long after, KnownColumns known) {
        ChangeMerge merge = new ChangeMerge();
        long through = mergeInto(merge, after, journal.settled());
        return new MadeChanges(through, merge.frames(known));
    }

    private long mergeInto(ChangeMerge merge, long after, long last) {
        ChangeReplay replay = new ChangeReplay(size, merge);
        // What the snapshot has of those behind can't be told from what it has of those before.
        long from = snapshot.through() > after || after == 0 ? snapshot.replay(replay) : after;
        return journal.replaySettled(from, last, replay);
    }

    /**
     * Writes what the changes come to up to some moment, as a snapshot of its own.
     *
     * @param file where to
     * @param moment called once, while no other snapshot is made: tells the last change that is to
     *     be in it, by {@link Journal#settled} of that moment
     * @return that change
     */
    synchronized long copy(Path file, LongSupplier moment) {
        long last = moment.getAsLong();
        ChangeMerge merge = new ChangeMerge();
        mergeInto(merge, 0, last);
        new ChangeSnapshot(file).write(last, merge.frames());
        return last;
    }

    /** Stops when what it may be doing is done. */
    @Override
    public void close() {
        thread.close();
    }
}
