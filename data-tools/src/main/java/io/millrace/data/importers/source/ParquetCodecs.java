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
    private final Path file;
    private final ParquetBounds bounds;

    /**
     * Codecs of a file.
     *
     * @param file for the errors.
     * @param bounds of its pages.
     */
    ParquetCodecs(Path file, ParquetBounds bounds) {
        this.file = file;
        this.bounds = bounds;
    }

    @Override
    public BytesInputDecompressor getDecompressor(CompressionCodecName codec) {
        return switch (codec) {
            case UNCOMPRESSED -> new Pages(bounds, (page, bytes) -> page);
            case GZIP -> new Pages(bounds, ParquetCodecs::unzip);
            case SNAPPY -> new Pages(bounds, new Blocks(new SnappyDecompressor()));
            case ZSTD -> new Pages(bounds, new Blocks(new ZstdDecompressor()));
            case LZ4_RAW -> new Pages(bounds, new Blocks(new Lz4Decompressor()));
            case LZO -> new Pages(bounds, new Blocks(new LzoDecompressor()));
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
    private record Pages(ParquetBounds bounds, PageCodec codec) implements BytesInputDecompressor {
        @Override
        public BytesInput decompress(BytesInput page, int bytes) throws IOException {
            bounds.requirePage(bytes, page.size());
            byte[] compressed = page.toInputStream().readAllBytes();
            return BytesInput.from(codec.decompressed(compressed, bytes));
        }

        @Override
        public void decompress(ByteBuffer page, int length, ByteBuffer target, int bytes) {
            bounds.requirePage(bytes, length);
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
