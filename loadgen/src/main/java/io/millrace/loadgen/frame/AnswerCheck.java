package io.millrace.loadgen.frame;

import io.millrace.core.HotPath;
import io.millrace.core.wire.FrameLayout;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.codec.MessageHeaderDecoder;
import io.millrace.core.wire.codec.ReasonCode;
import io.millrace.core.wire.codec.ResultResponseDecoder;

import org.agrona.DirectBuffer;
import org.agrona.collections.LongHashSet;

/**
 * Reads a {@code ResultResponse} and tells whether an OK answer makes sense: as many items as asked
 * for unless the reason says there are fewer, no item twice, every score a finite number, and the
 * item asked about not among those like it.
 *
 * <p>Threading: one thread. Allocation: none, but for long lists and error texts.
 */
public final class AnswerCheck {
    private static final int SMALL = 64;

    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final ResultResponseDecoder result = new ResultResponseDecoder();
    private final LongHashSet seen = new LongHashSet();
    private final int k;
    private long[] itemIds = new long[SMALL];
    private float[] scores = new float[SMALL];
    private int count;

    /** A check of answers to requests for so many items. */
    public AnswerCheck(int k) {
        this.k = k;
    }

    /** Reads a sound frame of the template. */
    @HotPath
    public void read(DirectBuffer buffer, int frame) {
        result.wrapAndApplyHeader(buffer, frame + FrameLayout.HEADER_OFFSET, header);
        ResultResponseDecoder.ItemsDecoder items = result.items();
        count = items.count();
        if (count > itemIds.length) {
            itemIds = new long[count];
            scores = new float[count];
        }
        for (int i = 0; i < count; i++) {
            items.next();
            itemIds[i] = items.itemId();
            scores[i] = items.score();
        }
    }

    /** How the request went. */
    public Status status() {
        return Status.of(result.statusRaw());
    }

    /** Bits of what was given up. */
    public int degraded() {
        return result.degraded().getRaw();
    }

    /** How many candidates were retrieved. */
    public int retrieved() {
        return result.retrieved();
    }

    /** How many of them were ranked. */
    public int ranked() {
        return result.ranked();
    }

    /** Why there are fewer items, as the wire has it. */
    public int reasonCode() {
        return result.reasonRaw();
    }

    /** How many items there are. */
    public int count() {
        return count;
    }

    /** The items; only the first {@link #count} are of this answer. */
    public long[] itemIds() {
        return itemIds;
    }

    /** The scores; only the first {@link #count} are of this answer. */
    public float[] scores() {
        return scores;
    }

    /** The error text; may be asked for once. */
    public String message() {
        return result.message();
    }

    /** Whether an OK answer to a recommend request makes sense. */
    @HotPath
    public boolean isSensible() {
        if (count > k || (count < k && reasonCode() != ReasonCode.FEWER_THAN_K.value())) {
            return false;
        }
        for (int i = 0; i < count; i++) {
            if (!Float.isFinite(scores[i])) {
                return false;
            }
        }
        return count <= SMALL ? isDistinct() : isDistinctLong();
    }

    private boolean isDistinct() {
        for (int i = 1; i < count; i++) {
            for (int j = 0; j < i; j++) {
                if (itemIds[i] == itemIds[j]) {
                    return false;
                }
            }
        }
        return true;
    }

    private boolean isDistinctLong() {
        seen.clear();
        for (int i = 0; i < count; i++) {
            if (!seen.add(itemIds[i])) {
                return false;
            }
        }
        return true;
    }

    /** Whether an OK answer to a rank request makes sense: some of its items, the best first. */
    @HotPath
    boolean isSensibleRank(RankFrame frame, int number) {
        for (int i = 0; i < count; i++) {
            if (!frame.isCandidate(itemIds[i], number) || (i > 0 && scores[i] > scores[i - 1])) {
                return false;
            }
        }
        return isSensible();
    }

    /** Whether an OK answer to feedback or a change makes sense: it has no items. */
    @HotPath
    public boolean isSensibleChange() {
        return count == 0;
    }

    /** Whether an OK answer to a similar request makes sense. */
    @HotPath
    public boolean isSensibleSimilar(long itemId) {
        for (int i = 0; i < count; i++) {
            if (itemIds[i] == itemId) {
                return false;
            }
        }
        return isSensible();
    }
}
