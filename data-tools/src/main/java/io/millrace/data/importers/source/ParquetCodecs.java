package io.millrace.data.importers.source;

import io.airlift.compress.Decompressor;
import io.airlift.compress.lz4.Lz4Decompressor;
import io.airlift.compress.lzo.LzoDecompressor;
import io.airlift.compress.snappy.SnappyDecompressor;
import io.airlift.compress.zstd.ZstdDecompressor;

import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

/**
 * What the pages of Parquet files are compressed with. The library's own way to these goes through
 * Hadoop, which would weigh more than all of Millrace.
 *
 * <p>Threading: one thread.
 */
final class ParquetCodecs implements CompressionCodecFactory {
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
                    throw new UnsupportedOperationException(
                            "pages compressed by "
                                    + codec.name().toLowerCase(Locale.ROOT)
                                    + " are not read; write them with zstd, snappy or gzip");
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
    private record Pages(PageCodec codec) implements BytesInputDecompressor {
        @Override
        public BytesInput decompress(BytesInput page, int bytes) throws IOException {
            byte[] compressed = page.toInputStream().readAllBytes();
            return BytesInput.from(codec.decompressed(compressed, bytes));
        }

        @Override
        public void decompress(ByteBuffer page, int length, ByteBuffer target, int bytes) {
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
