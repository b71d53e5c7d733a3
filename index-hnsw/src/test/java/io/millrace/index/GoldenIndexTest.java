package io.millrace.index;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/** Files of version 1 stay readable, answer what they did, and are what is written today. */
final class GoldenIndexTest {
    private static final String FOLDER_PROPERTY = "millrace.golden.folder";
    private static final int LARGEST_FILE_BYTES = 64 << 10;
    private static final float ROUNDING = 1e-5f;
    private static final List<Function<Path, HnswIndex>> OPENINGS =
            List.of(HnswFile::open, HnswFile::map);

    @TempDir private Path folder;

    @ParameterizedTest
    @EnumSource
    void shouldAnswerAsItDidWhenOpened(GoldenIndexes golden) throws IOException {
        List<List<GoldenIndexes.Answer>> recorded = golden.recorded();
        try (VectorSet rows = golden.rows()) {
            for (Function<Path, HnswIndex> opening : OPENINGS) {
                try (HnswIndex index = opening.apply(golden.file())) {
                    assertEquals(rows.count(), index.size());
                    assertEquals(rows.dimension(), index.dimension());
                    assertEquals(golden.metric(), index.metric());
                    assertEquals(golden.layout(), index.parameters().layout());
                    assertEquals(golden.rowType(), index.parameters().rowType());
                    assertEquals(golden.curve(), index.recallCurve());
                    for (int query = 0; query < GoldenIndexes.QUERIES; query++) {
                        assertSame(recorded.get(query), golden.search(index, query));
                        assertSame(recorded.get(query), golden.search(index.exact(), query));
                        assertNearest(golden, rows, query, recorded.get(query), index);
                    }
                }
            }
        }
    }

    /** The same items; scores may differ by what the order of a sum does on another machine. */
    private static void assertSame(
            List<GoldenIndexes.Answer> expected, List<GoldenIndexes.Answer> actual) {
        assertEquals(expected.size(), actual.size());
        for (int i = 0; i < expected.size(); i++) {
            assertEquals(expected.get(i).itemId(), actual.get(i).itemId(), "rank " + i);
            float score = expected.get(i).score();
            assertEquals(score, actual.get(i).score(), ROUNDING * Math.abs(score));
        }
    }

    /** The same, by a plain loop over the rows that the file was made from. */
    private static void assertNearest(
            GoldenIndexes golden,
            VectorSet rows,
            int query,
            List<GoldenIndexes.Answer> answers,
            HnswIndex index) {
        ModeWorld.Ranking truth = ModeWorld.rank(rows, golden.metric(), golden.query(query));
        assertEquals(Math.min(GoldenIndexes.K, rows.count()), answers.size());
        for (int i = 0; i < answers.size(); i++) {
            double best = truth.score(truth.row(i));
            double tolerance = ROUNDING * Math.abs(best);
            assertEquals(best, answers.get(i).score(), tolerance);
            assertEquals(best, truth.score(index.ordinalOf(answers.get(i).itemId())), tolerance);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldWriteTheSameBytesWhenOpenedAndSaved(GoldenIndexes golden) throws IOException {
        byte[] bytes = Files.readAllBytes(golden.file());
        assertTrue(bytes.length <= LARGEST_FILE_BYTES, "bytes=" + bytes.length);
        Path saved = folder.resolve("saved");
        for (Function<Path, HnswIndex> opening : OPENINGS) {
            try (HnswIndex index = opening.apply(golden.file())) {
                HnswFile.write(index, saved);
            }
            assertArrayEquals(bytes, Files.readAllBytes(saved));
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldWriteTheSameBytesWhenBuiltAgain(GoldenIndexes golden) throws IOException {
        Path built = folder.resolve("built");
        try (HnswIndex index = golden.make()) {
            HnswFile.write(index, built);
        }
        assertArrayEquals(Files.readAllBytes(golden.file()), Files.readAllBytes(built));
    }

    /** No test: how the files were made, see the README beside them. */
    @ParameterizedTest
    @EnumSource
    @EnabledIfSystemProperty(named = FOLDER_PROPERTY, matches = ".+")
    void shouldWriteAllFilesWhenAFolderIsNamed(GoldenIndexes golden) throws IOException {
        Path target = Path.of(Objects.requireNonNull(System.getProperty(FOLDER_PROPERTY)));
        golden.write(Files.createDirectories(target));
    }
}
