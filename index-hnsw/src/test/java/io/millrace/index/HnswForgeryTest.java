package io.millrace.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.file.SectionFile;
import io.millrace.core.file.SectionFileWriter;
import io.millrace.core.memory.DirectMemory;
import io.millrace.index.graph.LayeredGraph;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/** Index files whose checksums are right and whose content is none of an index. */
final class HnswForgeryTest {
    private static final int ROWS = 300;

    /** In a record of an index with the usual connections. */
    private static final int LINK_PLACES = 2 * HnswParameters.defaults(Metric.L2).maxConnections();

    private static final List<Function<Path, HnswIndex>> OPENINGS =
            List.of(HnswFile::open, HnswFile::map);

    @TempDir private Path folder;
    private Path path;
    private Path forged;
    private long allocatedBytes;

    @BeforeEach
    void write() {
        path = folder.resolve("index");
        forged = folder.resolve("forged");
        try (VectorSet rows = Worlds.CLUSTERED.rows(ROWS, 20, 1);
                HnswIndex index = HnswRecallTest.build(rows, Metric.L2, 2, GraphLayout.INLINED)) {
            HnswFile.write(index, path);
        }
        allocatedBytes = DirectMemory.allocatedBytes();
    }

    @AfterEach
    void shouldHaveFreedEverything() {
        assertEquals(allocatedBytes, DirectMemory.allocatedBytes());
    }

    @Test
    void shouldOpenWhenNothingIsForged() {
        forge("meta", bytes -> {});
        for (Function<Path, HnswIndex> opening : OPENINGS) {
            try (HnswIndex index = opening.apply(forged)) {
                assertEquals(ROWS, index.size());
            }
        }
    }

    @Test
    void shouldRefuseWhenAnIdIsThereTwice() {
        forge("ids", bytes -> bytes.putLong(8 * 250, bytes.getLong(8 * 17)));
        assertRefused("item id twice: id=" + Worlds.ids(ROWS)[17] + ", row=17, row=250");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 3, no such metric: code=3",
        "0, -1, no such metric: code=-1",
        "4, 0, dimension=0",
        "4, -32, dimension=-32",
        "4, 2147483647, dimension=2147483647",
        "4, 33, section of another length: section=nodes",
        "8, 299, section of another length: section=ids",
        "8, -1, rows=-1",
        "8, 0, entry=",
        "12, 1, maxConnections=1",
        "12, 129, maxConnections=129",
        "12, 30, section of another length: section=nodes",
        "16, 0, efConstruction=0",
        "20, -1, entry=-1",
        "20, 300, entry=300",
        "32, -1082130432, length=-1.0",
        "32, 1065353216, length=1.0",
        "32, 2143289344, length=NaN",
        "32, 2139095040, length=Infinity",
        "36, 2, no such layout: code=2",
        "40, 0, codeBits=0",
        "40, 9, codeBits=9",
        "40, 2, section of another length: section=nodes"
    })
    void shouldRefuseWhenANumberOfTheHeadIsForged(int offset, int value, String expected) {
        forge("meta", bytes -> bytes.putInt(offset, value));
        assertRefused(expected);
    }

    @Test
    void shouldRefuseWhenListsOrLinksAreForged() {
        forge("upper-starts", bytes -> bytes.putInt(4 * 20, 1000));
        assertRefused("lists out of order: node=21, start=");
        forge("upper-starts", bytes -> bytes.putInt(0, 1));
        assertRefused("lists out of order: node=0, start=1");
        // Rows of 20 numbers are padded to 32.
        int links = 32 * Float.BYTES;
        forge("nodes", bytes -> bytes.putInt(links, ROWS));
        assertRefused("link to no node of its level: node=0, level=0, link=300");
        forge("nodes", bytes -> bytes.putInt(links + 4, -2));
        assertRefused("link to no node of its level: node=0, level=0, link=-2");
    }

    /** Walks by codes look at all places of a record, not only at those up to the last link. */
    @Test
    void shouldRefuseWhenALinkBehindTheLastIsForged() {
        int links = 32 * Float.BYTES;
        int last = LINK_PLACES - 1;
        forge(
                "nodes",
                bytes -> {
                    bytes.putInt(links, LayeredGraph.NONE);
                    bytes.putInt(links + Integer.BYTES * last, ROWS + 78);
                });
        assertRefused("link to no node of its level: node=0, level=0, link=378");
    }

    @ParameterizedTest
    @ValueSource(strings = {"meta", "ids", "nodes", "upper-starts", "upper-lists"})
    void shouldRefuseWhenASectionIsShorterLongerOrMissing(String name) {
        rewrite(name, bytes -> Arrays.copyOf(bytes, bytes.length - 4));
        assertRefused("section=" + name);
        rewrite(name, bytes -> Arrays.copyOf(bytes, bytes.length + 4));
        assertRefused("section=" + name);
        rewrite(name, bytes -> null);
        assertRefused("missing section: section=" + name);
    }

    private void forge(String section, Consumer<ByteBuffer> change) {
        rewrite(
                section,
                bytes -> {
                    change.accept(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
                    return bytes;
                });
    }

    /** Writes the file with another section, or without it, and with checksums that fit. */
    private void rewrite(String section, Function<byte[], byte @Nullable []> change) {
        try (SectionFile file =
                        SectionFile.open(path, HnswFileLayout.KIND, HnswFileLayout.VERSION);
                SectionFileWriter writer =
                        SectionFileWriter.create(
                                forged, HnswFileLayout.KIND, HnswFileLayout.VERSION)) {
            for (String name : file.names()) {
                byte[] bytes = file.readBytes(name);
                byte[] changed = name.equals(section) ? change.apply(bytes) : bytes;
                if (changed != null) {
                    writer.bytes(name, changed);
                }
            }
            writer.commit();
        }
    }

    private void assertRefused(String expected) {
        for (Function<Path, HnswIndex> opening : OPENINGS) {
            MillraceException e =
                    assertThrows(MillraceException.class, () -> opening.apply(forged).close());
            assertEquals(ErrorCode.CORRUPT_FILE, e.code(), e.getMessage());
            assertTrue(e.getMessage().contains(expected), e.getMessage());
            assertTrue(e.getMessage().contains(forged.toString()), e.getMessage());
        }
    }
}
