package io.millrace.index.vectors;

import io.millrace.core.fuzz.Fuzzing;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.Locale;

/** Files of rows, also compressed ones, and of truths. */
final class VectorFilesFuzzTest extends VectorFileChecks {
    @SuppressWarnings("ImmutableEnumChecker") // Nobody writes to its bytes.
    enum Form {
        FVECS("a.fvecs", FileBytes.fvecs(ROWS)),
        BVECS("a.bvecs", FileBytes.bvecs(new int[] {1, 2}, new int[] {255, 0})),
        NPY("a.npy", FileBytes.npy("<f4", "3, 2", FileBytes.numbers("<f4", flat()))),
        IDX(
                "images-idx3-ubyte",
                FileBytes.idx(
                        FileBytes.IDX_UNSIGNED_BYTE,
                        new int[] {3, 2, 1},
                        FileBytes.numbers("|u1", flat()))),
        IVECS("a.ivecs", FileBytes.ivecs(new int[] {1, 2}, new int[] {0, 3}));

        private final String file;
        private final byte[] bytes;

        Form(String file, byte[] bytes) {
            this.file = file;
            this.bytes = bytes;
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldReadOrRefuseWhenBytesAreChanged(Form form) {
        Fuzzing.of("vectors-" + form.name().toLowerCase(Locale.ROOT))
                .seeds(form.bytes, FileBytes.gzip(form.bytes))
                .words(
                        "shape",
                        "'",
                        "(",
                        ")",
                        ",",
                        "True",
                        "99999999999",
                        "<f8",
                        ">f4",
                        "|u1",
                        "-1")
                .run(
                        input -> {
                            if (form == Form.IVECS) {
                                VectorFiles.readTruth(write(form.file, input), ALL);
                            } else {
                                read(write(form.file, input), ALL);
                            }
                        });
    }
}
