package io.millrace.ranker.features;

import io.millrace.core.HotPath;
import io.millrace.core.random.SplitRandom;

import org.agrona.DirectBuffer;

/**
 * The hash of the texts of {@link ValueEncoding#HASHED} fields: FNV-1a over their UTF-16
 * characters, mixed, modulo the buckets. It is part of the format, and the same whether a text
 * comes as an object or as bytes.
 */
final class TextHash {
    /** {@link #bucketOfUtf8} of bytes that are no text. */
    static final int NO_TEXT = -1;

    private static final long BASIS = 0xCBF2_9CE4_8422_2325L;
    private static final long PRIME = 0x0000_0100_0000_01B3L;
    private static final int CONTINUATION_BITS = 6;

    /** By the count of continuation bytes: the least code point that needs as many. */
    private static final int[] LEAST_OF_LENGTH = {0, 0x80, 0x800, 0x1_0000};

    private TextHash() {}

    /** The bucket of a text. */
    static int bucketOf(String text, int buckets) {
        long hash = BASIS;
        for (int i = 0; i < text.length(); i++) {
            hash = add(hash, text.charAt(i));
        }
        return bucket(hash, buckets);
    }

    /** The bucket of a text in UTF-8, or {@link #NO_TEXT}. */
    @HotPath
    static int bucketOfUtf8(DirectBuffer bytes, int offset, int length, int buckets) {
        long hash = BASIS;
        int at = offset;
        int end = offset + length;
        while (at < end) {
            int lead = bytes.getByte(at) & 0xFF;
            int following = followingOf(lead);
            if (following < 0 || at + following >= end) {
                return NO_TEXT;
            }
            // The leading byte spends a bit more on its mark than there are bytes in all.
            int codePoint = following == 0 ? lead : lead & (0x3F >> following);
            for (int i = 1; i <= following; i++) {
                int next = bytes.getByte(at + i);
                if ((next & 0xC0) != 0x80) {
                    return NO_TEXT;
                }
                codePoint = (codePoint << CONTINUATION_BITS) | (next & 0x3F);
            }
            if (codePoint < LEAST_OF_LENGTH[following] || !isText(codePoint)) {
                return NO_TEXT;
            }
            hash = addCodePoint(hash, codePoint);
            at += 1 + following;
        }
        return bucket(hash, buckets);
    }

    /** How many bytes follow a leading one; below 0 where it leads nothing. */
    private static int followingOf(int lead) {
        if (lead < 0x80) {
            return 0;
        }
        if (lead < 0xC0) {
            return -1;
        }
        if (lead < 0xE0) {
            return 1;
        }
        if (lead < 0xF0) {
            return 2;
        }
        return lead < 0xF8 ? 3 : -1;
    }

    private static boolean isText(int codePoint) {
        return codePoint <= Character.MAX_CODE_POINT
                && (codePoint < Character.MIN_SURROGATE || codePoint > Character.MAX_SURROGATE);
    }

    private static long addCodePoint(long hash, int codePoint) {
        if (Character.isBmpCodePoint(codePoint)) {
            return add(hash, (char) codePoint);
        }
        long first = add(hash, Character.highSurrogate(codePoint));
        return add(first, Character.lowSurrogate(codePoint));
    }

    private static long add(long hash, char character) {
        return (hash ^ character) * PRIME;
    }

    private static int bucket(long hash, int buckets) {
        return (int) Long.remainderUnsigned(SplitRandom.mix64(hash), buckets);
    }
}
