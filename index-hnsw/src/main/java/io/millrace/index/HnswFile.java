package io.millrace.index;

import io.millrace.core.error.MillraceException;
import io.millrace.core.file.SectionFile;
import io.millrace.core.file.SectionFileWriter;
import io.millrace.core.memory.DirectMemory;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes an {@link HnswIndex} to a file and opens it again. A section file of kind {@code HNSWIDX},
 * version 1; every section is the image of the memory that is searched:
 *
 * <pre>
 *   shape        int32 x 7: metric (0 L2, 1 inner product, 2 cosine), rows, dimension, stored dimension, M, efConstruction, entry
 *   seed         int64
 *   ids          int64 a row
 *   rows         float32, each row padded to whole cache lines
 *   links        see LayeredGraph
 *   levels
 *   upper.start
 *   upper.links
 * </pre>
 *
 * <p>Threading: any thread.
 */
public final class HnswFile {
    private static final String KIND = "HNSWIDX";
    private static final int VERSION = 1;
    private static final int SHAPE_LENGTH = 7;

    /** A metric is written as its place here. */
    private static final List<Metric> METRICS =
            List.of(Metric.L2, Metric.INNER_PRODUCT, Metric.COSINE);

    private HnswFile() {}

    /**
     * Writes an index, or leaves what was there.
     *
     * @param index the index.
     * @param path the file.
     */
    public static void write(HnswIndex index, Path path) {
        StoredRows rows = index.rows();
        LayeredGraph graph = index.graph();
        int[] shape = {
            METRICS.indexOf(rows.metric()),
            rows.count(),
            rows.dimension(),
            rows.storedDimension(),
            graph.maxConnections(),
            index.parameters().efConstruction(),
            graph.entry()
        };
        try (SectionFileWriter writer = SectionFileWriter.create(path, KIND, VERSION)) {
            writer.ints("shape", shape)
                    .longs("seed", new long[] {index.parameters().seed()})
                    .longs("ids", index.ids().all())
                    .section("rows", rows.segment())
                    .section("links", graph.links())
                    .section("levels", graph.levels())
                    .section("upper.start", graph.upperStart())
                    .section("upper.links", graph.upperLinks())
                    .commit();
        }
    }

    /**
     * Opens an index by copying it into memory on huge pages.
     *
     * @param path the file.
     * @return the index, to be closed by the caller.
     * @throws MillraceException CORRUPT_FILE when it is damaged or contradicts itself.
     */
    public static HnswIndex open(Path path) {
        List<Runnable> releases = new ArrayList<>();
        try (SectionFile file = SectionFile.open(path, KIND, VERSION)) {
            return assemble(
                    file,
                    name -> {
                        MemorySegment source = file.section(name);
                        DirectMemory memory = DirectMemory.allocate(source.byteSize());
                        releases.add(memory::close);
                        return memory.segment().copyFrom(source);
                    },
                    releases);
        } catch (MillraceException e) {
            releases.forEach(Runnable::run);
            throw e;
        }
    }

    /**
     * Opens an index where it lies in the file's pages, which the system may drop and read again.
     *
     * @param path the file.
     * @return the index, to be closed by the caller.
     * @throws MillraceException CORRUPT_FILE when it is damaged or contradicts itself.
     */
    public static HnswIndex map(Path path) {
        SectionFile file = SectionFile.open(path, KIND, VERSION);
        try {
            return assemble(file, file::section, List.of(file::close));
        } catch (MillraceException e) {
            file.close();
            throw e;
        }
    }

    /** Hands out the memory of a section. */
    private interface Memory {
        MemorySegment of(String section);
    }

    private static HnswIndex assemble(SectionFile file, Memory memory, List<Runnable> releases) {
        int[] shape = file.readInts("shape");
        if (shape.length != SHAPE_LENGTH || shape[0] < 0 || shape[0] >= METRICS.size()) {
            throw MillraceException.corrupt(file.path(), "unknown shape: numbers=%d", shape.length);
        }
        int count = shape[1];
        int entry = shape[6];
        HnswParameters parameters =
                new HnswParameters(
                        METRICS.get(shape[0]), shape[4], shape[5], file.readLongs("seed")[0], 1);
        requireLength(file, "ids", 8L * count);
        requireLength(file, "rows", count * VectorSet.strideOf(shape[3]));
        requireLength(file, "links", 8L * shape[4] * count);
        requireLength(file, "levels", count);
        requireLength(file, "upper.start", 4L * count);
        StoredRows rows =
                new StoredRows(parameters.metric(), count, shape[2], shape[3], memory.of("rows"));
        LayeredGraph graph =
                new LayeredGraph(
                        shape[4],
                        memory.of("links"),
                        memory.of("levels"),
                        memory.of("upper.start"),
                        memory.of("upper.links"),
                        entry);
        if (entry < LayeredGraph.NONE
                || entry >= count
                || (entry == LayeredGraph.NONE) != (count == 0)) {
            throw MillraceException.corrupt(
                    file.path(), "entry point out of range: entry=%d, rows=%d", entry, count);
        }
        return new HnswIndex(
                rows, graph, new ItemIds(file.readLongs("ids"), count), parameters, releases);
    }

    private static void requireLength(SectionFile file, String name, long expected) {
        long actual = file.section(name).byteSize();
        if (actual != expected) {
            throw MillraceException.corrupt(
                    file.path(),
                    "section of another length: section=%s, length=%d, expected=%d",
                    name,
                    actual,
                    expected);
        }
    }
}
