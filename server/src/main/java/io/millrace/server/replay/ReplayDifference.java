package io.millrace.server.replay;

import io.millrace.ranker.impression.Impression;
import io.millrace.ranker.impression.ImpressionLayout;
import io.millrace.server.request.RequestKind;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A request that is answered otherwise than it was.
 *
 * @param kind what was asked for
 * @param subjectId the user's id; of a similar request the item's
 * @param correlationId the caller's number of the request
 * @param answeredMs when it was answered, milliseconds since 1970 UTC
 * @param logged what was answered, best first
 * @param replayed what is answered now
 * @param otherParts what else differs: the query vector, the context row, rows of items
 */
public record ReplayDifference(
        RequestKind kind,
        long subjectId,
        long correlationId,
        long answeredMs,
        List<Slot> logged,
        List<Slot> replayed,
        List<String> otherParts) {
    /** Copies the lists. */
    public ReplayDifference {
        logged = List.copyOf(logged);
        replayed = List.copyOf(replayed);
        otherParts = List.copyOf(otherParts);
    }

    /**
     * An answered item.
     *
     * @param itemId its id
     * @param scoreBits of its score, as {@link Float#floatToRawIntBits} gives them
     */
    public record Slot(long itemId, int scoreBits) {
        /**
         * The score that the bits say.
         *
         * @return larger is better.
         */
        public float score() {
            return Float.intBitsToFloat(scoreBits);
        }
    }

    /** Whether two answers have the same items and the same bits of scores. */
    static boolean isSame(Impression logged, Impression replayed) {
        int count = logged.itemCount();
        boolean isSame = count == replayed.itemCount();
        for (int i = 0; isSame && i < count; i++) {
            isSame = logged.itemId(i) == replayed.itemId(i) && bits(logged, i) == bits(replayed, i);
        }
        return isSame;
    }

    private static int bits(Impression impression, int index) {
        return Float.floatToRawIntBits(impression.score(index));
    }

    /** The difference of two answers that are not the same. */
    static ReplayDifference of(Impression logged, Impression replayed) {
        return new ReplayDifference(
                kindOf(logged),
                logged.subjectId(),
                logged.correlationId(),
                logged.answeredMs(),
                slots(logged),
                slots(replayed),
                otherParts(logged, replayed));
    }

    private static RequestKind kindOf(Impression impression) {
        return switch (impression.kind()) {
            case ImpressionLayout.SIMILAR -> RequestKind.SIMILAR;
            case ImpressionLayout.SEARCH -> RequestKind.SEARCH;
            case ImpressionLayout.RANK -> RequestKind.RANK;
            default -> RequestKind.RECOMMEND;
        };
    }

    private static List<Slot> slots(Impression impression) {
        List<Slot> slots = new ArrayList<>();
        for (int i = 0; i < impression.itemCount(); i++) {
            slots.add(new Slot(impression.itemId(i), bits(impression, i)));
        }
        return slots;
    }

    private static List<String> otherParts(Impression logged, Impression replayed) {
        ImpressionLayout layout = logged.layout();
        List<String> parts = new ArrayList<>();
        float[] before = new float[layout.dimension()];
        float[] now = new float[layout.dimension()];
        logged.vectorInto(before);
        replayed.vectorInto(now);
        // By their bits, as everything else.
        if (!Arrays.equals(bits(before), bits(now))) {
            parts.add("query vector");
        }
        if (logged.hasRows()
                && !isSame(
                        logged,
                        logged.contextRowOffset(),
                        replayed,
                        replayed.contextRowOffset(),
                        layout.contextRowBytes())) {
            parts.add("context row");
        }
        for (int i = 0; i < logged.itemCount(); i++) {
            for (int j = 0; j < replayed.itemCount(); j++) {
                if (logged.itemId(i) == replayed.itemId(j)
                        && !isSame(
                                logged,
                                logged.itemRowOffset(i),
                                replayed,
                                replayed.itemRowOffset(j),
                                layout.itemRowBytes())) {
                    parts.add("row of item " + logged.itemId(i));
                }
            }
        }
        return parts;
    }

    private static int[] bits(float[] vector) {
        int[] bits = new int[vector.length];
        Arrays.setAll(bits, i -> Float.floatToRawIntBits(vector[i]));
        return bits;
    }

    private static boolean isSame(
            Impression logged, long at, Impression replayed, long otherAt, int bytes) {
        return MemorySegment.mismatch(
                        logged.segment(),
                        at,
                        at + bytes,
                        replayed.segment(),
                        otherAt,
                        otherAt + bytes)
                < 0;
    }
}
