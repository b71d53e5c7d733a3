package io.millrace.data.importers.movielens;

import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.data.dataset.DatasetWriter;
import io.millrace.data.dataset.Label;
import io.millrace.data.importers.ImportReport;
import io.millrace.data.importers.ImportTask;
import io.millrace.data.importers.Rejects;
import io.millrace.data.importers.source.RejectedRow;
import io.millrace.data.importers.source.SourceRow;
import io.millrace.data.importers.table.CategoryColumn;
import io.millrace.data.importers.table.EntityTable;
import io.millrace.data.importers.table.EventColumns;
import io.millrace.data.importers.table.EventDataset;
import io.millrace.data.importers.table.EventSplit;
import io.millrace.data.importers.table.NumberColumn;
import io.millrace.data.importers.table.TagsColumn;
import io.millrace.data.importers.table.VocabularyRule;
import io.millrace.ranker.features.ValueEncoding;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Imports MovieLens. A rating is an impression; a good one is a click and a long view, the best a
 * like, and its share of the best stands for the watched share. Everybody watched what they rated,
 * so a history holds all ratings. Genres, year, and what users wrote before the first impression
 * are the features of a movie.
 *
 * <p>Threading: one thread.
 */
public final class MovieLensImporter {
    private static final Pattern YEAR = Pattern.compile("\\((\\d{4})\\)\\s*$");
    private static final int MAX_GENRES = 19;
    private static final long MS_PER_SECOND = 1_000;
    private static final List<Label> LABELS = List.of(Label.CLICK, Label.LIKE);
    private static final long LATEST_SECONDS = 1L << 33;

    private final Path folder;
    private final MovieLensLayout layout;
    private final MovieLensPlan plan;
    private final Rejects rejects;
    private final ProgressListener progress;
    private final List<CategoryColumn> attributes;
    private final NumberColumn years = new NumberColumn("year", ValueEncoding.PLAIN);
    private final TagsColumn genres = new TagsColumn("genres", "|", MAX_GENRES, VocabularyRule.ALL);
    private final EntityTable users;
    private final EntityTable movies = new EntityTable("movie", List.of(years, genres));

    private MovieLensImporter(Path folder, MovieLensPlan plan, ImportTask task) {
        this.folder = folder;
        this.layout = MovieLensLayout.of(folder);
        this.plan = plan;
        this.rejects = new Rejects(task.maxRejects());
        this.progress = task.progress();
        this.attributes =
                layout.users(folder).isEmpty()
                        ? List.of()
                        : MovieLensLayout.USER_ATTRIBUTES.stream()
                                .map(
                                        name ->
                                                CategoryColumn.withVocabulary(
                                                        name, VocabularyRule.ALL))
                                .toList();
        this.users = new EntityTable("user", attributes);
    }

    /**
     * Imports.
     *
     * @param folder the unpacked folder of any of its forms.
     * @param plan what a click is, and how ratings are parted.
     * @param task what is to be made, and how much may be wrong.
     * @return what was done.
     * @throws MillraceException when files are missing or broken; nothing is left behind then.
     */
    public static ImportReport run(Path folder, MovieLensPlan plan, ImportTask task) {
        return new MovieLensImporter(folder, plan, task).run(task.target());
    }

    private ImportReport run(Path target) {
        long startNs = System.nanoTime();
        try (DatasetWriter writer = DatasetWriter.create(target, false)) {
            layout.movies(folder).forEach(rejects, progress, this::addMovie);
            layout.users(folder)
                    .ifPresent(source -> source.forEach(rejects, progress, this::addUser));
            EventColumns ratings = new EventColumns(0, 0, LABELS);
            layout.ratings(folder).forEach(rejects, progress, row -> addRating(row, ratings));
            EventSplit split = EventSplit.of(ratings, plan.split(), 0);
            layout.tags(folder)
                    .ifPresent(
                            source ->
                                    movies.addColumn(
                                            MovieTags.read(
                                                    source,
                                                    movies,
                                                    split.trainFromMs(),
                                                    rejects,
                                                    progress)));
            DatasetWriter.Counts counts =
                    new EventDataset(
                                    "MovieLens",
                                    0,
                                    users,
                                    movies,
                                    split,
                                    List.of(),
                                    List.of(),
                                    plan.pooling(),
                                    List.of())
                            .write(writer);
            writer.commit("MovieLens", "movielens", counts, null);
            return ImportReport.of(counts, rejects, startNs);
        }
    }

    private void addMovie(SourceRow row) throws RejectedRow {
        String movieGenres = layout.genres(row);
        int movie = movies.add(row.wholeNumber("movieId"));
        Matcher year = YEAR.matcher(row.text("title"));
        years.set(movie, year.find() ? year.group(1) : "");
        genres.set(movie, movieGenres);
    }

    private void addUser(SourceRow row) throws RejectedRow {
        int user = users.add(row.wholeNumber("userId"));
        for (CategoryColumn attribute : attributes) {
            attribute.set(user, row.text(attribute.name()));
        }
    }

    private void addRating(SourceRow row, EventColumns ratings) throws RejectedRow {
        double rating = row.number("rating");
        if (!(rating > 0) || !(rating <= MovieLensPlan.BEST_RATING)) {
            throw new RejectedRow("rating is none of 0.5 to 5: " + row.text("rating"));
        }
        long seconds = row.wholeNumber("timestamp");
        if (seconds < 0 || seconds > LATEST_SECONDS) {
            throw new RejectedRow("timestamp is no time in seconds: " + seconds);
        }
        long userId = row.wholeNumber("userId");
        int movie = movies.known(row.wholeNumber("movieId"));
        int user = attributes.isEmpty() ? users.rowOrAdd(userId) : users.known(userId);
        ratings.add(
                user,
                movie,
                seconds * MS_PER_SECOND,
                labels(rating),
                rating / MovieLensPlan.BEST_RATING);
    }

    /** A good rating stands in {@code long_watched} too, but is no label beside the click. */
    private int labels(double rating) {
        int labels = EventColumns.WATCH;
        if (rating >= plan.positive()) {
            labels |= EventColumns.CLICK | EventColumns.LONG_VIEW;
        }
        return rating == MovieLensPlan.BEST_RATING ? labels | EventColumns.LIKE : labels;
    }
}
