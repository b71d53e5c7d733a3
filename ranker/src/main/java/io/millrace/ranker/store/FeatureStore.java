package io.millrace.ranker.store;

import io.millrace.core.HotPath;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.features.RowTable;

import net.openhft.chronicle.hash.Data;
import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ChronicleMapBuilder;
import net.openhft.chronicle.map.ExternalMapQueryContext;
import net.openhft.chronicle.map.MapAbsentEntry;
import net.openhft.chronicle.map.MapEntry;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;

/**
 * Rows by id in a memory-mapped file: read while they are changed, still there after a restart or a
 * kill. What {@link #put} has returned from survives the end of the process, not that of the
 * machine: nothing is synced per row.
 *
 * <p>A store that was closed in order is opened after one pass over its checksum. One that was not
 * is recovered entry by entry (a second or so for a million rows).
 *
 * <p>Threading: any thread; writers take turns, readers bring a {@link RowReader} each. Who reads a
 * row to write another in its place synchronizes on the store for both.
 *
 * <p>Allocation: none by reads and updates.
 *
 * <p>Ownership: the caller closes it after its last reader has stopped.
 */
public final class FeatureStore implements AutoCloseable {
    private static final int PROGRESS_STEP = 1 << 14;

    private final DescriptionFile described;
    private final StoreFiles files;
    private final StoreDescription description;
    private final RowLayout layout;
    private final ChronicleMap<Long, byte[]> map;
    private final UndoLog undo;
    private final RowIndex index;
    private final RowKey key = new RowKey();
    private final RowValue value;
    private boolean isLoaded;
    private boolean isClosed;
    private @Nullable StoreMoment moment;

    private FeatureStore(
            DescriptionFile described,
            RowLayout layout,
            ChronicleMap<Long, byte[]> map,
            UndoLog undo,
            RowIndex index) {
        this.described = described;
        this.files = described.files();
        this.description = described.description();
        this.layout = layout;
        this.map = map;
        this.undo = undo;
        this.index = index;
        this.value = new RowValue(layout.rowBytes());
        this.isLoaded = description.loaded();
    }

    /**
     * Whether a store was made there.
     *
     * @param folder folder of the store.
     * @param name name of the store, as in {@code "users"}.
     * @return true when {@link #open} has something to open.
     */
    public static boolean exists(Path folder, String name) {
        return Files.exists(StoreFiles.descriptionOf(folder, name));
    }

    /**
     * Makes an empty store.
     *
     * @param folder folder of the store; made when missing.
     * @param name name of the store; its files are called so.
     * @param layout layout of its rows.
     * @param capacity rows to plan for; it has room for twice as many before it slows down, and for
     *     several times as many before it is full.
     * @return the store.
     * @throws MillraceException when there is one already, or it is in use.
     */
    public static FeatureStore create(Path folder, String name, RowLayout layout, long capacity) {
        if (capacity < 1 || capacity > StoreDescription.MOST_CAPACITY) {
            throw MillraceException.badInput(
                    "capacity of a store out of range: store=%s, capacity=%d, limit=%d",
                    name, capacity, StoreDescription.MOST_CAPACITY);
        }
        StoreFiles files = StoreFiles.lock(folder, name);
        try {
            if (exists(folder, name)) {
                throw MillraceException.of(
                        ErrorCode.IO,
                        "feature store exists already: store=%s; open it, or remove the folder",
                        folder.resolve(name));
            }
            files.removeUnfinished();
            ChronicleMap<Long, byte[]> map =
                    ChronicleRuntime.builder(name, layout.rowBytes(), capacity)
                            .createPersistedTo(files.map().toFile());
            DescriptionFile described = DescriptionFile.ofNew(files, layout, capacity);
            FeatureStore store = begin(described, layout, map);
            described.writeOpen(false);
            return store;
        } catch (IOException e) {
            files.close();
            throw MillraceException.io("create feature store", files.map(), e);
        } catch (RuntimeException e) {
            files.close();
            throw e;
        }
    }

    /**
     * Opens a store, recovering it when it was not closed in order.
     *
     * @param folder folder of the store.
     * @param name name of the store.
     * @param layout layout its rows must have.
     * @return the store.
     * @throws MillraceException NOT_FOUND when there is none, UNAVAILABLE when it is in use,
     *     MISMATCH when its rows are of another schema, CORRUPT_FILE when it is damaged.
     */
    public static FeatureStore open(Path folder, String name, RowLayout layout) {
        if (!exists(folder, name)) {
            throw MillraceException.of(
                    ErrorCode.NOT_FOUND,
                    "no such feature store: store=%s; create it from a bundle",
                    folder.resolve(name));
        }
        StoreFiles files = StoreFiles.lock(folder, name);
        try {
            DescriptionFile described = DescriptionFile.read(files, layout);
            // Whatever happens from here on, the file is to be checked unless it is closed in
            // order.
            described.writeOpen(described.description().loaded());
            return begin(described, layout, openMap(files, name, described.description()));
        } catch (RuntimeException e) {
            files.close();
            throw e;
        }
    }

    /**
     * Layout of the rows.
     *
     * @return the layout.
     */
    public RowLayout layout() {
        return layout;
    }

    /**
     * How many rows there are.
     *
     * @return count of rows.
     */
    public long size() {
        return map.longSize();
    }

    /**
     * Whether the first filling was finished. A process that ends in the middle of it leaves this
     * false, and the filling is to be done again.
     *
     * @return true once {@link #bulkLoad} has returned.
     */
    public synchronized boolean isLoaded() {
        return isLoaded;
    }

    /**
     * A reader for the calling thread.
     *
     * @return the reader; one per thread, made before serving begins.
     */
    public RowReader newReader() {
        return new RowReader(index, layout.rowBytes());
    }

    /**
     * Puts all rows of a table in.
     *
     * @param rows the rows, of this store's layout.
     * @param progress told of every row.
     */
    public synchronized void bulkLoad(RowTable rows, ProgressListener progress) {
        if (rows.layout().fingerprint() != layout.fingerprint()) {
            throw MillraceException.of(
                    ErrorCode.MISMATCH,
                    "rows of another schema: store=%s; build rows and store from one bundle",
                    map.name());
        }
        try (ProgressListener.Stage stage =
                progress.start("fill feature store " + map.name(), rows.count())) {
            for (int row = 0; row < rows.count(); row++) {
                write(rows.id(row), rows.segment(), rows.offset(row));
                if ((row + 1) % PROGRESS_STEP == 0) {
                    stage.advance(PROGRESS_STEP);
                }
            }
            stage.advance(rows.count() % PROGRESS_STEP);
        }
        isLoaded = true;
        described.writeOpen(true);
    }

    /**
     * Puts a row in, or in the place of the one that is there. When this returns, the row survives
     * the end of the process.
     *
     * @param id the caller's id.
     * @param source memory that holds the row.
     * @param offset where the row begins, in bytes.
     * @throws MillraceException BAD_INPUT when a value of the row cannot be, LIMIT when the store
     *     is full.
     */
    @HotPath
    public synchronized void put(long id, MemorySegment source, long offset) {
        int bad = layout.firstBadField(source, offset);
        if (bad >= 0) {
            throw badRow(id, bad);
        }
        write(id, source, offset);
    }

    /**
     * Keeps all rows as they are now, to be written while they change.
     *
     * @return to be closed; one at a time.
     * @throws MillraceException UNAVAILABLE while another one is open.
     */
    public synchronized StoreMoment moment() {
        if (moment != null) {
            throw MillraceException.of(
                    ErrorCode.UNAVAILABLE,
                    "the feature store is being copied already: store=%s; wait for it",
                    map.name());
        }
        StoreMoment begun = new StoreMoment(this, map);
        moment = begun;
        return begun;
    }

    synchronized void endMoment() {
        moment = null;
    }

    /**
     * Share of the planned room that is free.
     *
     * @return 1 when empty, 0.5 with as many rows as it was planned for, below 0 when it has
     *     outgrown its room.
     */
    public double headroom() {
        double planned = (double) ChronicleRuntime.HEADROOM_FACTOR * description.capacity();
        return 1 - size() / planned;
    }

    /**
     * How full it is, for metrics and alerts.
     *
     * @return the figures of this moment.
     */
    public StoreHealth health() {
        int tiered = 0;
        ChronicleMap.SegmentStats[] segments = map.segmentStats();
        for (ChronicleMap.SegmentStats segment : segments) {
            if (segment.tiers() > 1) {
                tiered++;
            }
        }
        return new StoreHealth(
                size(),
                ChronicleRuntime.HEADROOM_FACTOR * description.capacity(),
                headroom(),
                segments.length,
                tiered,
                map.remainingAutoResizes(),
                files.mapBytes());
    }

    /** Closes in order, so that opening needs no recovery. */
    @Override
    public synchronized void close() {
        if (isClosed) {
            return;
        }
        isClosed = true;
        try (files) {
            index.close();
            map.close();
            undo.close();
            described.writeClosed(isLoaded);
        }
    }

    /**
     * Inserts or replaces. The map writes an entry's checksum only when the context closes, so the
     * undo log is let go after that: a process killed in between still has the old row.
     *
     * <p>All that may wait for a disk is touched before readers have to wait for the row.
     */
    private void write(long id, MemorySegment source, long offset) {
        try (ExternalMapQueryContext<Long, byte[], ?> context = map.queryContext(key.wrap(id))) {
            context.updateLock().lock();
            MapEntry<Long, byte[]> entry = context.entry();
            if (moment != null) {
                moment.keep(id, entry);
            }
            if (entry == null) {
                MapAbsentEntry<Long, byte[]> absent =
                        Objects.requireNonNull(context.absentEntry(), "neither there nor absent");
                absent.doInsert(value.wrap(source, offset));
                MapEntry<Long, byte[]> inserted =
                        Objects.requireNonNull(context.entry(), "inserted and absent");
                index.add(id, NativeBytes.addressOf(inserted.value()));
            } else {
                replace(id, entry, value.wrap(source, offset));
            }
        } catch (IllegalStateException e) {
            throw full(e);
        }
        undo.end();
    }

    private void replace(long id, MapEntry<Long, byte[]> entry, Data<byte[]> row) {
        long address = NativeBytes.addressOf(entry.value());
        undo.begin(id, address);
        NativeBytes.touch(address, layout.rowBytes());
        index.beginWrite(id);
        try {
            entry.doReplaceValue(row);
        } finally {
            index.endWrite(id);
        }
    }

    private MillraceException badRow(long id, int field) {
        return MillraceException.badInput(
                "value out of range: store=%s, id=%d, field=%s; correct the row",
                map.name(), id, layout.fields().get(field).name());
    }

    private MillraceException full(IllegalStateException cause) {
        return new MillraceException(
                ErrorCode.LIMIT,
                String.format(
                        Locale.ROOT,
                        "feature store is full: store=%s, rows=%d, capacity=%d; make it again with"
                                + " a larger capacity",
                        map.name(),
                        size(),
                        description.capacity()),
                cause);
    }

    private void findRows() {
        map.forEachEntry(
                entry -> {
                    Data<Long> id = entry.key();
                    index.add(
                            id.bytes().readLong(id.offset()), NativeBytes.addressOf(entry.value()));
                });
    }

    /** Puts back the row that a killed process was overwriting, unless it is whole. */
    private void restoreInterrupted() {
        if (description.clean() || !undo.isBusy()) {
            undo.end();
            return;
        }
        MemorySegment found = MemorySegment.ofArray(new byte[layout.rowBytes()]);
        if (!newReader().readInto(undo.id(), found, 0)) {
            requirePossible(undo.row());
            write(undo.id(), undo.row(), 0);
        }
        undo.end();
    }

    /** The log has no checksum, and who reads a row indexes tables by what stands in it. */
    private void requirePossible(MemorySegment row) {
        int bad = layout.firstBadField(row, 0);
        if (bad >= 0) {
            throw MillraceException.corrupt(
                    files.undo(),
                    "value out of range: id=%d, field=%s (%s)",
                    undo.id(),
                    layout.fields().get(bad).name(),
                    StoreDescription.REMEDY);
        }
    }

    private static FeatureStore begin(
            DescriptionFile described, RowLayout layout, ChronicleMap<Long, byte[]> map) {
        UndoLog undo = null;
        RowIndex index = null;
        try {
            undo = new UndoLog(described.files().undo(), layout.rowBytes());
            index = new RowIndex(Math.max(map.longSize(), described.description().capacity()));
            FeatureStore store = new FeatureStore(described, layout, map, undo, index);
            store.findRows();
            store.restoreInterrupted();
            return store;
        } catch (RuntimeException e) {
            if (index != null) {
                index.close();
            }
            if (undo != null) {
                undo.close();
            }
            map.close();
            throw e;
        }
    }

    private static ChronicleMap<Long, byte[]> openMap(
            StoreFiles files, String name, StoreDescription description) {
        ChronicleMapBuilder<Long, byte[]> builder =
                ChronicleRuntime.builder(name, description.rowBytes(), description.capacity());
        try {
            return description.clean()
                    ? builder.createPersistedTo(files.map().toFile())
                    : ChronicleRuntime.recover(builder, files.map());
        } catch (IOException e) {
            throw MillraceException.io("open feature store", files.map(), e);
        } catch (RuntimeException e) {
            throw new MillraceException(
                    ErrorCode.CORRUPT_FILE,
                    "damaged feature store: file=" + files.map() + "; " + StoreDescription.REMEDY,
                    e);
        }
    }
}
