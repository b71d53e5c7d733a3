package io.millrace.ranker.dcn;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.file.ReadPlan;
import io.millrace.core.file.SectionFile;
import io.millrace.core.file.SectionFileWriter;
import io.millrace.core.progress.ProgressListener;
import io.millrace.ranker.dcn.halves.DcnItemHalves;
import io.millrace.ranker.dcn.halves.DcnServing;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.model.WeightType;

import java.nio.file.Path;
import java.util.Arrays;

/**
 * The file of the {@link DcnItemHalves} of all items of a bundle: section file of kind {@code
 * HALVES}: {@code shape} (int32 each: floats of an item's part of the input, of its half of the
 * first cross layer, of that of the first deep layer), {@code type} (int32: 1 bfloat16, 2 int8;
 * left out for float32), {@code rows} (the rows as they are in memory).
 *
 * <p>Threading: any thread.
 */
public final class DcnHalvesFile {
    private static final String KIND = "HALVES";
    private static final int VERSION = 1;
    private static final String TYPE = "type";
    private static final String ROWS = "rows";

    /** So many items have their halves computed again when a file is read. */
    private static final int CHECKED_ITEMS = 64;

    private DcnHalvesFile() {}

    /**
     * Writes halves.
     *
     * @param halves of all items.
     * @param path where to.
     */
    public static void write(DcnItemHalves halves, Path path) {
        try (SectionFileWriter writer = SectionFileWriter.create(path, KIND, VERSION)) {
            writer.ints("shape", halves.layout().sizes());
            halves.type().write(writer, TYPE);
            writer.section(ROWS, halves.segment()).commit();
        }
    }

    /**
     * Reads halves into memory, where {@link DcnItemHalves#set} may change them.
     *
     * @param path the file.
     * @param model the ranker they must have been computed with.
     * @param items the items they must have been computed of, in the order of their ordinals.
     * @return the halves.
     * @throws MillraceException CORRUPT_FILE when the file is damaged, MISMATCH when they are those
     *     of another ranker or of other items.
     */
    public static DcnItemHalves read(Path path, DcnModel model, RowTable items) {
        return read(path, model, items, 0);
    }

    /**
     * Reads halves into memory that has room for those of more items.
     *
     * @param path the file.
     * @param model the ranker they must have been computed with.
     * @param items the items they must have been computed of, in the order of their ordinals.
     * @param room for how many items that come later; theirs are to be {@link DcnItemHalves#set}.
     * @return the halves.
     * @throws MillraceException CORRUPT_FILE when the file is damaged, MISMATCH when they are those
     *     of another ranker or of other items.
     */
    public static DcnItemHalves read(Path path, DcnModel model, RowTable items, int room) {
        // How numbers are kept is in the file: no way takes more than floats.
        long mostBytes = room * model.halvesBytes(WeightType.F32);
        SectionFile file =
                SectionFile.open(
                        path, KIND, VERSION, ReadPlan.with(ProgressListener.NONE), mostBytes);
        try {
            return over(file, model, items, room);
        } catch (MillraceException e) {
            file.close();
            throw e;
        }
    }

    /** Halves in the memory of a file, which is closed with them. */
    private static DcnItemHalves over(SectionFile file, DcnModel model, RowTable items, int room) {
        Path path = file.path();
        DcnServing serving = model.halvesServing();
        DcnItemHalves halves =
                new DcnItemHalves(
                        serving, WeightType.read(file, TYPE), file.section(ROWS), file::close);
        int[] shape = file.readInts("shape");
        int[] expected = halves.layout().sizes();
        if (!Arrays.equals(shape, expected)) {
            throw mismatch(path, "shape", Arrays.toString(shape), Arrays.toString(expected));
        }
        long expectedBytes = items.count() * halves.layout().rowBytes();
        if (halves.bytes() != expectedBytes) {
            throw mismatch(path, "bytes", halves.bytes(), expectedBytes);
        }
        checkSample(path, halves, model, items);
        return halves.in(file.sectionWithRoom(ROWS, room * halves.layout().rowBytes()));
    }

    /** Weights of the same shape can be others: that shows in what some items give. */
    private static void checkSample(
            Path path, DcnItemHalves halves, DcnModel model, RowTable items) {
        int sample = Math.min(CHECKED_ITEMS, items.count());
        for (int i = 0; i < sample; i++) {
            int item = (int) ((long) i * items.count() / sample);
            if (!halves.isOf(
                    model.input().item(), items.segment(), items.layout().rowBytes(), item)) {
                throw mismatch(path, "item", items.id(item), "what its row gives");
            }
        }
    }

    private static MillraceException mismatch(
            Path path, String what, Object actual, Object expected) {
        return MillraceException.of(
                ErrorCode.MISMATCH,
                "item halves of another ranker or of other items: file=%s, %s=%s, expected=%s;"
                        + " build the bundle again",
                path,
                what,
                actual,
                expected);
    }
}
