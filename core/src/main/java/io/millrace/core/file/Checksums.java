package io.millrace.core.file;

import io.millrace.core.error.MillraceException;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * CRC32C over memory of any size.
 *
 * <p>Threading: any thread.
 */
public final class Checksums {
    private static final long SLICE_BYTES = 1L << 30;

    /** Of CRC32C, the coefficient of x^31 in the lowest bit. */
    private static final int POLYNOMIAL = 0x82F63B78;

    private static final int ONE = 1 << 31;
    private static final int X = 1 << 30;

    private Checksums() {}

    /**
     * The checksum of a segment.
     *
     * @param segment any segment; may be larger than 2 GiB.
     * @return CRC32C.
     */
    public static int crc32c(MemorySegment segment) {
        CRC32C crc = new CRC32C();
        for (long at = 0; at < segment.byteSize(); at += SLICE_BYTES) {
            crc.update(
                    segment.asSlice(at, Math.min(SLICE_BYTES, segment.byteSize() - at))
                            .asByteBuffer());
        }
        return (int) crc.getValue();
    }

    /**
     * The checksum of a whole file.
     *
     * @param path the file.
     * @return CRC32C.
     * @throws MillraceException when it cannot be read.
     */
    public static int crc32c(Path path) {
        try (Arena arena = Arena.ofConfined();
                FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            return crc32c(channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena));
        } catch (IOException e) {
            throw MillraceException.io("read file", path, e);
        }
    }

    /**
     * The checksum of two parts one behind the other, of theirs: the first one's is carried past
     * the bytes of the second, which multiplies it by x to the number of their bits, modulo the
     * polynomial. Takes the time of some hundred shifts, however long the parts are.
     *
     * @param first CRC32C of what comes first.
     * @param second CRC32C of what comes behind.
     * @param secondBytes length of what comes behind.
     * @return CRC32C of both.
     */
    static int crc32cOfBoth(int first, int second, long secondBytes) {
        int carried = first;
        int power = X;
        for (long bits = secondBytes * Byte.SIZE; bits != 0; bits >>>= 1) {
            if ((bits & 1) != 0) {
                carried = multiply(carried, power);
            }
            power = multiply(power, power);
        }
        return carried ^ second;
    }

    /** Of polynomials over two elements, modulo that of CRC32C. */
    private static int multiply(int left, int right) {
        int product = 0;
        int shifted = right;
        for (int bit = ONE; bit != 0; bit >>>= 1) {
            if ((left & bit) != 0) {
                product ^= shifted;
            }
            shifted = (shifted >>> 1) ^ ((shifted & 1) == 0 ? 0 : POLYNOMIAL);
        }
        return product;
    }
}
