package io.millrace.data.importers.movielens;

import io.millrace.core.fuzz.Fuzzing;
import io.millrace.data.importers.FuzzedFolder;
import io.millrace.data.importers.table.HistoryPooling;
import io.millrace.data.importers.table.SplitPlan;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

final class MovieLensFuzzTest {
    private static final MovieLensPlan PLAN =
            new MovieLensPlan(4, new SplitPlan(0.5, 0.125), HistoryPooling.MEAN);

    @TempDir private Path folder;

    @ParameterizedTest
    @EnumSource
    void shouldImportOrRefuseWhenBytesAreChanged(MovieLensLayout layout) throws IOException {
        Path source = folder.resolve("source");
        List<String> files =
                switch (layout) {
                    case SMALL -> {
                        MovieLensFolder.small(source);
                        yield List.of("u.data", "u.item", "u.user");
                    }
                    case MILLION -> {
                        MovieLensFolder.million(source);
                        yield List.of("ratings.dat", "movies.dat", "users.dat");
                    }
                    case LARGE -> {
                        MovieLensFolder.large(source);
                        MovieLensFolder.write(
                                source.resolve("tags.csv"),
                                StandardCharsets.UTF_8,
                                List.of("userId,movieId,tag,timestamp", "1,10,slow,1262606400"));
                        yield List.of("ratings.csv", "movies.csv", "tags.csv");
                    }
                };
        new FuzzedFolder(source, files)
                .fuzz(
                        Fuzzing.of("movielens-" + layout),
                        task -> MovieLensImporter.run(source, PLAN, task));
    }
}
