package io.millrace.data.importers.movielens;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.data.importers.source.DelimitedFile;
import io.millrace.data.importers.source.DelimitedFormat;
import io.millrace.data.importers.source.InputFile;
import io.millrace.data.importers.source.RowSource;
import io.millrace.data.importers.source.SourceRow;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The forms MovieLens comes in (Harper and Konstan, The MovieLens datasets: history and context,
 * ACM TiiS 2015): which files, how they are written, and the columns under common names.
 */
@SuppressWarnings("ImmutableEnumChecker") // the fields are records of texts
enum MovieLensLayout {
    /** 100k: tabs and pipes, Latin-1, one column for each genre. */
    SMALL(
            "100k",
            new Part("u.data", text("\t"), List.of("userId", "movieId", "rating", "timestamp")),
            new Part("u.item", text("|"), itemColumns()),
            new Part("u.user", text("|"), List.of("userId", "age", "gender", "occupation", "zip"))),
    /** 1M: double colons, Latin-1. */
    MILLION(
            "1M",
            new Part(
                    "ratings.dat", text("::"), List.of("userId", "movieId", "rating", "timestamp")),
            new Part("movies.dat", text("::"), List.of("movieId", "title", "genres")),
            new Part(
                    "users.dat",
                    text("::"),
                    List.of("userId", "gender", "age", "occupation", "zip"))),
    /** 20M and 32M: commas, UTF-8, a header; nothing is told of the users. */
    LARGE(
            "20M or 32M",
            new Part("ratings.csv", DelimitedFormat.CSV, List.of()),
            new Part("movies.csv", DelimitedFormat.CSV, List.of()),
            null);

    /** Attributes of a user that become features, where the layout has them. */
    static final List<String> USER_ATTRIBUTES = List.of("age", "gender", "occupation");

    private static final String TAGS_FILE = "tags.csv";
    private static final String NO_GENRES = "(no genres listed)";

    /** A file of the layout. */
    private record Part(String file, DelimitedFormat format, List<String> columns) {}

    private final String title;
    private final Part ratings;
    private final Part movies;
    private final @Nullable Part users;

    MovieLensLayout(String title, Part ratings, Part movies, @Nullable Part users) {
        this.title = title;
        this.ratings = ratings;
        this.movies = movies;
        this.users = users;
    }

    /** The first layout whose files are all there, compressed or not. */
    static MovieLensLayout of(Path folder) {
        for (MovieLensLayout layout : values()) {
            if (layout.files().allMatch(file -> InputFile.find(folder, file).isPresent())) {
                return layout;
            }
        }
        String wanted =
                Arrays.stream(values())
                        .map(
                                layout ->
                                        layout.files().collect(Collectors.joining(" + "))
                                                + " ("
                                                + layout.title
                                                + ")")
                        .collect(Collectors.joining(", or "));
        throw MillraceException.of(
                ErrorCode.NOT_FOUND,
                "not a MovieLens folder: folder=%s, looked for=%s; give the folder that holds them",
                folder,
                wanted);
    }

    RowSource ratings(Path folder) {
        return open(folder, ratings, List.of("userId", "movieId", "rating", "timestamp"));
    }

    RowSource movies(Path folder) {
        return open(
                folder,
                movies,
                this == SMALL
                        ? List.of("movieId", "title")
                        : List.of("movieId", "title", "genres"));
    }

    /** The users' attributes, empty where the layout has none. */
    Optional<RowSource> users(Path folder) {
        return Optional.ofNullable(users).map(part -> open(folder, part, List.of("userId")));
    }

    /** What users wrote under movies, empty where there is no such file. */
    Optional<RowSource> tags(Path folder) {
        if (this != LARGE) {
            return Optional.empty();
        }
        return InputFile.find(folder, TAGS_FILE)
                .map(
                        path ->
                                new DelimitedFile(
                                        path,
                                        DelimitedFormat.CSV,
                                        List.of("movieId", "tag", "timestamp")));
    }

    /** The genres of a movie, with {@code |} between them. */
    String genres(SourceRow movie) {
        if (this != SMALL) {
            String genres = movie.text("genres");
            return genres.equals(NO_GENRES) ? "" : genres;
        }
        return GenreFlags.NAMES.stream()
                .filter(genre -> movie.text(genre).equals("1"))
                .collect(Collectors.joining("|"));
    }

    private Stream<String> files() {
        Stream<String> both = Stream.of(ratings.file(), movies.file());
        return users == null ? both : Stream.concat(both, Stream.of(users.file()));
    }

    private static RowSource open(Path folder, Part part, List<String> required) {
        Path path = InputFile.find(folder, part.file()).orElseThrow();
        DelimitedFormat format =
                part.columns().isEmpty() ? part.format() : part.format().plain(part.columns());
        return new DelimitedFile(path, format, required);
    }

    private static DelimitedFormat text(String separator) {
        return DelimitedFormat.CSV
                .withSeparator(separator)
                .withCharset(StandardCharsets.ISO_8859_1);
    }

    private static List<String> itemColumns() {
        List<String> columns =
                new ArrayList<>(List.of("movieId", "title", "released", "videoReleased", "url"));
        columns.addAll(GenreFlags.NAMES);
        return columns;
    }

    /** The genre columns of {@code u.item}; a class of its own, for constants need them. */
    private static final class GenreFlags {
        static final List<String> NAMES =
                List.of(
                        "unknown",
                        "Action",
                        "Adventure",
                        "Animation",
                        "Children's",
                        "Comedy",
                        "Crime",
                        "Documentary",
                        "Drama",
                        "Fantasy",
                        "Film-Noir",
                        "Horror",
                        "Musical",
                        "Mystery",
                        "Romance",
                        "Sci-Fi",
                        "Thriller",
                        "War",
                        "Western");

        private GenreFlags() {}
    }
}
