package io.millrace.ranker.features;

import io.millrace.core.HotPath;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Finds texts that come as UTF-8 bytes among known ones, by open addressing: no object is made of
 * them, as a map of texts would need.
 *
 * <p>Threading: immutable, any thread. Allocation: none after construction.
 */
final class TextIndex {
    /** {@link #placeOf} of a text that is not there. */
    static final int NOT_FOUND = -1;

    private static final int HASH_FACTOR = 31;

    /** Spreads hashes that differ in their low bits only. */
    private static final int SPREAD = 0x9E37_79B9;

    private final UnsafeBuffer bytes;

    /** Where each text begins in those; one more for where the last one ends. */
    private final int[] starts;

    /** Places of the texts, 1 up, by hash; 0 where there is none. */
    private final int[] slots;

    private final int shift;

    private int firstTwice = NOT_FOUND;

    /** Of texts, of which the first one of those that are the same is found. */
    TextIndex(List<String> texts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        starts = new int[texts.size() + 1];
        for (int place = 0; place < texts.size(); place++) {
            byte[] utf8 = texts.get(place).getBytes(StandardCharsets.UTF_8);
            all.write(utf8, 0, utf8.length);
            starts[place + 1] = all.size();
        }
        bytes = new UnsafeBuffer(all.toByteArray());
        // At most half full, so that a probe ends soon.
        int bits = Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(4, texts.size() * 2) - 1);
        slots = new int[1 << bits];
        shift = Integer.SIZE - bits;
        for (int place = 0; place < texts.size(); place++) {
            int slot = slotOf(bytes, starts[place], starts[place + 1] - starts[place]);
            if (slots[slot] == 0) {
                slots[slot] = place + 1;
            } else if (firstTwice == NOT_FOUND) {
                firstTwice = place;
            }
        }
    }

    /** The place of the first text that stands before it as well, or {@link #NOT_FOUND}. */
    int firstTwice() {
        return firstTwice;
    }

    /** The place of a text in the list that this was made of, or {@link #NOT_FOUND}. */
    @HotPath
    int placeOf(DirectBuffer text, int offset, int length) {
        return slots[slotOf(text, offset, length)] - 1;
    }

    /** Where a text is, or the empty slot where it belongs. */
    private int slotOf(DirectBuffer text, int offset, int length) {
        int hash = 0;
        for (int i = 0; i < length; i++) {
            hash = hash * HASH_FACTOR + text.getByte(offset + i);
        }
        int at = (hash * SPREAD) >>> shift;
        while (slots[at] != 0 && !isAt(slots[at] - 1, text, offset, length)) {
            at = (at + 1) & (slots.length - 1);
        }
        return at;
    }

    private boolean isAt(int place, DirectBuffer text, int offset, int length) {
        if (starts[place + 1] - starts[place] != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (bytes.getByte(starts[place] + i) != text.getByte(offset + i)) {
                return false;
            }
        }
        return true;
    }
}
