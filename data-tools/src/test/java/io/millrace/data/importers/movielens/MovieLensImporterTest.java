package io.millrace.data.importers.movielens;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.dataset.InteractionTable;
import io.millrace.data.dataset.Label;
import io.millrace.data.importers.DatasetReader;
import io.millrace.data.importers.ImportReport;
import io.millrace.data.importers.ImportTask;
import io.millrace.data.importers.table.HistoryPooling;
import io.millrace.data.importers.table.SplitPlan;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.features.SequencePooling;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

final class MovieLensImporterTest {
    private static final MovieLensPlan PLAN =
            new MovieLensPlan(4, new SplitPlan(0.5, 0.125), HistoryPooling.MEAN);
    private static final int MOVIES = 4;
    private static final int USERS = 3;

    @TempDir private Path folder;

    @Test
    void shouldMakeTheSameOfEveryLayout() throws IOException {
        for (Path source :
                List.of(
                        MovieLensFolder.small(folder.resolve("100k")),
                        MovieLensFolder.million(folder.resolve("1m")),
                        MovieLensFolder.large(folder.resolve("20m")))) {
            Path target = folder.resolve(source.getFileName() + "-set");
            ImportReport report = MovieLensImporter.run(source, PLAN, task(target, 0));
            assertEquals(MOVIES, report.items());
            assertEquals(USERS, report.users());
            assertEquals(3, report.trainEvents());
            assertEquals(1, report.testEvents());
            try (Dataset dataset = Dataset.open(target)) {
                checkMovies(dataset);
                checkHistories(dataset);
                checkImpressions(dataset);
            }
        }
    }

    private static void checkMovies(Dataset dataset) {
        DatasetReader reader = new DatasetReader(dataset);
        RowTable movies = dataset.items();
        assertEquals(1995, reader.number(movies, "year", 0));
        assertEquals(1996, reader.number(movies, "year", 1));
        assertTrue(Float.isNaN(reader.number(movies, "year", 2)));
        List<String> genres =
                Objects.requireNonNull(dataset.schema().vocabularies().get("genres")).values();
        assertEquals(List.of("Action", "Comedy", "Drama"), genres);
        assertArrayEquals(new int[] {2, 3}, reader.list(movies, "genres", 0));
        assertArrayEquals(new int[] {3}, reader.list(movies, "genres", 1));
        assertArrayEquals(new int[0], reader.list(movies, "genres", 2));
        // Two of the four first ratings are good: mean 0.5. Movie 10 has both of its two.
        assertEquals((2 + 20 * 0.5f) / 22, reader.number(movies, "item_click_rate", 0), 1e-6);
        assertEquals(0.5f, reader.number(movies, "item_click_rate", 3), 1e-6);
        assertEquals((float) Math.log(3), reader.number(movies, "log_views", 0), 1e-6);
        assertEquals(0, reader.number(movies, "log_views", 3));
    }

    /** The rows of users stand in the order of the source, which the layouts differ in. */
    private static void checkHistories(Dataset dataset) {
        DatasetReader reader = new DatasetReader(dataset);
        RowTable users = dataset.users();
        int first = users.indexOf(1);
        int second = users.indexOf(2);
        int third = users.indexOf(3);
        assertArrayEquals(new int[] {2, 3}, reader.list(users, "watched", first));
        assertArrayEquals(new int[] {2}, reader.list(users, "long_watched", first));
        assertArrayEquals(new int[] {2}, reader.list(users, "liked", first));
        assertArrayEquals(new int[] {2, 4}, reader.list(users, "watched", second));
        assertArrayEquals(new int[0], reader.list(users, "liked", second));
        assertArrayEquals(new int[0], reader.list(users, "watched", third));
        assertEquals((1 + 5 * 0.5f) / 7, reader.number(users, "history_click_rate", first), 1e-6);
        assertEquals(0, reader.number(users, "log_history_length", third));
        if (dataset.schema().hasField("occupation")) {
            assertEquals(reader.id(users, "age", first), reader.id(users, "age", third));
            assertEquals(FeatureField.FIRST, reader.id(users, "gender", second), "F before M");
            assertEquals(5, dataset.schema().field("occupation").cardinality());
        }
    }

    private static void checkImpressions(Dataset dataset) {
        DatasetReader reader = new DatasetReader(dataset);
        InteractionTable train = dataset.train();
        assertEquals(2, train.item(0));
        assertEquals(1, dataset.users().id(train.user(0)));
        assertTrue(train.isClick(0) && train.isLongView(0) && !train.isLike(0));
        assertEquals(0.8f, train.watchRatio(0));
        assertEquals(MovieLensFolder.seconds(2) * 1_000, train.timestampMs(0));
        assertEquals(12 + FeatureField.FIRST, reader.context(train, "hour", 0));
        assertEquals(2 + FeatureField.FIRST, reader.context(train, "day_of_week", 0), "Wednesday");
        assertTrue(train.isLike(1));
        assertEquals(List.of(Label.CLICK, Label.LIKE), train.labels());
        assertFalse(dataset.test().isClick(0) || dataset.test().isLongView(0));
        assertEquals(3, dataset.users().id(dataset.test().user(0)));
    }

    @Test
    void shouldPoolHistoriesAsThePlanSays() throws IOException {
        SequencePooling recency = SequencePooling.recency(7);
        MovieLensPlan pooled =
                new MovieLensPlan(
                        4, PLAN.split(), new HistoryPooling(Map.of("long_watched", recency)));
        Path source = MovieLensFolder.large(folder.resolve("20m"));
        MovieLensImporter.run(source, pooled, task(folder.resolve("set"), 0));
        try (Dataset dataset = Dataset.open(folder.resolve("set"))) {
            assertEquals(recency, dataset.schema().field("long_watched").pooling());
            assertNull(dataset.schema().field("watched").pooling());
        }
    }

    /** A tag counts when two wrote it, and only if before the first impression. */
    @Test
    void shouldTakeEarlyTagsOfSeveralUsersOnly() throws IOException {
        Path source = MovieLensFolder.large(folder.resolve("20m"));
        long early = MovieLensFolder.seconds(0);
        long late = MovieLensFolder.seconds(2);
        MovieLensFolder.write(
                source.resolve("tags.csv"),
                StandardCharsets.UTF_8,
                List.of(
                        "userId,movieId,tag,timestamp",
                        "1,10,Slow," + early,
                        "2,10,slow ," + early,
                        "2,20,slow," + early,
                        "1,20,grim," + early,
                        "2,20,grim," + early,
                        "3,20,grim," + early,
                        "3,20,once," + early,
                        "1,30,fine," + early,
                        "2,30,fine," + late));
        MovieLensImporter.run(source, PLAN, task(folder.resolve("set"), 0));
        try (Dataset dataset = Dataset.open(folder.resolve("set"))) {
            assertEquals(
                    List.of("grim", "slow"),
                    Objects.requireNonNull(dataset.schema().vocabularies().get("tags")).values());
            DatasetReader reader = new DatasetReader(dataset);
            RowTable movies = dataset.items();
            assertArrayEquals(new int[] {3}, reader.list(movies, "tags", 0));
            assertArrayEquals(new int[] {2, 3}, reader.list(movies, "tags", 1));
            assertArrayEquals(new float[] {0.75f, 0.25f}, reader.shares(movies, "tags", 1));
            assertArrayEquals(new int[0], reader.list(movies, "tags", 2));
        }
    }

    @Test
    void shouldCountBadRatingsAndLeaveNothingPastTheLimit() throws IOException {
        Path source = MovieLensFolder.large(folder.resolve("20m"));
        Path ratings = source.resolve("ratings.csv");
        Files.writeString(
                ratings,
                Files.readString(ratings)
                        + "1,99,4,1262606400\n1,10,5.5,1262606400\n1,10,4,12626064001\n"
                        + "1,10,,1262606400\n");
        Path target = folder.resolve("set");
        ImportReport report = MovieLensImporter.run(source, PLAN, task(target, 4));
        assertEquals(
                List.of(
                        "ratings.csv:10: unknown movie: 99",
                        "ratings.csv:11: rating is none of 0.5 to 5: 5.5",
                        "ratings.csv:12: timestamp is no time in seconds: 12626064001",
                        "ratings.csv:13: rating is none of 0.5 to 5: "),
                report.examples());
        Path other = folder.resolve("other");
        assertThrows(
                MillraceException.class, () -> MovieLensImporter.run(source, PLAN, task(other, 3)));
        assertFalse(Files.exists(other));
    }

    @Test
    void shouldSayWhatWasLookedForWhenNoLayoutFits() throws IOException {
        Path source = MovieLensFolder.million(folder.resolve("1m"));
        Files.delete(source.resolve("users.dat"));
        MillraceException e =
                assertThrows(
                        MillraceException.class,
                        () -> MovieLensImporter.run(source, PLAN, task(folder.resolve("s"), 0)));
        assertEquals(ErrorCode.NOT_FOUND, e.code());
        assertTrue(
                e.getMessage()
                        .contains(
                                "u.data + u.item + u.user (100k), or ratings.dat + movies.dat +"
                                        + " users.dat (1M), or ratings.csv + movies.csv (20M or"
                                        + " 32M)"),
                e.getMessage());
    }

    @Test
    void shouldRefuseRatingsOfTooFewDays() throws IOException {
        Path source = MovieLensFolder.large(folder.resolve("20m"));
        Files.writeString(
                source.resolve("ratings.csv"),
                "userId,movieId,rating,timestamp\n1,10,4,1262606400\n1,20,4,1262692800\n");
        MillraceException e =
                assertThrows(
                        MillraceException.class,
                        () -> MovieLensImporter.run(source, PLAN, task(folder.resolve("s"), 0)));
        assertTrue(e.getMessage().contains("days=2, least=3"), e.getMessage());
        assertFalse(Files.exists(folder.resolve("s")));
    }

    private static ImportTask task(Path target, long maxRejects) {
        return new ImportTask(target, maxRejects, ProgressListener.NONE);
    }
}
