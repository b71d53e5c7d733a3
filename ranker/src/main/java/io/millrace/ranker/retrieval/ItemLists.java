package io.millrace.ranker.retrieval;

import io.millrace.core.HotPath;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.file.SectionFile;
import io.millrace.core.file.SectionFileWriter;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.model.Weights;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * Lists of items with a score above 0 each, the best first.
 *
 * <p>File: section file of kind {@code LISTS}: {@code shape} (int32: how many items there are, how
 * many lists), {@code schema} (fingerprint), {@code starts} (int64: where each list begins in what
 * follows, and behind the last where it ends), {@code items} (int32: ordinals), {@code scores}
 * (float32).
 *
 * <pre>
 *   list 0: items 7 and 2, list 1: none, list 2: item 0
 *   starts | 0 | 2 | 2 | 3 |     items | 7 | 2 | 0 |     scores | 0.5 | 0.25 | 0.125 |
 * </pre>
 *
 * <p>Threading: immutable. Allocation: none after construction. Ownership: closes the file it was
 * read from, which stays mapped.
 */
public final class ItemLists implements AutoCloseable {
    private static final String KIND = "LISTS";
    private static final int VERSION = 1;

    private final int itemCount;
    private final long[] starts;
    private final MemorySegment items;
    private final MemorySegment scores;
    private final Runnable owner;

    private ItemLists(
            int itemCount,
            long[] starts,
            MemorySegment items,
            MemorySegment scores,
            Runnable owner) {
        this.itemCount = itemCount;
        this.starts = starts;
        this.items = items;
        this.scores = scores;
        this.owner = owner;
    }

    /**
     * Lists in memory.
     *
     * @param itemCount how many items there are.
     * @param items ordinals of each list, the best first.
     * @param scores their scores, finite and above 0.
     * @return the lists, which keep copies.
     */
    public static ItemLists of(int itemCount, int[][] items, float[][] scores) {
        long[] starts = new long[items.length + 1];
        for (int list = 0; list < items.length; list++) {
            starts[list + 1] = starts[list] + items[list].length;
        }
        int entries = Math.toIntExact(starts[items.length]);
        int[] allItems = new int[entries];
        float[] allScores = new float[entries];
        for (int list = 0; list < items.length; list++) {
            int at = (int) starts[list];
            System.arraycopy(items[list], 0, allItems, at, items[list].length);
            System.arraycopy(scores[list], 0, allScores, at, items[list].length);
        }
        return new ItemLists(
                itemCount,
                starts,
                MemorySegment.ofArray(allItems),
                MemorySegment.ofArray(allScores),
                () -> {});
    }

    /**
     * Reads lists.
     *
     * @param path the file.
     * @param schema the declared features whose histories they were counted from.
     * @param itemCount how many items there are.
     * @return the lists, mapped.
     * @throws MillraceException CORRUPT_FILE when the file is damaged or holds lists that cannot
     *     be, MISMATCH when it belongs to another schema or to more or fewer items.
     */
    public static ItemLists load(Path path, FeatureSchema schema, long itemCount) {
        SectionFile file = SectionFile.map(path, KIND, VERSION);
        try {
            Weights.requireSchema(file, schema, "lists", "build the bundle again");
            int[] shape = file.readInts("shape");
            long[] starts = file.readLongs("starts");
            if (shape.length != 2 || starts.length != shape[1] + 1L) {
                throw MillraceException.corrupt(
                        path, "bad count of lists: starts=%d", starts.length);
            }
            if (shape[0] != itemCount) {
                throw MillraceException.of(
                        ErrorCode.MISMATCH,
                        "lists of another bundle: file=%s, items=%d, expected=%d; build it again",
                        path,
                        shape[0],
                        itemCount);
            }
            ItemLists lists =
                    new ItemLists(
                            shape[0],
                            starts,
                            file.section("items"),
                            file.section("scores"),
                            file::close);
            lists.check(path);
            return lists;
        } catch (MillraceException e) {
            file.close();
            throw e;
        }
    }

    private void check(Path path) {
        long entries = starts[starts.length - 1];
        if (starts[0] != 0
                || items.byteSize() != entries * Integer.BYTES
                || scores.byteSize() != entries * Float.BYTES) {
            throw MillraceException.corrupt(
                    path,
                    "lists of another length: entries=%d, items=%d bytes, scores=%d bytes",
                    entries,
                    items.byteSize(),
                    scores.byteSize());
        }
        for (int list = 0; list < count(); list++) {
            if (starts[list] > starts[list + 1] || starts[list + 1] > entries) {
                throw MillraceException.corrupt(path, "list ends before it begins: list=%d", list);
            }
            float least = Float.MAX_VALUE;
            for (int i = 0; i < length(list); i++) {
                boolean isGood = item(list, i) >= 0 && item(list, i) < itemCount;
                if (!isGood || !(score(list, i) > 0 && score(list, i) <= least)) {
                    throw MillraceException.corrupt(
                            path,
                            "bad entry of a list: list=%d, index=%d, item=%d, score=%s",
                            list,
                            i,
                            item(list, i),
                            score(list, i));
                }
                least = score(list, i);
            }
        }
    }

    /**
     * Writes the lists.
     *
     * @param path where to.
     * @param schema the declared features whose histories they were counted from.
     */
    public void save(Path path, FeatureSchema schema) {
        try (SectionFileWriter writer = SectionFileWriter.create(path, KIND, VERSION)) {
            writer.ints("shape", new int[] {itemCount, count()})
                    .longs("schema", new long[] {schema.fingerprint()})
                    .longs("starts", starts)
                    .section("items", items)
                    .section("scores", scores)
                    .commit();
        }
    }

    /**
     * How many items there are, in lists or not.
     *
     * @return the count.
     */
    public int itemCount() {
        return itemCount;
    }

    /**
     * How many lists.
     *
     * @return the count.
     */
    public int count() {
        return starts.length - 1;
    }

    /**
     * Length of a list.
     *
     * @param list 0 to {@link #count} - 1.
     * @return how many items it holds.
     */
    @HotPath
    public int length(int list) {
        return (int) (starts[list + 1] - starts[list]);
    }

    /**
     * An item of a list.
     *
     * @param list which list.
     * @param index its place there, from 0.
     * @return the ordinal.
     */
    @HotPath
    public int item(int list, int index) {
        return items.get(RowLayout.INT, (starts[list] + index) * Integer.BYTES);
    }

    /**
     * Score of an item of a list.
     *
     * @param list which list.
     * @param index its place there, from 0.
     * @return above 0, and no more than that of the place before.
     */
    @HotPath
    public float score(int list, int index) {
        return scores.get(RowLayout.FLOAT, (starts[list] + index) * Float.BYTES);
    }

    @Override
    public void close() {
        owner.run();
    }
}
