package io.millrace.core.metrics;

import org.HdrHistogram.Histogram;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Histograms as texts: packed as HdrHistogram does in its logs, in base 64.
 *
 * <p>Threading: stateless.
 */
public final class PackedHistogram {
    /** Cookie and length before what is packed. */
    private static final int PREFIX_BYTES = 2 * Integer.BYTES;

    /** Of a histogram of version 2, with offsets of fields in it. */
    private static final int HEADER_BYTES = 40;

    private static final int PAYLOAD_OFFSET = 4;
    private static final int DIGITS_OFFSET = 12;
    private static final int HIGHEST_OFFSET = 24;

    private static final int MOST_DIGITS = 5;

    /** Eight megabytes; ours, of three digits and an hour, have a twentieth of it. */
    private static final int MOST_COUNTS = 1 << 20;

    /** How many times as long deflated bytes may become. */
    private static final int MOST_INFLATED = 1_032;

    private PackedHistogram() {}

    /**
     * Packs a histogram.
     *
     * @param histogram the histogram.
     * @return a text of some hundred letters for most.
     */
    public static String pack(Histogram histogram) {
        ByteBuffer buffer = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
        int length = histogram.encodeIntoCompressedByteBuffer(buffer);
        return Base64.getEncoder().encodeToString(Arrays.copyOf(buffer.array(), length));
    }

    /**
     * Unpacks a histogram. One that claims more than any of ours has is refused before anything is
     * made for it: a text of a hundred letters may claim gigabytes.
     *
     * @param text as {@link #pack} writes it.
     * @return the histogram.
     * @throws IllegalArgumentException when the text is none.
     */
    public static Histogram unpack(String text) {
        try {
            byte[] packed = Base64.getDecoder().decode(text);
            requireModest(packed);
            return Histogram.decodeFromCompressedByteBuffer(ByteBuffer.wrap(packed), 0);
        } catch (DataFormatException | RuntimeException e) {
            // Of whatever kind: the decoder checks little.
            throw new IllegalArgumentException("no packed histogram: " + e.getMessage(), e);
        }
    }

    /** Looks at the header that the decoder would take at its word. */
    private static void requireModest(byte[] packed) throws DataFormatException {
        byte[] header = new byte[HEADER_BYTES];
        try (Inflater inflater = new Inflater()) {
            inflater.setInput(packed, PREFIX_BYTES, packed.length - PREFIX_BYTES);
            if (inflater.inflate(header) < HEADER_BYTES) {
                throw new IllegalArgumentException("too short");
            }
        }
        ByteBuffer fields = ByteBuffer.wrap(header);
        long payload = fields.getInt(PAYLOAD_OFFSET);
        int digits = fields.getInt(DIGITS_OFFSET);
        long highest = fields.getLong(HIGHEST_OFFSET);
        // Buckets of as many counts each as tell values of so many digits apart, for each doubling.
        double counts = digits < 0 || digits > MOST_DIGITS ? 0 : 2 * Math.pow(10, digits);
        double doublings =
                Math.max(1, Math.log(Math.max(2.0, (double) highest) / counts) / Math.log(2));
        if (!(counts > 0 && counts * doublings <= MOST_COUNTS)) {
            throw new IllegalArgumentException("too fine: digits=" + digits);
        }
        if (payload < 0 || payload > (long) MOST_INFLATED * packed.length) {
            throw new IllegalArgumentException("a length that cannot be: bytes=" + payload);
        }
    }
}
