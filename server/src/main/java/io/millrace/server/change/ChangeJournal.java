package io.millrace.server.change;

import io.millrace.core.error.MillraceException;
import io.millrace.core.journal.Journal;
import io.millrace.core.journal.JournalEntry;
import io.millrace.core.journal.JournalPlan;
import io.millrace.core.journal.JournalReplay;
import io.millrace.core.journal.RecoveredJournal;
import io.millrace.core.log.LogFiles;
import io.millrace.core.log.LogKind;
import io.millrace.core.wire.Status;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.metrics.Gauge;

import org.agrona.DirectBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * The journal of the changes of a bundle, behind a snapshot of what earlier ones came to. An entry
 * is the frame that asked for the change, so that it can be made again by the code that made it.
 *
 * <p>Threading: any thread.
 */
public final class ChangeJournal implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ChangeJournal.class);
    private static final LogKind KIND = new LogKind("changes", "CHANGES", 1);

    /** Name of the file beside it with what earlier changes come to. */
    public static final String SNAPSHOT = KIND.name() + ".snapshot";

    private final Journal journal;
    private final ChangeCompactor compactor;

    private ChangeJournal(Journal journal, ChangeCompactor compactor) {
        this.journal = journal;
        this.compactor = compactor;
    }

    /**
     * Opens a journal and makes its changes again.
     *
     * @param folder where it stands; made when missing
     * @param config how long its files become, and how many changes may wait
     * @param size how large a change may be
     * @param target makes the changes that are there already
     * @return the journal, ready for more
     * @throws MillraceException CORRUPT_FILE when acknowledged changes are damaged or missing,
     *     UNAVAILABLE when another process has it, UNSUPPORTED_VERSION when a newer one wrote it
     */
    public static ChangeJournal open(
            Path folder, ServerConfig config, ChangeSize size, ChangeTarget target) {
        JournalPlan plan = plan(folder, config);
        ChangeSnapshot snapshot = new ChangeSnapshot(folder.resolve(SNAPSHOT));
        ChangeReplay replay = new ChangeReplay(size, target);
        Journal journal = Journal.open(plan, snapshot.replay(replay), replay);
        tell(journal.recovered(), replay.withoutEffect(), folder);
        return new ChangeJournal(journal, new ChangeCompactor(journal, snapshot, size));
    }

    private static JournalPlan plan(Path folder, ServerConfig config) {
        return new JournalPlan(
                folder,
                KIND,
                config.limits().frameBytes() + Integer.BYTES,
                config.changes().fileBytes(),
                config.mostWaitingChanges());
    }

    /**
     * The last change of a journal that nobody has open.
     *
     * @param folder where it stands
     * @return its sequence; 0 where there is none
     * @throws MillraceException as {@link #open}
     */
    public static long lastOf(Path folder) {
        long through = new ChangeSnapshot(folder.resolve(SNAPSHOT)).through();
        JournalReplay none = (sequence, buffer, offset, length) -> {};
        try (Journal journal = Journal.open(plan(folder, ServerConfig.defaults()), through, none)) {
            return journal.recovered().lastSequence();
        }
    }

    /**
     * Whether there is a journal, or what one came to.
     *
     * @param folder where it would stand
     * @return true when changes were taken there
     */
    public static boolean exists(Path folder) {
        return Files.exists(folder.resolve(SNAPSHOT)) || !LogFiles.list(folder, KIND).isEmpty();
    }

    private static void tell(RecoveredJournal recovered, long withoutEffect, Path folder) {
        if (recovered.replayed() > 0) {
            LOG.info(
                    "changes made again: folder={}, changes={}, withoutEffect={}",
                    folder,
                    recovered.replayed(),
                    withoutEffect);
        }
        if (recovered.cutBytes() > 0) {
            LOG.warn(
                    "left out an unfinished end of the journal: folder={}, entries={}, bytes={}",
                    folder,
                    recovered.cutEntries(),
                    recovered.cutBytes());
        }
    }

    /**
     * Takes a change: it is written, made, and finished, or finished with the reason why not.
     *
     * @param change found sound
     * @param target makes it, on the thread of the journal
     * @return false when it is not taken: too many wait, or the journal is closed
     */
    public boolean submit(Change change, ChangeTarget target) {
        return journal.submit(new Entry(change, target));
    }

    /**
     * A change as the journal sees it.
     *
     * @param change is finished, whatever comes of it
     * @param target makes it
     */
    private record Entry(Change change, ChangeTarget target) implements JournalEntry {
        @Override
        public DirectBuffer content() {
            return change.frame();
        }

        @Override
        public int contentBytes() {
            return change.frameBytes();
        }

        @Override
        public void settled(long sequence) {
            try {
                target.apply(change.request(), change.answer());
            } catch (Throwable t) { // Whoever waits is told; the journal takes no more changes.
                change.answer().fail(Status.INTERNAL, "internal error; see the server's log");
                LOG.error("change failed: sequence={}", sequence, t);
                throw t;
            } finally {
                change.finish();
            }
        }

        @Override
        public void refused(MillraceException reason) {
            change.answer()
                    .fail(Status.CHANGES_REFUSED, "nothing is changed: ")
                    .append(reason.getMessage());
            change.finish();
        }
    }

    /**
     * What is measured about it.
     *
     * @return now
     */
    public List<Gauge> gauges() {
        return List.of(
                Gauge.of(
                        "changes_refused",
                        "1 while changes are refused because the disk does not take them.",
                        journal.refusal() == null ? 0 : 1),
                Gauge.of(
                        "journaled_changes_total",
                        "Changes that were brought to the disk since the start.",
                        (double) journal.entryCount()),
                Gauge.of(
                        "journal_syncs_total",
                        "Syncs of the disk for them; one serves all that wait.",
                        (double) journal.groupCount()),
                Gauge.of("journal_files", "Files of the journal.", journal.fileCount()));
    }

    /** From now on keeps its files few by itself. */
    public void startCompacting() {
        compactor.start();
    }

    /**
     * What the changes come to that are on the disk.
     *
     * @param after the last sequence that the caller has; 0 for none
     * @param known what is to be told of
     * @return see {@link Changes#made}
     * @throws MillraceException CORRUPT_FILE when changes are damaged or missing
     */
    public MadeChanges made(long after, KnownColumns known) {
        return compactor.made(after, known);
    }

    /**
     * The last change that is on the disk; those before it are made, or about to be.
     *
     * @return its sequence
     */
    public long settled() {
        return journal.settled();
    }

    /**
     * Writes what the changes come to up to some moment; others are taken meanwhile.
     *
     * @param folder where to, under the name {@link #SNAPSHOT}: a journal there goes on behind it
     * @param moment called once: tells the last change that is to be in it, by {@link #settled} of
     *     that moment
     * @return that change
     * @throws MillraceException CORRUPT_FILE when changes are damaged or missing, IO when the
     *     system refuses
     */
    public long copy(Path folder, LongSupplier moment) {
        return compactor.copy(folder.resolve(SNAPSHOT), moment);
    }

    /** Brings what is no longer written into the snapshot. */
    void compact() {
        compactor.compact();
    }

    /** Writes, makes and finishes what waits, and takes no more. */
    @Override
    public void close() {
        compactor.close();
        journal.close();
    }
}
