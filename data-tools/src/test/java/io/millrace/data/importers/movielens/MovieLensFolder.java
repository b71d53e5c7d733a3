package io.millrace.data.importers.movielens;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A made-up world of four movies, three users and eight ratings, in each of the layouts. */
final class MovieLensFolder {
    /** Noon of 4 January 2010, a Monday. */
    static final long FIRST_SECONDS = 1_262_606_400;

    private static final long SECONDS_PER_DAY = 86_400;
    private static final Charset LATIN = StandardCharsets.ISO_8859_1;

    /** User, movie, rating, day; the days are to be parted as 0-1, 2-3, 4. */
    static final String[][] RATINGS = {
        {"3", "30", "1", "4"},
        {"1", "10", "5", "0"},
        {"1", "20", "3", "0"},
        {"2", "10", "4", "1"},
        {"2", "30", "2", "1"},
        {"1", "30", "4", "2"},
        {"3", "20", "5", "3"},
        {"2", "20", "4", "3"},
    };

    private MovieLensFolder() {}

    static Path small(Path folder) throws IOException {
        Files.createDirectories(folder);
        write(folder.resolve("u.data"), StandardCharsets.UTF_8, ratings("\t"));
        String flags = "0|0|0|0|0|";
        write(
                folder.resolve("u.item"),
                LATIN,
                List.of(
                        "10|Caf\u00e9 \"Nord\" (1995)|01-Jan-1995||url|0|1|0|0|0|1|0|0|0|"
                                + flags
                                + "0|0|0|0|0",
                        "20|Mill, The (1996)|||url|0|0|0|0|0|1|0|0|0|" + flags + "0|0|0|0|0",
                        "30|Race|||url|0|0|0|0|0|0|0|0|0|" + flags + "0|0|0|0|0",
                        "40|Alone (2001)|||url|0|0|0|0|0|0|0|0|1|" + flags + "0|0|0|0|0"));
        write(
                folder.resolve("u.user"),
                LATIN,
                List.of("1|24|M|technician|85711", "2|53|F|other|94043", "3|24|M|writer|32067"));
        return folder;
    }

    static Path million(Path folder) throws IOException {
        Files.createDirectories(folder);
        write(folder.resolve("ratings.dat"), LATIN, ratings("::"));
        write(
                folder.resolve("movies.dat"),
                LATIN,
                List.of(
                        "10::Caf\u00e9 \"Nord\" (1995)::Action|Comedy",
                        "20::Mill, The (1996)::Comedy",
                        "30::Race::",
                        "40::Alone (2001)::Drama"));
        write(
                folder.resolve("users.dat"),
                LATIN,
                List.of(
                        "1::M::24::technician::85711",
                        "2::F::53::other::94043",
                        "3::M::24::writer::32067"));
        return folder;
    }

    static Path large(Path folder) throws IOException {
        Files.createDirectories(folder);
        List<String> ratings = new ArrayList<>(List.of("userId,movieId,rating,timestamp"));
        ratings.addAll(ratings(","));
        write(folder.resolve("ratings.csv"), StandardCharsets.UTF_8, ratings);
        write(
                folder.resolve("movies.csv"),
                StandardCharsets.UTF_8,
                List.of(
                        "movieId,title,genres",
                        "10,\"Caf\u00e9 \"\"Nord\"\" (1995)\",Action|Comedy",
                        "20,\"Mill, The (1996)\",Comedy",
                        "30,Race,(no genres listed)",
                        "40,Alone (2001),Drama"));
        return folder;
    }

    static long seconds(int day) {
        return FIRST_SECONDS + day * SECONDS_PER_DAY;
    }

    private static List<String> ratings(String separator) {
        List<String> lines = new ArrayList<>();
        for (String[] rating : RATINGS) {
            long seconds = seconds(Integer.parseInt(rating[3]));
            lines.add(
                    String.join(
                            separator, rating[0], rating[1], rating[2], Long.toString(seconds)));
        }
        return lines;
    }

    static void write(Path path, Charset charset, List<String> lines) throws IOException {
        Files.write(path, (String.join("\n", lines) + "\n").getBytes(charset));
    }
}
