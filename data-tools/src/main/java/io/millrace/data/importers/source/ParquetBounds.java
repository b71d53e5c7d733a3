package io.millrace.data.importers.source;

import io.millrace.core.error.MillraceException;

import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.page.DataPage;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.column.page.PageReader;
import org.apache.parquet.format.Util;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

/**
 * Sizes that a Parquet file claims, found to be borne out by it before the library asks for as much
 * memory as they say.
 *
 * <p>Threading: one thread.
 */
final class ParquetBounds {
    /** Far more than writers put into one. */
    private static final int LARGEST_PAGE_BYTES = 1 << 28;

    /** Pages up to this may be compressed to next to nothing. */
    private static final int FREE_PAGE_BYTES = 1 << 24;

    private static final int MOST_COMPRESSION = 256;

    private final Path file;

    ParquetBounds(Path file) {
        this.file = file;
    }

    /** Refuses pieces of the file that lie outside of it. */
    void requireWithin(List<BlockMetaData> blocks, long fileBytes) {
        for (BlockMetaData block : blocks) {
            for (ColumnChunkMetaData chunk : block.getColumns()) {
                long start = chunk.getStartingPos();
                long length = chunk.getTotalSize();
                if (start < 0 || length < 0 || start > fileBytes || length > fileBytes - start) {
                    throw MillraceException.badInput(
                            "not a whole Parquet file: file=%s, column=%s, offset=%d, length=%d,"
                                    + " file length=%d; fetch it again",
                            file, chunk.getPath(), start, length, fileBytes);
                }
            }
        }
    }

    /**
     * Refuses pages that are longer than what is left of the file; the library makes room for as
     * much as their heads say.
     *
     * @param columns the names of those that are read
     */
    void requirePagesWithin(List<BlockMetaData> blocks, Collection<String> columns)
            throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            for (BlockMetaData block : blocks) {
                for (ColumnChunkMetaData chunk : block.getColumns()) {
                    if (columns.contains(chunk.getPath().iterator().next())) {
                        requirePagesWithin(chunk, channel);
                    }
                }
            }
        }
    }

    private void requirePagesWithin(ColumnChunkMetaData chunk, FileChannel channel)
            throws IOException {
        long end = chunk.getStartingPos() + chunk.getTotalSize();
        FileStream stream = new FileStream(channel, chunk.getStartingPos());
        while (stream.position() < end) {
            int length = Util.readPageHeader(stream).getCompressed_page_size();
            long left = channel.size() - stream.position();
            if (length < 0 || length > left) {
                throw MillraceException.badInput(
                        "not a whole Parquet file: file=%s, column=%s, length of a page=%d, left of"
                                + " the file=%d; fetch it again",
                        file, chunk.getPath(), length, left);
            }
            stream.skipNBytes(length);
        }
    }

    /** Refuses a page that can't come of so many compressed bytes. */
    void requirePage(int bytes, long compressedBytes) {
        long most =
                Math.min(
                        LARGEST_PAGE_BYTES,
                        Math.max(FREE_PAGE_BYTES, MOST_COMPRESSION * compressedBytes));
        if (bytes < 0 || bytes > most) {
            throw MillraceException.badInput(
                    "a page too large for what it is compressed to: file=%s, bytes=%d,"
                            + " compressed=%d, limit=%d; fetch the file again, or write it with"
                            + " smaller pages",
                    file, bytes, compressedBytes, most);
        }
    }

    /** The same pages, of which a dictionary is refused that has fewer bytes than values. */
    PageReadStore checked(PageReadStore pages) {
        return new PageReadStore() {
            @Override
            public PageReader getPageReader(ColumnDescriptor column) {
                return checked(pages.getPageReader(column));
            }

            @Override
            public long getRowCount() {
                return pages.getRowCount();
            }

            @Override
            public void close() {
                pages.close();
            }
        };
    }

    private PageReader checked(PageReader pages) {
        return new PageReader() {
            @Override
            public @Nullable DictionaryPage readDictionaryPage() {
                DictionaryPage page = pages.readDictionaryPage();
                if (page != null) {
                    requireDictionary(page);
                }
                return page;
            }

            @Override
            public long getTotalValueCount() {
                return pages.getTotalValueCount();
            }

            @Override
            public @Nullable DataPage readPage() {
                return pages.readPage();
            }
        };
    }

    private void requireDictionary(DictionaryPage page) {
        int values = page.getDictionarySize();
        // Each takes a byte at least, in decimals of a fixed length.
        if (values < 0 || values > page.getUncompressedSize()) {
            throw MillraceException.badInput(
                    "not a whole Parquet file: file=%s, values of a dictionary=%d, bytes=%d; fetch"
                            + " it again",
                    file, values, page.getUncompressedSize());
        }
    }
}
