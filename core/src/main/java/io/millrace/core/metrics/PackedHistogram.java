package io.millrace.core.metrics;

import org.HdrHistogram.Histogram;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.zip.DataFormatException;

/**
 * Histograms as texts: packed as HdrHistogram does in its logs, in base 64.
 *
 * <p>Threading: stateless.
 */
public final class PackedHistogram {
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
     * Unpacks a histogram.
     *
     * @param text as {@link #pack} writes it.
     * @return the histogram.
     * @throws IllegalArgumentException when the text is none.
     */
    public static Histogram unpack(String text) {
        try {
            ByteBuffer packed = ByteBuffer.wrap(Base64.getDecoder().decode(text));
            return Histogram.decodeFromCompressedByteBuffer(packed, 0);
        } catch (DataFormatException | RuntimeException e) {
            // Of whatever kind: the decoder checks little.
            throw new IllegalArgumentException("no packed histogram: " + e.getMessage(), e);
        }
    }
}
