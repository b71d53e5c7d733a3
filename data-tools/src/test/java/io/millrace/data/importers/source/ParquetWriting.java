package io.millrace.data.importers.source;

import io.airlift.compress.Compressor;
import io.airlift.compress.lz4.Lz4Compressor;
import io.airlift.compress.lzo.LzoCompressor;
import io.airlift.compress.snappy.SnappyCompressor;
import io.airlift.compress.zstd.ZstdCompressor;

import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroupFactory;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.BiConsumer;
import java.util.zip.GZIPOutputStream;

/** Writes Parquet files as others would. */
public final class ParquetWriting {
    private ParquetWriting() {}

    /**
     * Writes a file.
     *
     * @param file where to.
     * @param schema the columns in the format's own notation.
     * @param codec of the pages.
     * @param rowGroupBytes about how large a row group is.
     * @param rows how many rows.
     * @param filler gives each row its values.
     */
    public static void write(
            Path file,
            String schema,
            CompressionCodecName codec,
            long rowGroupBytes,
            int rows,
            BiConsumer<Group, Integer> filler)
            throws IOException {
        MessageType type = MessageTypeParser.parseMessageType(schema);
        SimpleGroupFactory groups = new SimpleGroupFactory(type);
        try (ParquetWriter<Group> writer =
                ExampleParquetWriter.builder(new LocalOutputFile(file))
                        .withConf(new PlainParquetConfiguration())
                        .withType(type)
                        .withCompressionCodec(codec)
                        .withCodecFactory(new Codecs())
                        .withRowGroupSize(rowGroupBytes)
                        .withPageWriteChecksumEnabled(true)
                        .build()) {
            for (int row = 0; row < rows; row++) {
                Group group = groups.newGroup();
                filler.accept(group, row);
                writer.write(group);
            }
        }
    }

    private static final class Codecs implements CompressionCodecFactory {
        @Override
        public BytesInputCompressor getCompressor(CompressionCodecName codec) {
            return new Pages(codec);
        }

        @Override
        public BytesInputDecompressor getDecompressor(CompressionCodecName codec) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void release() {}
    }

    private record Pages(CompressionCodecName codec)
            implements CompressionCodecFactory.BytesInputCompressor {
        @Override
        public BytesInput compress(BytesInput page) throws IOException {
            byte[] bytes = page.toInputStream().readAllBytes();
            return switch (codec) {
                case SNAPPY -> compressed(new SnappyCompressor(), bytes);
                case ZSTD -> compressed(new ZstdCompressor(), bytes);
                case LZ4_RAW -> compressed(new Lz4Compressor(), bytes);
                case LZO -> compressed(new LzoCompressor(), bytes);
                case GZIP -> {
                    ByteArrayOutputStream out = new ByteArrayOutputStream();
                    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
                        gzip.write(bytes);
                    }
                    yield BytesInput.from(out.toByteArray());
                }
                // Of those that nobody here writes only the name is needed.
                case UNCOMPRESSED, LZ4, BROTLI -> BytesInput.from(bytes);
            };
        }

        private static BytesInput compressed(Compressor compressor, byte[] bytes) {
            byte[] out = new byte[compressor.maxCompressedLength(bytes.length)];
            int length = compressor.compress(bytes, 0, bytes.length, out, 0, out.length);
            return BytesInput.from(Arrays.copyOf(out, length));
        }

        @Override
        public CompressionCodecName getCodecName() {
            return codec;
        }

        @Override
        public void release() {}
    }
}
