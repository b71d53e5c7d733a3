package io.millrace.server.funnel.bundle;

import io.millrace.core.error.MillraceException;
import io.millrace.core.file.AtomicFile;
import io.millrace.core.memory.DirectMemory;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.feedback.EventCounters;
import io.millrace.ranker.feedback.FeedbackJournal;
import io.millrace.ranker.store.FeatureStore;
import io.millrace.ranker.store.StoreMoment;
import io.millrace.server.change.ChangeJournal;
import io.millrace.server.living.SeenPairs;
import io.millrace.server.state.StateSnapshot;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a bundle keeps between runs, written as it is at one moment while requests and changes go
 * on. At that moment feedback and changes wait for the counters to be copied in memory, a few
 * milliseconds for a million items; rows are kept from then on before they change.
 *
 * <p>Changes up to that moment are those that the journal has by then. Rows have as many of them or
 * a few less: those are made again from the journal when the copy is opened.
 *
 * <p>Threading: one thread.
 */
final class BundleState implements StateSnapshot.Source {
    private static final int PIECE_BYTES = 1 << 16;

    private final String fingerprint;
    private final Path folder;
    private final FeatureStore users;
    private final FeatureStore items;
    private final EventCounters counters;
    private final FeedbackJournal told;
    private final @Nullable SeenPairs seen;
    private final @Nullable ChangeJournal journal;

    /**
     * The state of a bundle.
     *
     * @param fingerprint of the bundle
     * @param folder where it is kept
     * @param users rows of the users
     * @param items rows of the items
     * @param counters of events
     * @param told what users told lately
     * @param seen who has seen which of the items that came later; null where nothing is remembered
     * @param journal of changes; null where none are taken
     */
    BundleState(
            String fingerprint,
            Path folder,
            FeatureStore users,
            FeatureStore items,
            EventCounters counters,
            FeedbackJournal told,
            @Nullable SeenPairs seen,
            @Nullable ChangeJournal journal) {
        this.fingerprint = fingerprint;
        this.folder = folder;
        this.users = users;
        this.items = items;
        this.counters = counters;
        this.told = told;
        this.seen = seen;
        this.journal = journal;
    }

    @Override
    public String fingerprint() {
        return fingerprint;
    }

    @Override
    public Path folder() {
        return folder;
    }

    @Override
    public long last() {
        return journal == null ? 0 : journal.settled();
    }

    @Override
    public long bytes() {
        return RowTable.fileBytes(users.layout(), users.size())
                + RowTable.fileBytes(items.layout(), items.size())
                + counters.image().byteSize()
                + told.usedBytes()
                + (seen == null ? 0 : seen.fileBytes())
                + journalBytes();
    }

    private long journalBytes() {
        long bytes = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "changes*")) {
            for (Path file : files) {
                bytes += Files.size(file);
            }
            return bytes;
        } catch (IOException e) {
            throw MillraceException.io("look at the journal of changes", folder, e);
        }
    }

    /** Closes what was begun, whatever comes between. */
    private static final class Moment implements AutoCloseable {
        private final List<AutoCloseable> opened = new ArrayList<>();

        <T extends AutoCloseable> T own(T part) {
            opened.add(part);
            return part;
        }

        @Override
        public void close() {
            OpenBundle.closeAll(opened);
        }
    }

    /** What users told lately, of which there may be less than there is memory for. */
    private static final class ToldImage {
        private final MemorySegment memory;
        private long bytes;

        ToldImage(MemorySegment memory) {
            this.memory = memory;
        }
    }

    @Override
    public long write(Path target, Runnable requireGoingOn) {
        if (journal == null && ChangeJournal.exists(folder)) {
            throw MillraceException.usage(
                    "changes of an earlier run would be left out: changes.enabled=false, folder=%s;"
                            + " set it to true, or copy the folder of the stopped server",
                    folder);
        }
        try (Moment moment = new Moment()) {
            MemorySegment counted = image(moment, counters.image().byteSize());
            MemorySegment pairs = image(moment, seen == null ? 0 : seen.fileBytes());
            ToldImage lately = new ToldImage(image(moment, told.fileBytes()));
            List<StoreMoment> rows = new ArrayList<>();
            long through =
                    journal == null
                            ? begin(moment, rows, counted, pairs, lately)
                            : journal.copy(
                                    target, () -> begin(moment, rows, counted, pairs, lately));
            requireGoingOn.run();
            write(target.resolve(EventCounters.FILE), counted);
            write(target.resolve(FeedbackJournal.FILE), lately.memory.asSlice(0, lately.bytes));
            if (seen != null) {
                write(target.resolve(SeenPairs.FILE), pairs);
            }
            rows.getFirst().write(target.resolve(StateSnapshot.USERS), requireGoingOn);
            rows.getLast().write(target.resolve(StateSnapshot.ITEMS), requireGoingOn);
            return through;
        }
    }

    /** Memory that is there already when it is filled, so that nobody waits for that. */
    private static MemorySegment image(Moment moment, long bytes) {
        return moment.own(DirectMemory.allocate(bytes)).segment().fill((byte) 0);
    }

    /** The moment: the last change that is on the disk, while nobody makes one. */
    private long begin(
            Moment moment,
            List<StoreMoment> rows,
            MemorySegment counted,
            MemorySegment pairs,
            ToldImage lately) {
        synchronized (users) {
            synchronized (items) {
                rows.add(moment.own(users.moment()));
                rows.add(moment.own(items.moment()));
                counted.copyFrom(counters.image());
                lately.bytes = told.copyInto(lately.memory);
                if (seen != null) {
                    seen.copyInto(pairs);
                }
                return last();
            }
        }
    }

    private static void write(Path file, MemorySegment bytes) {
        AtomicFile.write(
                file,
                out -> {
                    WritableByteChannel channel = Channels.newChannel(out);
                    for (long at = 0; at < bytes.byteSize(); at += PIECE_BYTES) {
                        long count = Math.min(PIECE_BYTES, bytes.byteSize() - at);
                        channel.write(bytes.asSlice(at, count).asByteBuffer());
                    }
                });
    }
}
