package io.millrace.ranker.impression;

import io.millrace.core.HotPath;

import java.lang.foreign.MemorySegment;

/**
 * One impression, read where it stands.
 *
 * <p>Threading: one thread. Allocation: none, but for texts. Ownership: wraps memory of others and
 * is of use as long as that is.
 */
@HotPath
public final class Impression {
    private final ImpressionLayout layout;
    private MemorySegment record = MemorySegment.NULL;
    private long base;
    private int contextCount;
    private int excludedCount;
    private int itemCount;
    private int filterBytes;
    private int keyBytes;

    /**
     * Wraps nothing yet.
     *
     * @param layout of the records.
     */
    public Impression(ImpressionLayout layout) {
        this.layout = layout;
    }

    /**
     * Wraps a record.
     *
     * @param memory holds it.
     * @param offset of its first byte.
     * @param length in bytes.
     * @return false, and it is not to be read, when it contradicts itself.
     */
    public boolean wrap(MemorySegment memory, long offset, int length) {
        record = memory;
        base = offset;
        if (length < ImpressionLayout.CONTEXT_OFFSET) {
            return false;
        }
        contextCount = intAt(ImpressionLayout.CONTEXT_COUNT_OFFSET);
        excludedCount = intAt(ImpressionLayout.EXCLUDED_COUNT_OFFSET);
        itemCount = intAt(ImpressionLayout.ITEM_COUNT_OFFSET);
        filterBytes = shortAt(ImpressionLayout.FILTER_BYTES_OFFSET);
        keyBytes = shortAt(ImpressionLayout.KEY_BYTES_OFFSET);
        return kind() >= ImpressionLayout.RECOMMEND
                && kind() <= ImpressionLayout.RANK
                && (hasRows() || !isUserKnown())
                && contextCount >= 0
                && excludedCount >= 0
                && itemCount >= 0
                && ranked() >= 0
                && length
                        == layout.recordBytes(
                                contextCount,
                                excludedCount,
                                hasRows(),
                                itemCount,
                                ranked(),
                                filterBytes + keyBytes);
    }

    private int byteAt(int offset) {
        return record.get(ImpressionLayout.BYTE, base + offset);
    }

    private int shortAt(int offset) {
        return Short.toUnsignedInt(record.get(ImpressionLayout.SHORT, base + offset));
    }

    private int intAt(int offset) {
        return record.get(ImpressionLayout.INT, base + offset);
    }

    private long longAt(int offset) {
        return record.get(ImpressionLayout.LONG, base + offset);
    }

    /**
     * Where things stand in it.
     *
     * @return the layout.
     */
    public ImpressionLayout layout() {
        return layout;
    }

    /**
     * When it was answered.
     *
     * @return milliseconds since 1970 UTC.
     */
    public long answeredMs() {
        return longAt(ImpressionLayout.ANSWERED_OFFSET);
    }

    /**
     * The caller's number of the request.
     *
     * @return the correlation id.
     */
    public long correlationId() {
        return longAt(ImpressionLayout.CORRELATION_OFFSET);
    }

    /**
     * Whom or what it was for.
     *
     * @return the user's id; of a similar request the item's.
     */
    public long subjectId() {
        return longAt(ImpressionLayout.SUBJECT_OFFSET);
    }

    /**
     * The time that the context row was made for.
     *
     * @return milliseconds since 1970 UTC; 0 without rows.
     */
    public long momentMs() {
        return longAt(ImpressionLayout.MOMENT_OFFSET);
    }

    /**
     * Time to answer in, from arrival.
     *
     * @return microseconds; 0 for as long as it takes.
     */
    public long deadlineUs() {
        return longAt(ImpressionLayout.DEADLINE_OFFSET);
    }

    /**
     * How many were asked for.
     *
     * @return k.
     */
    public int k() {
        return intAt(ImpressionLayout.K_OFFSET);
    }

    /**
     * Wishes of the request.
     *
     * @return flags as on the wire.
     */
    public int flags() {
        return intAt(ImpressionLayout.FLAGS_OFFSET);
    }

    /**
     * What was given up.
     *
     * @return bits as on the wire.
     */
    public int degraded() {
        return intAt(ImpressionLayout.DEGRADED_OFFSET);
    }

    /**
     * Candidates found by vector search.
     *
     * @return the number.
     */
    public int retrieved() {
        return intAt(ImpressionLayout.RETRIEVED_OFFSET);
    }

    /**
     * Candidates scored by the ranker.
     *
     * @return the number.
     */
    public int ranked() {
        return intAt(ImpressionLayout.RANKED_OFFSET);
    }

    /**
     * What was asked for.
     *
     * @return {@link ImpressionLayout#RECOMMEND}, {@link ImpressionLayout#SIMILAR}, {@link
     *     ImpressionLayout#SEARCH} or {@link ImpressionLayout#RANK}.
     */
    public int kind() {
        return byteAt(ImpressionLayout.KIND_OFFSET);
    }

    /**
     * What was special about the answer.
     *
     * @return the reason as on the wire.
     */
    public int reason() {
        return byteAt(ImpressionLayout.REASON_OFFSET);
    }

    /**
     * Whether there are rows of user and context.
     *
     * @return true where the ranker needed them.
     */
    public boolean hasRows() {
        return (byteAt(ImpressionLayout.BITS_OFFSET) & ImpressionLayout.HAS_ROWS) != 0;
    }

    /**
     * Whether something was known of the user.
     *
     * @return false where the row is that of a stranger.
     */
    public boolean isUserKnown() {
        return (byteAt(ImpressionLayout.BITS_OFFSET) & ImpressionLayout.IS_USER_KNOWN) != 0;
    }

    /**
     * Whether the rows of items are those that the request brought.
     *
     * @return false where they are of the catalogue.
     */
    public boolean hasOwnItems() {
        return (byteAt(ImpressionLayout.BITS_OFFSET) & ImpressionLayout.HAS_OWN_ITEMS) != 0;
    }

    /**
     * How many context codes the request gave.
     *
     * @return the count.
     */
    public int contextCount() {
        return contextCount;
    }

    /**
     * A context field that the request gave.
     *
     * @param index 0 to {@link #contextCount} - 1.
     * @return its number.
     */
    public int contextField(int index) {
        return intAt(ImpressionLayout.CONTEXT_OFFSET + index * ImpressionLayout.ENTRY_BYTES);
    }

    /**
     * What it gave for that field.
     *
     * @param index 0 to {@link #contextCount} - 1.
     * @return the raw code.
     */
    public int contextCode(int index) {
        return intAt(
                ImpressionLayout.CONTEXT_OFFSET
                        + index * ImpressionLayout.ENTRY_BYTES
                        + Integer.BYTES);
    }

    /**
     * How many items the request excluded, or how many candidates a rank request brought.
     *
     * @return the count.
     */
    public int excludedCount() {
        return excludedCount;
    }

    /**
     * An item that was not to be answered; of a rank request a candidate.
     *
     * @param index 0 to {@link #excludedCount} - 1.
     * @return its id.
     */
    public long excluded(int index) {
        return longAt(layout.excludedAt(contextCount) + index * ImpressionLayout.ENTRY_BYTES);
    }

    /**
     * Copies the query vector.
     *
     * @param vector takes it.
     */
    public void vectorInto(float[] vector) {
        MemorySegment.copy(
                record,
                ImpressionLayout.FLOAT,
                base + layout.vectorAt(contextCount, excludedCount),
                vector,
                0,
                layout.dimension());
    }

    /**
     * Memory of its rows.
     *
     * @return the segment that offsets of rows point into.
     */
    public MemorySegment segment() {
        return record;
    }

    /**
     * Where the user's row begins.
     *
     * @return byte offset into {@link #segment}; of use only with {@link #hasRows}.
     */
    public long userRowOffset() {
        return base + layout.vectorAt(contextCount, excludedCount) + layout.vectorBytes();
    }

    /**
     * Where the context row begins.
     *
     * @return byte offset into {@link #segment}; of use only with {@link #hasRows}.
     */
    public long contextRowOffset() {
        return userRowOffset() + layout.userRowBytes();
    }

    /**
     * How many items were answered.
     *
     * @return the count.
     */
    public int itemCount() {
        return itemCount;
    }

    /**
     * An answered item.
     *
     * @param index 0 for the best.
     * @return its id.
     */
    public long itemId(int index) {
        return record.get(ImpressionLayout.LONG, itemAt(index));
    }

    /**
     * Score of an answered item.
     *
     * @param index 0 for the best.
     * @return as answered.
     */
    public float score(int index) {
        return record.get(
                ImpressionLayout.FLOAT, itemAt(index) + ImpressionLayout.ITEM_SCORE_OFFSET);
    }

    /**
     * Where the row of an answered item begins.
     *
     * @param index 0 for the best.
     * @return byte offset into {@link #segment}.
     */
    public long itemRowOffset(int index) {
        return itemAt(index) + ImpressionLayout.ITEM_ROW_OFFSET;
    }

    /**
     * A rate of an answered item, as it was when the item was ranked.
     *
     * @param index 0 for the best.
     * @param rate which rate.
     * @return the rate; NaN where nothing had happened yet, or nothing was ranked.
     */
    public float rate(int index, int rate) {
        return floatAt(itemAt(index) + layout.itemRatesOffset(), rate);
    }

    /**
     * A rate of a candidate that was ranked.
     *
     * @param candidate 0 to {@link #ranked} - 1, in the order in which they were ranked.
     * @param rate which rate.
     * @return the rate; NaN where nothing had happened yet.
     */
    public float candidateRate(int candidate, int rate) {
        return floatAt(itemAt(itemCount), candidate * layout.rates() + rate);
    }

    /**
     * What the request wanted of all items that are answered.
     *
     * @return a predicate over attributes, made anew by each call; empty for none.
     */
    public String filter() {
        return LoggedText.at(record, textsAt(), filterBytes);
    }

    /**
     * What the caller's experiments know the request by.
     *
     * @return made anew by each call; empty for none.
     */
    public String experimentKey() {
        return LoggedText.at(record, textsAt() + filterBytes, keyBytes);
    }

    private long textsAt() {
        return itemAt(itemCount) + layout.ratesBytes(ranked());
    }

    private float floatAt(long offset, int index) {
        return record.get(ImpressionLayout.FLOAT, offset + (long) Float.BYTES * index);
    }

    private long itemAt(int index) {
        long rows = hasRows() ? layout.userRowBytes() + layout.contextRowBytes() : 0;
        return userRowOffset() + rows + (long) index * layout.itemBytes();
    }
}
