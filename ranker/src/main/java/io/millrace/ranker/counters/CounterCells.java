package io.millrace.ranker.counters;

import io.millrace.core.HotPath;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * Cells of faded counts: impressions, clicks and watched shares. A cell holds two states; an event
 * is counted in the older one, which then becomes the newer by its sequence number. So a reader
 * always has a whole state to read, and so has the next process when this one is killed in the
 * middle.
 *
 * <p>A count is stored as it was worth at the cell's tick and brought forward when it is counted or
 * read. Counting the same events in the same order gives the same bits.
 *
 * <p>Threading: one thread at a time counts, any may read meanwhile; a reader that was overtaken
 * twice reads again. Allocation: none.
 *
 * <p>Ownership: the file is closed after the last reader has stopped.
 */
public final class CounterCells implements AutoCloseable {
    private final CounterFile file;
    private final MemorySegment memory;

    private CounterCells(CounterFile file) {
        this.file = file;
        this.memory = file.memory();
    }

    /**
     * Opens the cells of a file, which is made when it is missing, and made anew when it was of
     * another half-life or another count of cells.
     *
     * @param path the file.
     * @param clock the half-life.
     * @param cells how many cells.
     * @return the cells.
     * @throws io.millrace.core.error.MillraceException CORRUPT_FILE when it is damaged.
     */
    public static CounterCells open(Path path, DecayClock clock, long cells) {
        return open(path, clock, cells, ignored -> {});
    }

    /**
     * Opens the cells of a file as {@link #open(Path, DecayClock, long)} does, but for what they
     * begin with.
     *
     * @param path the file.
     * @param clock the half-life.
     * @param cells how many cells.
     * @param beginning given the memory of the cells when the file is made, all zero: what they are
     *     to begin with. One that is killed meanwhile begins again.
     * @return the cells.
     * @throws io.millrace.core.error.MillraceException CORRUPT_FILE when it is damaged.
     */
    public static CounterCells open(
            Path path, DecayClock clock, long cells, Consumer<MemorySegment> beginning) {
        return new CounterCells(CounterFile.open(path, clock, cells, beginning));
    }

    /**
     * Cells in memory alone, with nothing counted.
     *
     * @param cells how many cells.
     * @return the cells.
     */
    public static CounterCells inMemory(long cells) {
        return new CounterCells(CounterFile.inMemory(cells));
    }

    /**
     * Memory of all cells, one behind the other; nobody may count while it is read.
     *
     * @return {@link #bytesOf} as many bytes.
     */
    public MemorySegment segment() {
        return memory.asSlice(CounterLayout.cellOffset(0));
    }

    /**
     * Memory of the file, or of what would be one; nobody may count while it is read.
     *
     * @return all of its bytes.
     */
    public MemorySegment image() {
        return memory;
    }

    /**
     * Length of cells in memory.
     *
     * @param cells how many.
     * @return bytes.
     */
    public static long bytesOf(long cells) {
        return cells * CounterLayout.CELL_BYTES;
    }

    /**
     * Finds what can't be a count.
     *
     * @param cells memory of cells.
     * @return the first that is not counts, or -1.
     */
    public static long firstBad(MemorySegment cells) {
        return CounterFile.firstBad(cells);
    }

    /**
     * Counts.
     *
     * @param cell which cell.
     * @param tick when, by {@link DecayClock#tickOf}; may be before the last one.
     * @param impressions how many to add.
     * @param clicks how many to add.
     * @param watches watched shares to add.
     */
    @HotPath
    public void add(long cell, int tick, double impressions, double clicks, double watches) {
        long at = CounterLayout.cellOffset(cell);
        int first = (int) CounterLayout.SEQUENCE.getAcquire(memory, at);
        int second =
                (int) CounterLayout.SEQUENCE.getAcquire(memory, at + CounterLayout.STATE_BYTES);
        boolean isFirst = first - second > 0;
        long from = isFirst ? at : at + CounterLayout.STATE_BYTES;
        long to = isFirst ? at + CounterLayout.STATE_BYTES : at;
        boolean isNew = first == 0 && second == 0;
        int last = isNew ? tick : memory.get(CounterLayout.INT, from + CounterLayout.TICK_OFFSET);
        double kept = tick >= last ? DecayClock.decay((long) tick - last) : 1;
        double weight = tick >= last ? 1 : DecayClock.decay((long) last - tick);
        // The number that made the other state the newer must be seen before this one changes.
        VarHandle.releaseFence();
        memory.set(CounterLayout.INT, to + CounterLayout.TICK_OFFSET, Math.max(tick, last));
        bring(from, to, CounterLayout.IMPRESSIONS_OFFSET, kept, weight * impressions);
        bring(from, to, CounterLayout.CLICKS_OFFSET, kept, weight * clicks);
        bring(from, to, CounterLayout.WATCHES_OFFSET, kept, weight * watches);
        CounterLayout.SEQUENCE.setRelease(memory, to, (isFirst ? first : second) + 1);
    }

    private void bring(long from, long to, int offset, double kept, double added) {
        double count = memory.get(CounterLayout.DOUBLE, from + offset);
        memory.set(CounterLayout.DOUBLE, to + offset, count * kept + added);
    }

    /**
     * When something was counted last; nobody may count meanwhile.
     *
     * @param cell which cell.
     * @return the tick of the latest event, or {@link Integer#MIN_VALUE} where there was none.
     */
    public int lastTick(long cell) {
        long at = newerOf(cell);
        return at < 0
                ? Integer.MIN_VALUE
                : memory.get(CounterLayout.INT, at + CounterLayout.TICK_OFFSET);
    }

    /**
     * Has no cell be of a later time than this. What was counted is worth as much as it was, and
     * fades from here on; without this it would do so when that later time has come. The first cell
     * is the last, so that it tells, when this was interrupted, that it has to be done again.
     *
     * @param tick by {@link DecayClock#tickOf}.
     */
    public void bringBack(int tick) {
        long cells = (memory.byteSize() - CounterLayout.HEADER_BYTES) / CounterLayout.CELL_BYTES;
        for (long cell = cells - 1; cell >= 0; cell--) {
            long at = newerOf(cell);
            // In its place: who reads meanwhile finds the same counts with the one tick or the
            // other, and for moments up to this one they are worth the same with both.
            if (at >= 0 && memory.get(CounterLayout.INT, at + CounterLayout.TICK_OFFSET) > tick) {
                memory.set(CounterLayout.INT, at + CounterLayout.TICK_OFFSET, tick);
            }
        }
    }

    /** Where the newer state of a cell is, or -1 where it has none. */
    private long newerOf(long cell) {
        long at = CounterLayout.cellOffset(cell);
        int first = (int) CounterLayout.SEQUENCE.getAcquire(memory, at);
        int second =
                (int) CounterLayout.SEQUENCE.getAcquire(memory, at + CounterLayout.STATE_BYTES);
        if (first == 0 && second == 0) {
            return -1;
        }
        return first - second > 0 ? at : at + CounterLayout.STATE_BYTES;
    }

    /**
     * Reads a cell.
     *
     * @param cell which cell.
     * @param tick what it is worth when, by {@link DecayClock#tickOf}; before its last event it is
     *     worth what it was then.
     * @param reading filled.
     */
    @HotPath
    public void readInto(long cell, int tick, CounterReading reading) {
        reading.clear();
        addTo(reading, cell, tick);
    }

    /**
     * Reads a cell in addition to others.
     *
     * @param reading what it is worth is added to.
     * @param cell which cell.
     * @param tick as {@link #readInto} takes it.
     */
    @HotPath
    public void addTo(CounterReading reading, long cell, int tick) {
        long at = CounterLayout.cellOffset(cell);
        while (true) {
            int first = (int) CounterLayout.SEQUENCE.getAcquire(memory, at);
            int second =
                    (int) CounterLayout.SEQUENCE.getAcquire(memory, at + CounterLayout.STATE_BYTES);
            boolean isFirst = first - second > 0;
            long from = isFirst ? at : at + CounterLayout.STATE_BYTES;
            int last = memory.get(CounterLayout.INT, from + CounterLayout.TICK_OFFSET);
            double impressions =
                    memory.get(CounterLayout.DOUBLE, from + CounterLayout.IMPRESSIONS_OFFSET);
            double clicks = memory.get(CounterLayout.DOUBLE, from + CounterLayout.CLICKS_OFFSET);
            double watches = memory.get(CounterLayout.DOUBLE, from + CounterLayout.WATCHES_OFFSET);
            VarHandle.acquireFence();
            // This state can't have changed before the other one became the newer.
            long other = isFirst ? at + CounterLayout.STATE_BYTES : at;
            int otherNow = (int) CounterLayout.SEQUENCE.getOpaque(memory, other);
            if (otherNow == (isFirst ? second : first)) {
                double kept = DecayClock.decay(Math.max(0, (long) tick - last));
                reading.add(kept * impressions, kept * clicks, kept * watches);
                return;
            }
            Thread.onSpinWait();
        }
    }

    /** Closes the file. */
    @Override
    public void close() {
        file.close();
    }
}
