package io.millrace.ranker.rerank;

import io.millrace.core.HotPath;

import java.util.Arrays;

/**
 * What a request gets: items in order, each with its score and the reason of its place, and what
 * was left out on the way.
 *
 * <p>Threading: one thread; filled anew for every request. Allocation: none after construction.
 */
public final class Slate {
    private final int[] ordinals;
    private final float[] scores;
    private final SlotReason[] reasons;
    private int size;
    private int seenDropped;
    private int excludedDropped;
    private int duplicatesDropped;
    private int invalidDropped;

    /**
     * An empty slate.
     *
     * @param maxK most items it holds.
     */
    public Slate(int maxK) {
        this.ordinals = new int[maxK];
        this.scores = new float[maxK];
        this.reasons = new SlotReason[maxK];
        Arrays.fill(reasons, SlotReason.RELEVANCE);
    }

    /**
     * Most items it holds.
     *
     * @return the capacity.
     */
    public int capacity() {
        return ordinals.length;
    }

    /**
     * How many items it holds.
     *
     * @return the count.
     */
    @HotPath
    public int size() {
        return size;
    }

    /**
     * An item.
     *
     * @param place 0 is the top.
     * @return its ordinal.
     */
    @HotPath
    public int ordinal(int place) {
        return ordinals[place];
    }

    /**
     * An item's score as the ranker gave it; it need not fall from place to place.
     *
     * @param place 0 is the top.
     * @return the score.
     */
    @HotPath
    public float score(int place) {
        return scores[place];
    }

    /**
     * Why an item stands where it does.
     *
     * @param place 0 is the top.
     * @return the reason.
     */
    @HotPath
    public SlotReason reason(int place) {
        return reasons[place];
    }

    /**
     * Candidates left out because the user has seen them.
     *
     * @return the count.
     */
    public int seenDropped() {
        return seenDropped;
    }

    /**
     * Candidates left out because the request excludes them.
     *
     * @return the count.
     */
    public int excludedDropped() {
        return excludedDropped;
    }

    /**
     * Candidates left out because they were given twice; near duplicates are not counted.
     *
     * @return the count.
     */
    public int duplicatesDropped() {
        return duplicatesDropped;
    }

    /**
     * Candidates left out because their score was not finite.
     *
     * @return the count; above 0 it is a bug of the ranker.
     */
    public int invalidDropped() {
        return invalidDropped;
    }

    /**
     * Whether a rule was relaxed to fill the slate.
     *
     * @return true when the last item stands there by a relaxed rule.
     */
    public boolean isRelaxed() {
        return size > 0 && reasons[size - 1].isRelaxed();
    }

    @HotPath
    void clear() {
        size = 0;
        seenDropped = 0;
        excludedDropped = 0;
        duplicatesDropped = 0;
        invalidDropped = 0;
    }

    @HotPath
    void append(int ordinal, float score, SlotReason reason) {
        ordinals[size] = ordinal;
        scores[size] = score;
        reasons[size] = reason;
        size++;
    }

    /** The ordinals so far, for batches over them. */
    @HotPath
    int[] ordinals() {
        return ordinals;
    }

    @HotPath
    void dropSeen() {
        seenDropped++;
    }

    @HotPath
    void dropExcluded() {
        excludedDropped++;
    }

    @HotPath
    void dropDuplicate() {
        duplicatesDropped++;
    }

    @HotPath
    void dropInvalid() {
        invalidDropped++;
    }
}
