package io.millrace.data.importers.movielens;

import io.millrace.core.progress.ProgressListener;
import io.millrace.data.importers.Rejects;
import io.millrace.data.importers.source.RowSource;
import io.millrace.data.importers.table.EntityTable;
import io.millrace.data.importers.table.VocabularyRule;
import io.millrace.data.importers.table.WeightedTagsColumn;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What users wrote under movies before the first impression, the most frequent first; a tag weighs
 * as much as users wrote it.
 */
final class MovieTags {
    /** The most tags of a movie. */
    static final int MAX_TAGS = 10;

    private static final int LEAST_USES = 2;
    private static final long MS_PER_SECOND = 1_000;
    private static final String SEPARATOR = "|";

    private final List<Map<String, Integer>> usesByMovie = new ArrayList<>();
    private final Map<String, Integer> uses = new HashMap<>();

    private MovieTags() {}

    /** Reads tags; a tag that only one user wrote anywhere says nothing and is left out. */
    static WeightedTagsColumn read(
            RowSource source,
            EntityTable movies,
            long beforeMs,
            Rejects rejects,
            ProgressListener progress) {
        MovieTags tags = new MovieTags();
        for (int movie = 0; movie < movies.count(); movie++) {
            tags.usesByMovie.add(new HashMap<>());
        }
        source.forEach(
                rejects,
                progress,
                row -> {
                    int movie = movies.known(row.wholeNumber("movieId"));
                    long timeMs = row.wholeNumber("timestamp") * MS_PER_SECOND;
                    String tag = row.text("tag").strip().replace('|', ' ').toLowerCase(Locale.ROOT);
                    if (timeMs < beforeMs && !tag.isEmpty()) {
                        tags.usesByMovie.get(movie).merge(tag, 1, Integer::sum);
                        tags.uses.merge(tag, 1, Integer::sum);
                    }
                });
        WeightedTagsColumn column =
                new WeightedTagsColumn(
                        "tags",
                        SEPARATOR,
                        WeightedTagsColumn.UNIT_SEPARATOR,
                        MAX_TAGS,
                        VocabularyRule.ALL);
        for (int movie = 0; movie < movies.count(); movie++) {
            column.set(movie, tags.of(movie));
        }
        return column;
    }

    private String of(int movie) {
        return usesByMovie.get(movie).entrySet().stream()
                .filter(tag -> uses.getOrDefault(tag.getKey(), 0) >= LEAST_USES)
                .sorted(
                        Comparator.comparingInt((Map.Entry<String, Integer> tag) -> -tag.getValue())
                                .thenComparing(Map.Entry::getKey))
                .map(tag -> tag.getKey() + WeightedTagsColumn.UNIT_SEPARATOR + tag.getValue())
                .limit(MAX_TAGS)
                .collect(Collectors.joining(SEPARATOR));
    }
}
