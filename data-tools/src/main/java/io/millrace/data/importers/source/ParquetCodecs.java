package io.millrace.data.importers.source;

import io.airlift.compress.Decompressor;
import io.airlift.compress.lz4.Lz4Decompressor;
import io.airlift.compress.lzo.LzoDecompressor;
import io.airlift.compress.snappy.SnappyDecompressor;
import io.airlift.compress.zstd.ZstdDecompressor;
import io.millrace.core.error.MillraceException;

import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

/**
 * What the pages of Parquet files are compressed with. The library's own way to these goes through
 * Hadoop, which would weigh more than all of Millrace.
 *
 * <p>Threading: one thread.
 */
final class ParquetCodecs implements CompressionCodecFactory {
    /** Far more than writers put into one; a damaged length must not ask for all memory. */
    private static final int LARGEST_PAGE_BYTES = 1 << 28;

    private final Path file;

    /**
     * Codecs of a file.
     *
     * @param file for the errors.
     */
    ParquetCodecs(Path file) {
        this.file = file;
    }

    @Override
    public BytesInputDecompressor getDecompressor(CompressionCodecName codec) {
        return switch (codec) {
            case UNCOMPRESSED -> new Pages((page, bytes) -> page);
            case GZIP -> new Pages(ParquetCodecs::unzip);
            case SNAPPY -> new Pages(new Blocks(new SnappyDecompressor()));
            case ZSTD -> new Pages(new Blocks(new ZstdDecompressor()));
            case LZ4_RAW -> new Pages(new Blocks(new Lz4Decompressor()));
            case LZO -> new Pages(new Blocks(new LzoDecompressor()));
            case LZ4, BROTLI ->
                    throw MillraceException.badInput(
                            "a compression that is not read: file=%s, codec=%s; write the file with"
                                    + " zstd, snappy or gzip",
                            file, codec.name().toLowerCase(Locale.ROOT));
        };
    }

    @Override
    public BytesInputCompressor getCompressor(CompressionCodecName codec) {
        throw new UnsupportedOperationException("nothing is written");
    }

    @Override
    public void release() {
        // Nothing is kept.
    }

    private static byte[] unzip(byte[] page, int bytes) {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(page))) {
            byte[] content = in.readNBytes(bytes);
            if (content.length < bytes) {
                throw new EOFException("a page of " + bytes + " bytes ends at " + content.length);
            }
            return content;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Decompresses a page whose length is known. */
    @FunctionalInterface
    private interface PageCodec {
        byte[] decompressed(byte[] page, int bytes);
    }

    private static void requireLength(int bytes) {
        if (bytes < 0 || bytes > LARGEST_PAGE_BYTES) {
            throw new IllegalStateException(
                    "a page of " + bytes + " bytes, limit " + LARGEST_PAGE_BYTES);
        }
    }

    private record Blocks(Decompressor decompressor) implements PageCodec {
        @Override
        public byte[] decompressed(byte[] page, int bytes) {
            byte[] content = new byte[bytes];
            int length = decompressor.decompress(page, 0, page.length, content, 0, bytes);
            if (length != bytes) {
                throw new IllegalStateException(
                        "a page of " + bytes + " bytes holds " + length + " of them");
            }
            return content;
        }
    }

    /** Fits a codec to the ways in which the library asks. */
    private record Pages(PageCodec codec) implements BytesInputDecompressor {
        @Override
        public BytesInput decompress(BytesInput page, int bytes) throws IOException {
            requireLength(bytes);
            byte[] compressed = page.toInputStream().readAllBytes();
            return BytesInput.from(codec.decompressed(compressed, bytes));
        }

        @Override
        public void decompress(ByteBuffer page, int length, ByteBuffer target, int bytes) {
            requireLength(bytes);
            byte[] compressed = new byte[length];
            page.get(compressed);
            target.put(codec.decompressed(compressed, bytes));
        }

        @Override
        public void release() {
            // Nothing is kept.
        }
    }
}
