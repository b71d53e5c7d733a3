package io.millrace.ranker.feedback;

import static io.millrace.ranker.feedback.FeedbackJournalLayout.FLOAT;
import static io.millrace.ranker.feedback.FeedbackJournalLayout.INT;
import static io.millrace.ranker.feedback.FeedbackJournalLayout.LONG;

import io.millrace.core.HotPath;
import io.millrace.core.error.MillraceException;
import io.millrace.core.file.MappedFile;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;

/**
 * The newest feedback of a bundle, by ids and in the order in which it was taken, so that the next
 * bundle can be told of it. A file of so many events; the newest drives the oldest out.
 *
 * <p>Each feedback has a stamp. One bundle's are larger than all that the bundle before it gave, so
 * what of a journal another one has not seen is what is stamped later than the newest it saw.
 *
 * <p>What was added is there after {@code kill -9}, as rows and counters are. An event that a power
 * failure left half written is passed over where that can be told.
 *
 * <p>Threading: one thread at a time. Allocation: none by adding.
 */
public final class FeedbackJournal implements AutoCloseable {
    /** Name of the file. */
    public static final String FILE = "feedback";

    /** The most events of a bundle's journal. */
    public static final int CAPACITY = 1 << 20;

    /** More feedback than comes while one bundle follows another. */
    private static final long GAP = 1L << 26;

    private static final int STAMPS_PER_MS_BITS = 20;

    /** 1 January 2100, of which the stamps are well below the largest. */
    private static final long LATEST_MS = 4_102_444_800_000L;

    private static final VarHandle COUNT = LONG.varHandle();

    private final int capacity;
    private final Arena arena;
    private final MemorySegment memory;
    private long last;

    private FeedbackJournal(int capacity, Arena arena, MemorySegment memory, long nowMs) {
        this.capacity = capacity;
        this.arena = arena;
        this.memory = memory;
        // Only a clock that is wrong is later, and its stamps would be no stamps.
        long beginMs = Math.clamp(nowMs, 0, LATEST_MS);
        this.last = Math.max(newest() + GAP, beginMs << STAMPS_PER_MS_BITS);
    }

    /**
     * Opens the journal of a folder, which is made when it is missing. Its stamps begin behind all
     * that were ever given, unless the clock was set back.
     *
     * @param folder must be there; one process at a time.
     * @param capacity the most events, always the same for a folder.
     * @param nowMs milliseconds since 1970 UTC.
     * @return the journal.
     * @throws MillraceException CORRUPT_FILE when it is none.
     */
    public static FeedbackJournal open(Path folder, int capacity, long nowMs) {
        Path file = folder.resolve(FILE);
        Arena arena = Arena.ofShared();
        try {
            MemorySegment memory =
                    MappedFile.map(file, FeedbackJournalLayout.fileBytes(capacity), arena);
            if (memory.get(LONG, FeedbackJournalLayout.MAGIC_OFFSET) == 0) {
                memory.set(LONG, FeedbackJournalLayout.MAGIC_OFFSET, FeedbackJournalLayout.MAGIC);
            }
            requireSound(file, memory);
            return new FeedbackJournal(capacity, arena, memory, nowMs);
        } catch (IOException e) {
            arena.close();
            throw MillraceException.io("open the journal of feedback", file, e);
        } catch (RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    private static void requireSound(Path file, MemorySegment memory) {
        long magic = memory.get(LONG, FeedbackJournalLayout.MAGIC_OFFSET);
        long count = memory.get(LONG, FeedbackJournalLayout.COUNT_OFFSET);
        long newest = memory.get(LONG, FeedbackJournalLayout.NEWEST_OFFSET);
        if (magic != FeedbackJournalLayout.MAGIC
                || count < 0
                || newest < 0
                || newest > Long.MAX_VALUE / 2) {
            throw MillraceException.corrupt(
                    file,
                    "not a journal of feedback: magic=%016x, count=%d, newest=%d; remove the file,"
                            + " and the next bundle is not told what users told this one",
                    magic,
                    count,
                    newest);
        }
    }

    /**
     * The stamp of the next feedback.
     *
     * @return larger than all before.
     */
    @HotPath
    public long nextStamp() {
        return ++last;
    }

    /**
     * From now on stamps are larger than any that another journal gives for as long as both are
     * written.
     *
     * @param other of the bundle that is followed.
     */
    public void follow(FeedbackJournal other) {
        last = Math.max(last, other.last + GAP);
    }

    /**
     * Adds an event.
     *
     * @param stamp of the feedback that it belongs to.
     * @param userId who.
     * @param itemId with which item.
     * @param momentMs when, milliseconds since 1970 UTC.
     * @param kind what was done.
     * @param watchedShare of a watch; NaN: not known.
     */
    @HotPath
    public void add(
            long stamp,
            long userId,
            long itemId,
            long momentMs,
            EventKind kind,
            float watchedShare) {
        long count = count();
        long at = FeedbackJournalLayout.eventOffset(count % capacity);
        memory.set(LONG, at + FeedbackJournalLayout.STAMP_OFFSET, stamp);
        memory.set(LONG, at + FeedbackJournalLayout.USER_OFFSET, userId);
        memory.set(LONG, at + FeedbackJournalLayout.ITEM_OFFSET, itemId);
        memory.set(LONG, at + FeedbackJournalLayout.MOMENT_OFFSET, momentMs);
        memory.set(FLOAT, at + FeedbackJournalLayout.SHARE_OFFSET, watchedShare);
        memory.set(INT, at + FeedbackJournalLayout.KIND_OFFSET, kind.code());
        if (stamp > newest()) {
            memory.set(LONG, FeedbackJournalLayout.NEWEST_OFFSET, stamp);
        }
        // What a killed process did not count was not acknowledged.
        COUNT.setRelease(memory, (long) FeedbackJournalLayout.COUNT_OFFSET, count + 1);
    }

    /**
     * The newest stamp of an event that was added.
     *
     * @return 0 where none ever was.
     */
    public long newest() {
        return memory.get(LONG, FeedbackJournalLayout.NEWEST_OFFSET);
    }

    /**
     * How many events were ever added.
     *
     * @return the place behind the newest.
     */
    public long count() {
        return memory.get(LONG, FeedbackJournalLayout.COUNT_OFFSET);
    }

    /**
     * Where the oldest stands that is still there.
     *
     * @return its place, or {@link #count} where there is none.
     */
    public long oldest() {
        return Math.max(0, count() - capacity);
    }

    /**
     * Reads an event.
     *
     * @param place from {@link #oldest} on, before {@link #count}.
     * @return the event, or null for one that is damaged.
     */
    public @Nullable ToldEvent at(long place) {
        long at = FeedbackJournalLayout.eventOffset(place % capacity);
        EventKind kind = EventKind.of(memory.get(INT, at + FeedbackJournalLayout.KIND_OFFSET));
        long stamp = memory.get(LONG, at + FeedbackJournalLayout.STAMP_OFFSET);
        float share = memory.get(FLOAT, at + FeedbackJournalLayout.SHARE_OFFSET);
        // Shares are not negative, but may be unknown.
        if (kind == null || stamp <= 0 || stamp > newest() || share < 0) {
            return null;
        }
        return new ToldEvent(
                stamp,
                memory.get(LONG, at + FeedbackJournalLayout.USER_OFFSET),
                memory.get(LONG, at + FeedbackJournalLayout.ITEM_OFFSET),
                memory.get(LONG, at + FeedbackJournalLayout.MOMENT_OFFSET),
                kind,
                share);
    }

    /**
     * Length of the file.
     *
     * @return bytes.
     */
    public long fileBytes() {
        return memory.byteSize();
    }

    /**
     * Length of the part of the file that says something.
     *
     * @return bytes.
     */
    public long usedBytes() {
        return FeedbackJournalLayout.fileBytes(Math.min(count(), capacity));
    }

    /**
     * Copies the part of the file that says something.
     *
     * @param target memory of at least {@link #usedBytes}.
     * @return bytes that were copied; a file of them alone is the same journal.
     */
    public long copyInto(MemorySegment target) {
        long bytes = usedBytes();
        MemorySegment.copy(
                memory, ValueLayout.JAVA_BYTE, 0, target, ValueLayout.JAVA_BYTE, 0, bytes);
        return bytes;
    }

    @Override
    public void close() {
        arena.close();
    }
}
