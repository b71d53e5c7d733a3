package io.millrace.ranker.feedback;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.file.SectionFile;
import io.millrace.core.file.SectionFileWriter;
import io.millrace.core.json.Json;
import io.millrace.ranker.counters.CounterCells;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What was counted up to a moment, as a file that others begin with. A section file (kind {@code
 * COUNTERS}) with sections {@code halfLife} (int64, milliseconds), {@code fields} (a JSON list of
 * the names of the counted fields), {@code counts} (int64 each: cells of all items together, of
 * each item, of each field) and {@code cells}, in that order and as they are in memory.
 */
final class CounterSnapshot {
    private static final String KIND = "COUNTERS";
    private static final int VERSION = 1;

    private CounterSnapshot() {}

    /** Writes a file. */
    static void write(Path path, CellPlaces places, CounterCells cells) {
        CountingPlan plan = places.plan();
        try (SectionFileWriter writer = SectionFileWriter.create(path, KIND, VERSION)) {
            writer.longs("halfLife", new long[] {plan.halfLifeMs()})
                    .bytes("fields", Json.mapper().writeValueAsBytes(plan.fields()))
                    .longs("counts", places.counts())
                    .section("cells", cells.segment())
                    .commit();
        } catch (JsonProcessingException e) {
            throw new MillraceException(
                    ErrorCode.INTERNAL, "cannot express counters as json: file=" + path, e);
        }
    }

    /**
     * Copies the cells of a file to where they are counted on; fields that it does not have keep
     * theirs.
     *
     * @throws MillraceException MISMATCH when they are of another half-life, of other items or of
     *     another vocabulary, CORRUPT_FILE when they are damaged.
     */
    static void copyInto(Path path, CellPlaces places, MemorySegment cells) {
        CountingPlan plan = places.plan();
        long[] counts = places.counts();
        try (SectionFile file = SectionFile.map(path, KIND, VERSION)) {
            List<String> fields = fields(file);
            long[] fileCounts = file.readLongs("counts");
            MemorySegment source = file.section("cells");
            check(path, fields, fileCounts, source);
            requireSame(path, "halfLife", plan.halfLifeMs(), file.readLong("halfLife"));
            long to = 0;
            for (int block = 0; block < counts.length; block++) {
                int other = blockIn(fields, plan, block);
                if (other >= 0) {
                    requireSame(path, "cells", counts[block], fileCounts[other]);
                    long from = CounterCells.bytesOf(Arrays.stream(fileCounts, 0, other).sum());
                    long bytes = CounterCells.bytesOf(counts[block]);
                    MemorySegment.copy(source, from, cells, to, bytes);
                }
                to += CounterCells.bytesOf(counts[block]);
            }
        }
    }

    /** Which block of a file a block of a plan is, or -1. */
    private static int blockIn(List<String> fields, CountingPlan plan, int block) {
        if (block < CellPlaces.FIRST_FIELD) {
            return block;
        }
        int field = fields.indexOf(plan.fields().get(block - CellPlaces.FIRST_FIELD));
        return field < 0 ? -1 : CellPlaces.FIRST_FIELD + field;
    }

    private static List<String> fields(SectionFile file) {
        try {
            JsonNode names = Json.mapper().readTree(file.readBytes("fields"));
            List<String> fields = new ArrayList<>();
            names.forEach(name -> fields.add(name.asText()));
            return fields;
        } catch (IOException e) {
            throw MillraceException.corrupt(
                    file.path(), "names of the fields: reason=%s", e.getMessage());
        }
    }

    private static void check(Path path, List<String> fields, long[] counts, MemorySegment cells) {
        boolean isWhole =
                counts.length == CellPlaces.FIRST_FIELD + fields.size()
                        && Arrays.stream(counts)
                                .noneMatch(count -> count < 0 || count > cells.byteSize())
                        && cells.byteSize() == CounterCells.bytesOf(Arrays.stream(counts).sum());
        if (!isWhole) {
            throw MillraceException.corrupt(
                    path,
                    "cells and their counts differ: fields=%d, counts=%s, bytes=%d",
                    fields.size(),
                    Arrays.toString(counts),
                    cells.byteSize());
        }
        long bad = CounterCells.firstBad(cells);
        if (bad >= 0) {
            throw MillraceException.corrupt(path, "count: cell=%d", bad);
        }
    }

    private static void requireSame(Path path, String what, long expected, long actual) {
        if (expected != actual) {
            throw MillraceException.of(
                    ErrorCode.MISMATCH,
                    "counters of another bundle: file=%s, what=%s, expected=%d, actual=%d; build"
                            + " it again",
                    path,
                    what,
                    expected,
                    actual);
        }
    }
}
