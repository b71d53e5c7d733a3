package io.millrace.index.recall;

import io.millrace.core.error.MillraceException;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A recall curve as a section of an index file, little-endian.
 *
 * <pre>
 *   0  int32  queries measured
 *   4  int32  lines
 *   8  for each line:  0  int32  k
 *                      4  int32  points
 *                      8  for each point:  0  int64    ef
 *                                          8  float64  recall
 *                                         16  float64  independent trials
 * </pre>
 *
 * One line of two points takes 8 + 8 + 2 * 24 = 64 bytes.
 */
public final class RecallCurveLayout {
    /** Name of the section. */
    public static final String SECTION = "recall-curve";

    private static final int HEAD_LENGTH = 8;
    private static final int SECOND_OFFSET = 4;
    private static final int POINT_LENGTH = 24;
    private static final int RECALL_OFFSET = 8;
    private static final int TRIALS_OFFSET = 16;
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfDouble DOUBLE =
            ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private RecallCurveLayout() {}

    /**
     * Writes a curve.
     *
     * @param curve the curve.
     * @return the section.
     */
    public static MemorySegment write(RecallCurve curve) {
        int length = HEAD_LENGTH;
        for (RecallCurve.Line line : curve.lines()) {
            length += HEAD_LENGTH + line.points().size() * POINT_LENGTH;
        }
        MemorySegment section = MemorySegment.ofArray(new byte[length]);
        section.set(INT, 0, curve.queries());
        section.set(INT, SECOND_OFFSET, curve.lines().size());
        long offset = HEAD_LENGTH;
        for (RecallCurve.Line line : curve.lines()) {
            section.set(INT, offset, line.k());
            section.set(INT, offset + SECOND_OFFSET, line.points().size());
            offset += HEAD_LENGTH;
            for (RecallCurve.Point point : line.points()) {
                section.set(LONG, offset, point.ef());
                section.set(DOUBLE, offset + RECALL_OFFSET, point.recall());
                section.set(DOUBLE, offset + TRIALS_OFFSET, point.trials());
                offset += POINT_LENGTH;
            }
        }
        return section;
    }

    /**
     * Reads a curve.
     *
     * @param section the section.
     * @param path its file, for errors.
     * @return the curve.
     * @throws MillraceException CORRUPT_FILE when it is none.
     */
    public static RecallCurve read(MemorySegment section, Path path) {
        try {
            return read(section);
        } catch (MillraceException | IndexOutOfBoundsException e) {
            throw MillraceException.corrupt(
                    path, "no curve: section=%s, reason=%s", SECTION, e.getMessage());
        }
    }

    private static RecallCurve read(MemorySegment section) {
        List<RecallCurve.Line> lines = new ArrayList<>();
        int count = section.get(INT, SECOND_OFFSET);
        long offset = HEAD_LENGTH;
        for (int i = 0; i < count; i++) {
            int k = section.get(INT, offset);
            int size = section.get(INT, offset + SECOND_OFFSET);
            offset += HEAD_LENGTH;
            List<RecallCurve.Point> points = new ArrayList<>();
            for (int j = 0; j < size; j++) {
                points.add(
                        new RecallCurve.Point(
                                Math.clamp(section.get(LONG, offset), 0, Integer.MAX_VALUE),
                                section.get(DOUBLE, offset + RECALL_OFFSET),
                                section.get(DOUBLE, offset + TRIALS_OFFSET)));
                offset += POINT_LENGTH;
            }
            lines.add(new RecallCurve.Line(k, points));
        }
        if (offset != section.byteSize()) {
            throw MillraceException.badInput(
                    "another length: expected=%d, actual=%d bytes", offset, section.byteSize());
        }
        return new RecallCurve(section.get(INT, 0), lines);
    }
}
