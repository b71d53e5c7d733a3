package io.millrace.index;

import static io.millrace.index.HnswFileLayout.FLOAT;
import static io.millrace.index.HnswFileLayout.INT;
import static io.millrace.index.HnswFileLayout.LONG;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.file.ReadPlan;
import io.millrace.core.file.SectionFile;
import io.millrace.core.file.SectionFileWriter;
import io.millrace.core.progress.ProgressListener;
import io.millrace.index.graph.GraphMemory;
import io.millrace.index.graph.LayeredGraph;
import io.millrace.index.graph.NodeLayout;
import io.millrace.index.graph.RowLayout;
import io.millrace.index.graph.RowType;
import io.millrace.index.recall.RecallCurve;
import io.millrace.index.recall.RecallCurveLayout;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * Writes an {@link HnswIndex} to a file (see {@link HnswFileLayout}) and opens it again. The file
 * is the memory image, so nothing is parsed; checksums of all blocks, sizes and the range of all
 * links are checked on opening.
 *
 * <p>Threading: any thread.
 */
public final class HnswFile {
    private HnswFile() {}

    /**
     * Writes an index, or leaves what was there.
     *
     * @param index the index.
     * @param path the file.
     */
    public static void write(HnswIndex index, Path path) {
        GraphMemory memory = index.memory();
        try (SectionFileWriter writer =
                SectionFileWriter.create(path, HnswFileLayout.KIND, HnswFileLayout.VERSION)) {
            writer.section(HnswFileLayout.META, meta(index));
            writer.section(HnswFileLayout.IDS, index.ids().segment());
            writer.section(HnswFileLayout.NODES, memory.records());
            writer.section(HnswFileLayout.UPPER_STARTS, memory.upperStarts());
            writer.section(HnswFileLayout.UPPER_LISTS, memory.upperLists());
            RecallCurve curve = index.recallCurve();
            if (curve != null) {
                writer.section(RecallCurveLayout.SECTION, RecallCurveLayout.write(curve));
            }
            writer.commit();
        }
    }

    /**
     * Opens an index as {@link #open(Path, ProgressListener)}, told to nobody.
     *
     * @param path the file.
     * @return the index, to be closed by the caller.
     * @throws MillraceException CORRUPT_FILE when it is damaged.
     */
    public static HnswIndex open(Path path) {
        return open(path, ProgressListener.NONE);
    }

    /**
     * Opens an index by reading it into memory on huge pages, which is what searches are fastest
     * from.
     *
     * @param path the file.
     * @param progress told of the bytes that were read.
     * @return the index, to be closed by the caller.
     * @throws MillraceException CORRUPT_FILE when it is damaged.
     */
    public static HnswIndex open(Path path, ProgressListener progress) {
        return read(
                SectionFile.open(
                        path,
                        HnswFileLayout.KIND,
                        HnswFileLayout.VERSION,
                        ReadPlan.with(progress)));
    }

    /**
     * Opens an index where it lies in the file's pages, which the system may drop and read again.
     *
     * @param path the file; must not change while the index is open.
     * @return the index, to be closed by the caller.
     * @throws MillraceException CORRUPT_FILE when it is damaged.
     */
    public static HnswIndex map(Path path) {
        return read(SectionFile.map(path, HnswFileLayout.KIND, HnswFileLayout.VERSION));
    }

    /** The index over a file that it closes in the end, or at once when it is no index. */
    private static HnswIndex read(SectionFile file) {
        try {
            return over(file);
        } catch (MillraceException e) {
            file.close();
            throw asDamage(file, e);
        } catch (RuntimeException | Error e) {
            file.close();
            throw e;
        }
    }

    /** Parameters that a caller would be refused with can't have been written. */
    private static MillraceException asDamage(SectionFile file, MillraceException e) {
        boolean isOfTheFile = e.code() == ErrorCode.USAGE || e.code() == ErrorCode.BAD_INPUT;
        return isOfTheFile
                ? MillraceException.corrupt(file.path(), "no such index: %s", e.getMessage())
                : e;
    }

    private static HnswIndex over(SectionFile file) {
        MemorySegment meta = file.section(HnswFileLayout.META);
        checkLength(file, HnswFileLayout.META, HnswFileLayout.META_LENGTH);
        Metric metric = metric(file, meta.get(INT, HnswFileLayout.METRIC_OFFSET));
        int dimension = meta.get(INT, HnswFileLayout.DIMENSION_OFFSET);
        int count = meta.get(INT, HnswFileLayout.COUNT_OFFSET);
        int entry = meta.get(INT, HnswFileLayout.ENTRY_OFFSET);
        float longest = meta.get(FLOAT, HnswFileLayout.LONGEST_OFFSET);
        boolean isLengthGood = StoredForm.isLength(metric, longest);
        boolean isEntryGood = count == 0 ? entry == LayeredGraph.NONE : entry >= 0 && entry < count;
        if (count < 0 || !RowLayout.isDimension(dimension) || !isEntryGood || !isLengthGood) {
            throw MillraceException.corrupt(
                    file.path(),
                    "impossible head: rows=%d, dimension=%d, entry=%d, length=%s",
                    count,
                    dimension,
                    entry,
                    longest);
        }
        HnswParameters parameters =
                new HnswParameters(
                        metric,
                        meta.get(INT, HnswFileLayout.MAX_CONNECTIONS_OFFSET),
                        meta.get(INT, HnswFileLayout.EF_CONSTRUCTION_OFFSET),
                        meta.get(LONG, HnswFileLayout.SEED_OFFSET),
                        1,
                        graphLayout(file, meta.get(INT, HnswFileLayout.LAYOUT_OFFSET)),
                        meta.get(INT, HnswFileLayout.CODE_BITS_OFFSET),
                        rowType(file, meta.get(INT, HnswFileLayout.ROW_TYPE_OFFSET)));
        StoredForm form =
                StoredForm.of(
                        metric, dimension, longest, parameters.layout() == GraphLayout.INLINED);
        NodeLayout layout = parameters.nodeLayout(form);
        checkLength(file, HnswFileLayout.IDS, (long) count * Long.BYTES);
        checkLength(file, HnswFileLayout.NODES, count * layout.strideBytes());
        checkLength(file, HnswFileLayout.UPPER_STARTS, (count + 1L) * Integer.BYTES);
        MemorySegment starts = file.section(HnswFileLayout.UPPER_STARTS);
        checkStarts(file, starts, count);
        long lists = starts.get(INT, (long) count * Integer.BYTES);
        long listBytes = (long) layout.maxConnections() * Integer.BYTES;
        checkLength(file, HnswFileLayout.UPPER_LISTS, lists * listBytes);

        GraphMemory memory =
                new GraphMemory(
                        layout,
                        count,
                        entry,
                        file.section(HnswFileLayout.NODES),
                        starts,
                        file.section(HnswFileLayout.UPPER_LISTS),
                        file::close);
        checkLinks(file, memory.graph());
        // Before ids, which take memory of their own.
        RecallCurve curve = curve(file);
        ItemIds ids = ItemIds.over(file.section(HnswFileLayout.IDS), count, file.path());
        HnswIndex index = new HnswIndex(form, parameters, memory, ids);
        if (curve != null) {
            index.keepRecallCurve(curve);
        }
        return index;
    }

    private static @Nullable RecallCurve curve(SectionFile file) {
        return file.names().contains(RecallCurveLayout.SECTION)
                ? RecallCurveLayout.read(file.section(RecallCurveLayout.SECTION), file.path())
                : null;
    }

    /** What stands in the meta section. */
    static MemorySegment meta(HnswIndex index) {
        GraphMemory memory = index.memory();
        HnswParameters parameters = index.parameters();
        MemorySegment meta = MemorySegment.ofArray(new byte[HnswFileLayout.META_LENGTH]);
        meta.set(INT, HnswFileLayout.METRIC_OFFSET, HnswFileLayout.code(index.metric()));
        meta.set(INT, HnswFileLayout.DIMENSION_OFFSET, index.dimension());
        meta.set(INT, HnswFileLayout.COUNT_OFFSET, index.size());
        meta.set(INT, HnswFileLayout.MAX_CONNECTIONS_OFFSET, parameters.maxConnections());
        meta.set(INT, HnswFileLayout.EF_CONSTRUCTION_OFFSET, parameters.efConstruction());
        meta.set(INT, HnswFileLayout.ENTRY_OFFSET, memory.entry());
        meta.set(LONG, HnswFileLayout.SEED_OFFSET, parameters.seed());
        meta.set(FLOAT, HnswFileLayout.LONGEST_OFFSET, index.form().longest());
        meta.set(INT, HnswFileLayout.LAYOUT_OFFSET, HnswFileLayout.code(parameters.layout()));
        meta.set(INT, HnswFileLayout.CODE_BITS_OFFSET, parameters.codeBits());
        meta.set(INT, HnswFileLayout.ROW_TYPE_OFFSET, HnswFileLayout.code(parameters.rowType()));
        return meta;
    }

    private static Metric metric(SectionFile file, int code) {
        for (Metric metric : Metric.values()) {
            if (HnswFileLayout.code(metric) == code) {
                return metric;
            }
        }
        throw MillraceException.corrupt(file.path(), "no such metric: code=%d", code);
    }

    private static GraphLayout graphLayout(SectionFile file, int code) {
        for (GraphLayout layout : GraphLayout.values()) {
            if (HnswFileLayout.code(layout) == code) {
                return layout;
            }
        }
        throw MillraceException.corrupt(file.path(), "no such layout: code=%d", code);
    }

    private static RowType rowType(SectionFile file, int code) {
        for (RowType type : RowType.values()) {
            if (HnswFileLayout.code(type) == code) {
                return type;
            }
        }
        throw MillraceException.corrupt(file.path(), "no such type of rows: code=%d", code);
    }

    private static void checkLength(SectionFile file, String name, long expected) {
        long actual = file.section(name).byteSize();
        if (actual != expected) {
            throw MillraceException.corrupt(
                    file.path(),
                    "section of another length: section=%s, expected=%d, actual=%d bytes",
                    name,
                    expected,
                    actual);
        }
    }

    private static void checkStarts(SectionFile file, MemorySegment starts, int count) {
        int before = 0;
        for (int node = 0; node <= count; node++) {
            int start = starts.get(INT, (long) node * Integer.BYTES);
            if (start < before || (node == 0 && start != 0)) {
                throw MillraceException.corrupt(
                        file.path(), "lists out of order: node=%d, start=%d", node, start);
            }
            before = start;
        }
    }

    private static void checkLinks(SectionFile file, LayeredGraph graph) {
        int[] links = new int[graph.places()];
        for (int node = 0; node < graph.count(); node++) {
            for (int level = graph.level(node); level > 0; level--) {
                int count = graph.linksInto(node, level, links);
                checkLinks(file, graph, node, level, links, count);
            }
            graph.placesInto(node, links);
            checkLinks(file, graph, node, 0, links, links.length);
        }
    }

    private static void checkLinks(
            SectionFile file, LayeredGraph graph, int node, int level, int[] links, int count) {
        for (int i = 0; i < count; i++) {
            int link = links[i];
            boolean isOutside = link < 0 || link >= graph.count();
            if (link != LayeredGraph.NONE && (isOutside || graph.level(link) < level)) {
                throw MillraceException.corrupt(
                        file.path(),
                        "link to no node of its level: node=%d, level=%d, link=%d",
                        node,
                        level,
                        link);
            }
        }
    }
}
