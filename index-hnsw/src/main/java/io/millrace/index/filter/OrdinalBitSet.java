package io.millrace.index.filter;

import io.millrace.core.HotPath;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

import java.util.Arrays;
import java.util.function.LongToIntFunction;

/**
 * One bit per ordinal, to be filled again for every query. Bit b of word w stands for ordinal 64 *
 * w + b; bits past the last ordinal are zero.
 *
 * <p>Threading: one thread at a time may change it. Allocation: all of it in the constructor,
 * {@code size / 8} bytes on the heap.
 */
public final class OrdinalBitSet implements OrdinalSet {
    private final int size;
    private final long[] words;

    /**
     * An empty set.
     *
     * @param size how many ordinals there are, from 0 to 2^31 - 1.
     */
    public OrdinalBitSet(int size) {
        if (size < 0) {
            throw MillraceException.usage("no such set: ordinals=%d, least=0", size);
        }
        this.size = size;
        this.words = new long[(int) ((size + (long) Long.SIZE - 1) / Long.SIZE)];
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    @HotPath
    public boolean contains(int ordinal) {
        assert ordinal >= 0 && ordinal < size : "ordinal=" + ordinal + ", size=" + size;
        return (words[ordinal >>> 6] >>> ordinal & 1) != 0;
    }

    @Override
    @HotPath
    public int cardinality() {
        int count = 0;
        for (long word : words) {
            count += Long.bitCount(word);
        }
        return count;
    }

    @Override
    @HotPath
    public int nextSet(int from) {
        int index = from >>> 6;
        if (index >= words.length) {
            return NONE;
        }
        long word = words[index] & -1L << from;
        while (word == 0) {
            index++;
            if (index == words.length) {
                return NONE;
            }
            word = words[index];
        }
        return (index << 6) + Long.numberOfTrailingZeros(word);
    }

    /**
     * Takes an ordinal in.
     *
     * @param ordinal from 0 to {@link #size()} less one.
     */
    @HotPath
    public void add(int ordinal) {
        assert ordinal >= 0 && ordinal < size : "ordinal=" + ordinal + ", size=" + size;
        words[ordinal >>> 6] |= 1L << ordinal;
    }

    /**
     * Takes an ordinal out.
     *
     * @param ordinal from 0 to {@link #size()} less one.
     */
    @HotPath
    public void remove(int ordinal) {
        assert ordinal >= 0 && ordinal < size : "ordinal=" + ordinal + ", size=" + size;
        words[ordinal >>> 6] &= ~(1L << ordinal);
    }

    /**
     * Takes the rows of item ids in.
     *
     * @param ids the ids.
     * @param ordinals the row of an id, negative where there is none.
     * @return how many ids have no row.
     */
    @HotPath
    public int addAll(long[] ids, LongToIntFunction ordinals) {
        int unknown = 0;
        for (long id : ids) {
            int ordinal = ordinals.applyAsInt(id);
            if (ordinal >= 0) {
                add(ordinal);
            } else {
                unknown++;
            }
        }
        return unknown;
    }

    /** Takes all ordinals out. */
    @HotPath
    public void clear() {
        Arrays.fill(words, 0);
    }

    /** Takes all ordinals in. */
    @HotPath
    public void fill() {
        Arrays.fill(words, -1);
        clearTail();
    }

    /** Takes in what was out, and out what was in. */
    @HotPath
    public void not() {
        for (int i = 0; i < words.length; i++) {
            words[i] = ~words[i];
        }
        clearTail();
    }

    /**
     * Keeps what is in another set as well.
     *
     * @param other a set of the same size.
     */
    @HotPath
    public void and(OrdinalSet other) {
        long[] others = wordsOf(other);
        for (int i = 0; i < words.length; i++) {
            words[i] &= others[i];
        }
    }

    /**
     * Takes out what is in another set.
     *
     * @param other a set of the same size.
     */
    @HotPath
    public void andNot(OrdinalSet other) {
        long[] others = wordsOf(other);
        for (int i = 0; i < words.length; i++) {
            words[i] &= ~others[i];
        }
    }

    /**
     * Takes in what is in another set.
     *
     * @param other a set of the same size.
     */
    @HotPath
    public void or(OrdinalSet other) {
        long[] others = wordsOf(other);
        for (int i = 0; i < words.length; i++) {
            words[i] |= others[i];
        }
    }

    /**
     * Becomes what another set is.
     *
     * @param other a set of the same size.
     */
    @HotPath
    public void copyFrom(OrdinalSet other) {
        System.arraycopy(wordsOf(other), 0, words, 0, words.length);
    }

    /** The bits, for who fills them by words; those past the last ordinal must stay zero. */
    long[] words() {
        return words;
    }

    private void clearTail() {
        if (words.length > 0) {
            words[words.length - 1] &= tailMask(size);
        }
    }

    /** The bits of the last word that stand for one of some rows. */
    static long tailMask(int rows) {
        return -1L >>> -rows;
    }

    @HotPath
    private long[] wordsOf(OrdinalSet other) {
        return switch (other) {
            case OrdinalBitSet bits -> {
                if (bits.size != size) {
                    throw otherSize(bits);
                }
                yield bits.words;
            }
        };
    }

    private MillraceException otherSize(OrdinalSet other) {
        return MillraceException.of(
                ErrorCode.MISMATCH,
                "sets of different sizes: size=%d, other=%d; make both for the same index",
                size,
                other.size());
    }
}
