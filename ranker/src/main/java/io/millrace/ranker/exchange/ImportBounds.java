package io.millrace.ranker.exchange;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.ranker.dcn.network.DcnShape;
import io.millrace.ranker.dcn.network.DcnStructure;

import java.nio.file.Path;
import java.util.List;

/** Sizes that a file may ask for, checked before anything is made that large. */
final class ImportBounds {
    static final int MOST_WIDTH = 1 << 16;
    static final int MOST_HEADS = 64;
    static final int MOST_EXPERTS = 64;

    private ImportBounds() {}

    static int checked(Path file, String size, int value, int most) {
        if (value < 1 || value > most) {
            throw MillraceException.badInput(
                    "network out of bounds: file=%s, %s=%d, least=1, most=%d; make it smaller",
                    file, size, value, most);
        }
        return value;
    }

    /** A shape, whose record would blame the caller's choice where the file is out of bounds. */
    static DcnShape shape(
            Path file,
            int crossLayers,
            int rank,
            int experts,
            DcnStructure structure,
            List<Integer> deep) {
        try {
            return new DcnShape(1, crossLayers, rank, experts, structure, deep);
        } catch (MillraceException e) {
            throw new MillraceException(ErrorCode.BAD_INPUT, e.getMessage() + ", file=" + file, e);
        }
    }
}
