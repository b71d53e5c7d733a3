package io.millrace.server.request;

import io.millrace.core.HotPath;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.codec.ReasonCode;
import io.millrace.core.wire.codec.SourceCode;
import io.millrace.server.explain.Explanation;

import org.jspecify.annotations.Nullable;

/**
 * The answer to a request: items, or what went wrong.
 *
 * <p>Threading: one thread at a time. Allocation: only in the constructor.
 */
@HotPath
public final class Answer {
    private final long[] itemIds;
    private final float[] scores;
    private final SourceCode[] sources;
    private final ErrorText message = new ErrorText();

    private Status status = Status.OK;
    private @Nullable Refusal refusal;
    private ReasonCode reason = ReasonCode.NONE;
    private int degraded;
    private int retrieved;
    private int ranked;
    private int count;
    private @Nullable Explanation explanation;

    /**
     * Makes an empty answer.
     *
     * @param maxK the most items
     */
    public Answer(int maxK) {
        itemIds = new long[maxK];
        scores = new float[maxK];
        sources = new SourceCode[maxK];
    }

    /** Empties the answer: it is {@link Status#OK} and holds nothing. */
    public void clear() {
        status = Status.OK;
        refusal = null;
        reason = ReasonCode.NONE;
        degraded = 0;
        retrieved = 0;
        ranked = 0;
        count = 0;
        explanation = null;
        message.clear();
    }

    /**
     * Has it explain the items that it holds, and others.
     *
     * @param why what is told in place of the items
     */
    public void explain(Explanation why) {
        explanation = why;
    }

    /**
     * Adds an item behind those there are.
     *
     * @param itemId its id
     * @param score larger is better
     * @param source where it came from
     */
    public void add(long itemId, float score, SourceCode source) {
        itemIds[count] = itemId;
        scores[count] = score;
        sources[count++] = source;
    }

    /**
     * Turns the answer into an error; items that were added are dropped.
     *
     * @param status not {@link Status#OK}
     * @param text one lower-case line
     * @return the text, to be continued
     */
    public ErrorText fail(Status status, String text) {
        this.status = status;
        reason = ReasonCode.NONE;
        count = 0;
        explanation = null;
        return message.clear().append(text);
    }

    /**
     * Turns the answer into {@link Status#OVERLOADED}.
     *
     * @param why what there is no room for
     * @param text one lower-case line
     * @return the text, to be continued
     */
    public ErrorText refuse(Refusal why, String text) {
        refusal = why;
        return fail(Status.OVERLOADED, text);
    }

    /**
     * Notes what was special.
     *
     * @param reason why the answer is not of the usual kind
     */
    public void reason(ReasonCode reason) {
        this.reason = reason;
    }

    /**
     * Notes what the stages did.
     *
     * @param retrieved candidates found by vector search
     * @param ranked candidates scored by the ranker
     */
    public void worked(int retrieved, int ranked) {
        this.retrieved = retrieved;
        this.ranked = ranked;
    }

    /**
     * Notes what was given up.
     *
     * @param lever what
     */
    public void degrade(Lever lever) {
        degraded |= lever.bit();
    }

    /**
     * How the request ended.
     *
     * @return the status
     */
    public Status status() {
        return status;
    }

    /**
     * Why it was refused.
     *
     * @return null where it was not
     */
    public @Nullable Refusal refusal() {
        return refusal;
    }

    /**
     * What was special.
     *
     * @return the reason
     */
    public ReasonCode reason() {
        return reason;
    }

    /**
     * What was given up.
     *
     * @return bits as on the wire
     */
    public int degraded() {
        return degraded;
    }

    /**
     * Candidates found by vector search.
     *
     * @return the number
     */
    public int retrieved() {
        return retrieved;
    }

    /**
     * Candidates scored by the ranker.
     *
     * @return the number
     */
    public int ranked() {
        return ranked;
    }

    /**
     * How many items there are.
     *
     * @return the number
     */
    public int count() {
        return count;
    }

    /**
     * An item.
     *
     * @param index 0 for the best
     * @return its id
     */
    public long itemId(int index) {
        return itemIds[index];
    }

    /**
     * An item's score.
     *
     * @param index 0 for the best
     * @return larger is better
     */
    public float score(int index) {
        return scores[index];
    }

    /**
     * Where an item came from.
     *
     * @param index 0 for the best
     * @return the source
     */
    public SourceCode source(int index) {
        return sources[index];
    }

    /**
     * What is told of items that are answered, or are not.
     *
     * @return null but for explain requests that were answered
     */
    public @Nullable Explanation explanation() {
        return explanation;
    }

    /**
     * What went wrong.
     *
     * @return empty unless the status is an error
     */
    public ErrorText message() {
        return message;
    }
}
