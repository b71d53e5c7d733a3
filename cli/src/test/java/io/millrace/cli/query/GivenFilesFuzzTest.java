package io.millrace.cli.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.client.message.RankColumns;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.fuzz.Fuzzing;
import io.millrace.core.wire.codec.FormCode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Files that users give to a query: candidates, vectors. */
final class GivenFilesFuzzTest {
    private static final RankColumns COLUMNS =
            new RankColumns(
                    1,
                    100,
                    1 << 20,
                    List.of(
                            new RankColumns.Column("price", FormCode.NUMBERS, 1),
                            new RankColumns.Column("city", FormCode.TEXTS, 1),
                            new RankColumns.Column("tags", FormCode.TEXTS, 4)));

    @TempDir private Path folder;

    @Test
    void shouldReadOrRefuseWhenBytesOfCandidatesAreChanged() {
        Path file = folder.resolve("candidates.csv");
        Fuzzing.of("candidates")
                .seeds("price,city,tags\n1.5,Oslo,a|b\n,,\n-3e7,Rome,c\n")
                .words("\n", ",", "|", "||||||||", "1e400", "NaN", "price", "tags", "\"")
                .run(input -> CandidateFile.read(Files.write(file, input)).columns(COLUMNS));
    }

    @Test
    void shouldReadOrRefuseWhenBytesOfAVectorAreChanged() {
        Path file = folder.resolve("vector.txt");
        Fuzzing.of("vector")
                .seeds("0.5 -1 2e3\n", "[1, 2;3]")
                .words(" ", ",", "[", "]", "1e400", "NaN", "0x1p3", "-")
                .run(input -> QueryVector.read(Files.write(file, input)));
    }

    /** As many columns as tags of one, each as long as all candidates, would take all memory. */
    @Test
    void shouldRefuseMoreTagsThanTheServerTakes() throws IOException {
        Path file = folder.resolve("candidates.csv");
        CandidateFile.read(Files.writeString(file, "tags\na|b|c|d\n")).columns(COLUMNS);
        CandidateFile read = CandidateFile.read(Files.writeString(file, "tags\na\na|b|c|d|e\n"));
        MillraceException e = assertThrows(MillraceException.class, () -> read.columns(COLUMNS));
        assertEquals(ErrorCode.BAD_INPUT, e.code());
        assertTrue(e.getMessage().contains("line=3, name=tags, tags=5, most=4"), e.getMessage());
    }
}
