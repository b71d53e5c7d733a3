package io.millrace.core.fuzz;

import io.millrace.core.random.SplitRandom;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;

/**
 * Changes inputs at random, in the ways that readers get wrong: lengths and counts at the edges of
 * their range, pieces cut out, doubled or taken from another input, words of the format in the
 * wrong place.
 *
 * <p>Threading: one thread.
 */
final class Mutator {
    private static final int MOST_CHANGES = 4;
    private static final int LONGEST_PIECE = 64;
    private static final int PAGE_BYTES = 4_096;

    private static final long[] EDGES = {
        0,
        1,
        -1,
        2,
        7,
        8,
        127,
        128,
        255,
        256,
        4_096,
        32_767,
        32_768,
        65_535,
        65_536,
        1 << 20,
        Integer.MAX_VALUE,
        Integer.MAX_VALUE - 7,
        Integer.MIN_VALUE,
        1L << 32,
        1L << 40,
        Long.MAX_VALUE,
        Long.MAX_VALUE - 7,
        Long.MIN_VALUE
    };

    private final SplitRandom random;
    private final List<byte[]> seeds;
    private final List<byte[]> words;

    Mutator(SplitRandom random, List<byte[]> seeds, List<byte[]> words) {
        this.random = random;
        this.seeds = seeds;
        this.words = words;
    }

    byte[] next() {
        byte[] input = seeds.get(random.nextInt(seeds.size())).clone();
        for (int changes = 1 + random.nextInt(MOST_CHANGES); changes > 0; changes--) {
            input = changed(input);
        }
        return input;
    }

    private byte[] changed(byte[] input) {
        int at = place(input);
        int end = Math.min(input.length, at + 1 + random.nextInt(LONGEST_PIECE));
        return switch (random.nextInt(9)) {
            case 0 -> withBit(input, at);
            case 1 -> replaced(input, at, at + 1, new byte[] {(byte) random.nextInt(256)});
            case 2, 3 -> withNumber(input, at);
            case 4 -> replaced(input, at, end, new byte[0]);
            case 5 -> replaced(input, at, at, Arrays.copyOfRange(input, at, end));
            case 6 -> replaced(input, at, at, word());
            case 7 -> spliced(input, at);
            default -> random.nextInt(4) == 0 ? Arrays.copyOf(input, at) : withNumber(input, at);
        };
    }

    /** Anywhere; every other time where a page begins, for heads and sections do. */
    private int place(byte[] input) {
        int room = input.length + 1;
        if (random.nextInt(2) == 0) {
            return random.nextInt(room);
        }
        int page = random.nextInt(Math.ceilDiv(room, PAGE_BYTES)) * PAGE_BYTES;
        return page + random.nextInt(Math.min(room - page, LONGEST_PIECE));
    }

    private byte[] withBit(byte[] input, int at) {
        if (at < input.length) {
            input[at] ^= (byte) (1 << random.nextInt(Byte.SIZE));
        }
        return input;
    }

    /** An edge of a range, or a step away from what stands there, in 1 to 8 little-endian bytes. */
    private byte[] withNumber(byte[] input, int at) {
        int width = 1 << random.nextInt(4);
        int start = random.nextInt(2) == 0 ? at : at / width * width;
        if (start + width > input.length) {
            return input;
        }
        long value = 0;
        if (random.nextInt(3) == 0) {
            for (int i = width - 1; i >= 0; i--) {
                value = (value << Byte.SIZE) | (input[start + i] & 0xFF);
            }
            value += random.nextInt(5) - 2;
        } else {
            value = EDGES[random.nextInt(EDGES.length)];
        }
        boolean isBigEndian = random.nextInt(8) == 0;
        for (int i = 0; i < width; i++) {
            int shift = Byte.SIZE * (isBigEndian ? width - 1 - i : i);
            input[start + i] = (byte) (value >>> shift);
        }
        return input;
    }

    private byte[] word() {
        if (!words.isEmpty() && random.nextInt(4) > 0) {
            return words.get(random.nextInt(words.size()));
        }
        byte[] noise = new byte[1 + random.nextInt(16)];
        for (int i = 0; i < noise.length; i++) {
            noise[i] = (byte) random.nextInt(256);
        }
        return noise;
    }

    /** The beginning of this one and the end of another. */
    private byte[] spliced(byte[] input, int at) {
        byte[] other = seeds.get(random.nextInt(seeds.size()));
        int from = random.nextInt(2) == 0 ? Math.min(at, other.length) : place(other);
        return replaced(input, at, input.length, Arrays.copyOfRange(other, from, other.length));
    }

    private static byte[] replaced(byte[] input, int from, int to, byte[] by) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(input.length + by.length);
        bytes.write(input, 0, from);
        bytes.writeBytes(by);
        int rest = Math.min(to, input.length);
        bytes.write(input, rest, input.length - rest);
        return bytes.toByteArray();
    }
}
