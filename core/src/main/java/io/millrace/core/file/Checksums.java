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
}
