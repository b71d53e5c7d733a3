package io.millrace.index;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.simd.Kernels;
import io.millrace.index.graph.GraphEditor;
import io.millrace.index.graph.GraphMemory;
import io.millrace.index.graph.LayeredGraph;
import io.millrace.index.graph.LiveGraph;
import io.millrace.index.graph.RowSpace;

import java.nio.file.Path;

/**
 * An {@link HnswIndex} whose items come, change and go while it is searched. Rows have no lasting
 * ordinals here; searches answer item ids ({@link HnswReader}).
 *
 * <p>An item that was deleted before a search begins is never answered, one that was inserted
 * before is there to be found. Of an item that is updated meanwhile, the old or the new vector is
 * answered, not both and, unless it is not near enough, not neither.
 *
 * <p>Threading: changes come from one thread, others that try wait for it; any number of readers
 * search meanwhile, waiting for nobody. Allocation: a change none but what the tables need to grow,
 * and a bit a slot once in a while. Ownership: owns its memory; close it after the last search.
 */
public final class MutableHnswIndex implements AutoCloseable {
    private static final float SAME_LENGTH = 1e-3f;
    private static final int LENGTH_SAMPLE = 1000;

    private final StoredForm form;
    private final HnswParameters parameters;
    private final LiveGraph live;
    private final GraphEditor editor;
    private final LiveIds ids;
    private final float[] row;

    /** Length that rows of an INNER_PRODUCT must have, or 0 where any will do. */
    private float length;

    /**
     * Counts what may give an item two rows: odd while an update does, and two more for a deletion,
     * since the item may come again while a search still knows the row it had.
     */
    private volatile long doubles;

    private MutableHnswIndex(HnswIndex source, int capacity) {
        this(source, source.memory(), capacity);
        for (int slot = 0; slot < source.size(); slot++) {
            ids.setId(slot, source.itemId(slot));
            ids.put(source.itemId(slot), slot);
        }
    }

    /** With the rows of some memory, which have no ids yet, in the form of an index. */
    private MutableHnswIndex(HnswIndex like, GraphMemory memory, int capacity) {
        form = like.form();
        parameters = like.parameters();
        live = new LiveGraph(memory, form.isDot(), capacity, parameters.seed());
        editor = new GraphEditor(live, parameters.efConstruction());
        ids = new LiveIds(live.slots());
        row = new float[live.space().paddedDimension()];
        if (form.metric() == Metric.INNER_PRODUCT && form.longest() == 0 && like.size() > 0) {
            length = meanLength(like.view().space(), like.size());
        }
    }

    /** Length of rows that are all as long; of rounded ones each is a little off. */
    private static float meanLength(RowSpace space, int count) {
        int step = Math.max(1, count / LENGTH_SAMPLE);
        double sum = 0;
        int taken = 0;
        for (int row = 0; row < count; row += step) {
            sum += Math.sqrt(-space.distance(row, row));
            taken++;
        }
        return (float) (sum / taken);
    }

    /**
     * Copies an index.
     *
     * @param source the index, which may be closed afterwards.
     * @param capacity the most items there will be; memory is taken as they come.
     * @return the copy, to be closed by the caller.
     * @throws MillraceException USAGE when there are more items already.
     */
    public static MutableHnswIndex copyOf(HnswIndex source, int capacity) {
        if (capacity < Math.max(1, source.size())) {
            throw MillraceException.usage(
                    "no room for the items there are: capacity=%d, items=%d; raise the capacity",
                    capacity, source.size());
        }
        return new MutableHnswIndex(source, capacity);
    }

    /**
     * Makes an index without items that takes the vectors that a copy of another one would take.
     *
     * @param like the other index, which may be closed afterwards.
     * @param capacity the most items there will be; memory is taken as they come.
     * @return the index, to be closed by the caller.
     * @throws MillraceException USAGE when there is to be no room at all.
     */
    public static MutableHnswIndex emptyLike(HnswIndex like, int capacity) {
        if (capacity < 1) {
            throw MillraceException.usage(
                    "no room for any item: capacity=%d; raise the capacity", capacity);
        }
        try (GraphMemory none = GraphMemory.empty(like.memory().layout())) {
            return new MutableHnswIndex(like, none, capacity);
        }
    }

    /**
     * Copies an index out of a file, which is done with then.
     *
     * @param path the file, of {@link #save} or {@link HnswFile#write}.
     * @param capacity the most items there will be; memory is taken as they come.
     * @return the copy, to be closed by the caller.
     * @throws MillraceException CORRUPT_FILE when the file is damaged; USAGE when it has more items
     *     already.
     */
    public static MutableHnswIndex open(Path path, int capacity) {
        try (HnswIndex source = HnswFile.map(path)) {
            return copyOf(source, capacity);
        }
    }

    /**
     * How many items there are.
     *
     * @return at most the capacity.
     */
    public int size() {
        return live.aliveCount();
    }

    /**
     * The most items there can be.
     *
     * @return from 1.
     */
    public int capacity() {
        return live.capacity();
    }

    /**
     * Numbers per vector.
     *
     * @return from 1.
     */
    public int dimension() {
        return form.dimension();
    }

    /**
     * How alike vectors are.
     *
     * @return the metric of the build.
     */
    public Metric metric() {
        return form.metric();
    }

    /**
     * Memory of vectors and links in use, as {@link HnswIndex#memoryBytes} tells it.
     *
     * @return bytes, ids left out.
     */
    public long memoryBytes() {
        return live.bytesInUse();
    }

    /**
     * What deletions still hold. How sound the graph itself is, {@link GraphCheck} tells of a
     * {@link #snapshot}.
     *
     * @return the debt between two changes.
     */
    public synchronized TombstoneDebt tombstoneDebt() {
        return new TombstoneDebt(
                size(), editor.deadCount(), editor.waitingCount(), editor.freeCount());
    }

    /**
     * What one thread searches with.
     *
     * @param maxK the largest k it will be asked for.
     * @param maxEf the largest efSearch it will be asked for.
     * @return the reader.
     */
    public HnswReader newReader(int maxK, int maxEf) {
        return new HnswReader(this, maxK, maxEf);
    }

    /**
     * Whether an item is here, as the thread that changes the index sees it; others ask {@link
     * HnswReader#contains}.
     *
     * @param itemId its id.
     * @return whether it is.
     */
    public synchronized boolean contains(long itemId) {
        return ids.slotOf(itemId) != VectorIndex.NO_ORDINAL;
    }

    /**
     * Whether an item may have a vector.
     *
     * @param vector its vector.
     * @return false for one that {@link #upsert} refuses.
     */
    public synchronized boolean accepts(float[] vector) {
        return form.accepts(vector)
                && (form.metric() != Metric.INNER_PRODUCT || isOfUsableLength(lengthOf(vector)));
    }

    /**
     * Adds an item.
     *
     * @param itemId an id that is not here.
     * @param vector its vector; finite numbers, not all zero under COSINE.
     * @throws MillraceException BAD_INPUT for a vector that can't be indexed, or when the id is
     *     here; LIMIT when the index is full.
     */
    public synchronized void insert(long itemId, float[] vector) {
        if (ids.slotOf(itemId) != VectorIndex.NO_ORDINAL) {
            throw MillraceException.badInput(
                    "item is here already: id=%d; update it, or delete it first", itemId);
        }
        upsert(itemId, vector);
    }

    /**
     * Adds an item, or gives one that is here another vector.
     *
     * @param itemId its id.
     * @param vector its vector; finite numbers, not all zero under COSINE.
     * @return whether it was new.
     * @throws MillraceException BAD_INPUT for a vector that can't be indexed; LIMIT when the index
     *     is full.
     */
    @SuppressWarnings("NonAtomicVolatileUpdate") // under the lock of writers
    public synchronized boolean upsert(long itemId, float[] vector) {
        check(itemId, vector);
        int old = ids.slotOf(itemId);
        if (old == VectorIndex.NO_ORDINAL && size() == capacity()) {
            throw MillraceException.of(
                    ErrorCode.LIMIT,
                    "index is full: items=%d, capacity=%d; delete items, or open it with a larger"
                            + " capacity",
                    size(),
                    capacity());
        }
        int slot = editor.reserve();
        if (slot == LayeredGraph.NONE) {
            throw MillraceException.of(
                    ErrorCode.LIMIT,
                    "no place is free before a search ends: items=%d, slots=%d; try again, or open"
                            + " it with a larger capacity",
                    size(),
                    live.slots());
        }
        System.arraycopy(vector, 0, row, 0, vector.length);
        form.toStored(row);
        ids.setId(slot, itemId);
        if (old == VectorIndex.NO_ORDINAL) {
            editor.insert(slot, row);
            ids.put(itemId, slot);
            return true;
        }
        doubles++;
        editor.insert(slot, row);
        ids.put(itemId, slot);
        editor.delete(old);
        doubles++;
        return false;
    }

    /**
     * Takes an item out.
     *
     * @param itemId its id.
     * @throws MillraceException NOT_FOUND when it is not here.
     */
    @SuppressWarnings("NonAtomicVolatileUpdate") // under the lock of writers
    public synchronized void delete(long itemId) {
        int slot = ids.slotOf(itemId);
        if (slot == VectorIndex.NO_ORDINAL) {
            throw MillraceException.of(
                    ErrorCode.NOT_FOUND,
                    "no such item to delete: id=%d, items=%d; check the id",
                    itemId,
                    size());
        }
        ids.remove(itemId);
        editor.delete(slot);
        doubles += 2;
    }

    /**
     * Ends all repairs that later changes would make bit by bit: no link to a deleted item is left,
     * and every item can be reached. Takes about as long as reading all links twice.
     */
    public synchronized void settle() {
        editor.settle();
    }

    /**
     * Copies the items as they are now to an index that stays so: no deleted ones, ordinals without
     * gaps. It has no recall curve, since that of the source was measured with other rows. Changes
     * wait as long as it takes to {@link #settle} and to copy all memory once; searches do not.
     *
     * @return the copy, to be closed by the caller.
     */
    public synchronized HnswIndex snapshot() {
        editor.settle();
        long[] itemIds = new long[live.aliveCount()];
        int count = 0;
        for (int slot = 0; slot < live.slotsInUse(); slot++) {
            if (live.isAlive(slot)) {
                itemIds[count++] = ids.id(slot);
            }
        }
        return new HnswIndex(form, parameters, live.compactCopy(), ItemIds.copyOf(itemIds));
    }

    /**
     * Writes the items as they are now to a file of {@link HnswFile}, or leaves what was there.
     * Changes wait for a {@link #snapshot} only, whose memory is needed as long as it is written.
     *
     * @param path the file.
     */
    public void save(Path path) {
        try (HnswIndex copy = snapshot()) {
            HnswFile.write(copy, path);
        }
    }

    @Override
    public void close() {
        ids.close();
        live.close();
    }

    StoredForm form() {
        return form;
    }

    LiveGraph live() {
        return live;
    }

    LiveIds ids() {
        return ids;
    }

    GraphEditor editor() {
        return editor;
    }

    /** Where it is odd, or another than before, an item may have been found in two rows. */
    long doubles() {
        return doubles;
    }

    private void check(long itemId, float[] vector) {
        if (vector.length != form.dimension()) {
            throw MillraceException.badInput(
                    "vector of another dimension: id=%d, dimension=%d, index=%d; embed it with the"
                            + " model of the index",
                    itemId, vector.length, form.dimension());
        }
        if (!form.accepts(vector)) {
            throw MillraceException.badInput(
                    "not a usable vector: id=%d, metric=%s; every number must be finite, none"
                            + " too large to be squared, and under COSINE one not zero",
                    itemId, form.metric());
        }
        if (form.metric() == Metric.INNER_PRODUCT) {
            checkLength(itemId, vector);
        }
    }

    private void checkLength(long itemId, float[] vector) {
        float own = lengthOf(vector);
        if (longest() == 0) {
            length = own;
        } else if (!isOfUsableLength(own)) {
            throw MillraceException.badInput(
                    "a vector of another length than those of the build: id=%d, length=%s,"
                            + " limit=%s; scale it, or build the index again",
                    itemId, own, longest());
        }
    }

    /** Rows were brought to the length of the longest; a longer one would attract all searches. */
    private boolean isOfUsableLength(float own) {
        float longest = longest();
        boolean isTooLong = own > longest * (1 + SAME_LENGTH);
        boolean isTooShort = form.longest() == 0 && own < longest * (1 - SAME_LENGTH);
        return longest == 0 || !(isTooLong || isTooShort);
    }

    private float longest() {
        return form.longest() > 0 ? form.longest() : length;
    }

    private static float lengthOf(float[] vector) {
        return (float) Math.sqrt(Kernels.vector().dot(vector, 0, vector, 0, vector.length));
    }
}
