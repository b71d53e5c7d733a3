package io.millrace.data.importers.kuairand;

import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.data.importers.Rejects;
import io.millrace.data.importers.source.DelimitedFile;
import io.millrace.data.importers.source.DelimitedFormat;
import io.millrace.data.importers.source.RejectedRow;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.Vocabulary;

import org.agrona.collections.Long2LongHashMap;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The users or the videos of KuaiRand, as columns: ids, raw categories, numbers, tags. Rows keep
 * the order of the file.
 *
 * <p>Threading: one thread.
 */
final class KuaiRandCatalogue {
    private static final long NONE = -1;

    private final List<Long> ids = new ArrayList<>();
    private final Long2LongHashMap rowById = new Long2LongHashMap(NONE);
    private final SortedMap<String, List<String>> categories = new TreeMap<>();
    private final SortedMap<String, List<Float>> numbers = new TreeMap<>();
    private final List<String> tags = new ArrayList<>();

    private KuaiRandCatalogue() {}

    static KuaiRandCatalogue readUsers(Path folder, Rejects rejects, ProgressListener progress) {
        List<String> required = new ArrayList<>(List.of("user_id"));
        required.addAll(KuaiRandColumns.USER_CATEGORIES);
        required.addAll(KuaiRandColumns.USER_COUNTS);
        KuaiRandCatalogue users = new KuaiRandCatalogue();
        new DelimitedFile(folder.resolve(KuaiRandColumns.USERS), DelimitedFormat.CSV, required)
                .forEach(
                        rejects,
                        progress,
                        row -> {
                            float[] counts = new float[KuaiRandColumns.USER_COUNTS.size()];
                            for (int i = 0; i < counts.length; i++) {
                                counts[i] =
                                        logCount(row.number(KuaiRandColumns.USER_COUNTS.get(i)));
                            }
                            users.addId(row.wholeNumber("user_id"));
                            for (String column : KuaiRandColumns.USER_CATEGORIES) {
                                users.addCategory(column, row.text(column));
                            }
                            for (int i = 0; i < counts.length; i++) {
                                users.addNumber(KuaiRandColumns.USER_COUNTS.get(i), counts[i]);
                            }
                        });
        return users.orRefuse(folder.resolve(KuaiRandColumns.USERS));
    }

    static KuaiRandCatalogue readVideos(Path folder, Rejects rejects, ProgressListener progress) {
        List<String> required =
                new ArrayList<>(
                        List.of(
                                "video_id",
                                "author_id",
                                "video_duration",
                                "server_width",
                                "server_height",
                                "tag"));
        required.addAll(KuaiRandColumns.VIDEO_CATEGORIES);
        KuaiRandCatalogue videos = new KuaiRandCatalogue();
        new DelimitedFile(folder.resolve(KuaiRandColumns.VIDEOS), DelimitedFormat.CSV, required)
                .forEach(
                        rejects,
                        progress,
                        row -> {
                            double durationMs = row.number("video_duration");
                            double aspect =
                                    row.number("server_height") / row.number("server_width");
                            videos.addId(row.wholeNumber("video_id"));
                            videos.addCategory("creator", row.text("author_id"));
                            for (String column : KuaiRandColumns.VIDEO_CATEGORIES) {
                                videos.addCategory(column, row.text(column));
                            }
                            videos.addNumber("log_duration", logCount(durationMs / 1_000));
                            videos.addNumber(
                                    "aspect", Double.isFinite(aspect) ? (float) aspect : Float.NaN);
                            videos.tags.add(row.text("tag"));
                        });
        return videos.orRefuse(folder.resolve(KuaiRandColumns.VIDEOS));
    }

    int count() {
        return ids.size();
    }

    long id(int row) {
        return ids.get(row);
    }

    /** The row of an id, or -1. */
    int rowOf(long id) {
        return (int) rowById.get(id);
    }

    String category(String column, int row) {
        return values(categories, column).get(row);
    }

    float number(String column, int row) {
        return values(numbers, column).get(row);
    }

    float[] numbers(String column) {
        List<Float> values = values(numbers, column);
        float[] result = new float[values.size()];
        for (int i = 0; i < result.length; i++) {
            result[i] = values.get(i);
        }
        return result;
    }

    /**
     * Raw values of a categorical column, sorted, so that ids do not depend on the order of the
     * rows.
     */
    Vocabulary vocabulary(String column) {
        TreeSet<String> distinct = new TreeSet<>(values(categories, column));
        distinct.remove("");
        return new Vocabulary(List.copyOf(distinct));
    }

    Vocabulary tagVocabulary() {
        TreeSet<String> distinct = new TreeSet<>();
        for (String list : tags) {
            distinct.addAll(tagsOf(list));
        }
        return new Vocabulary(List.copyOf(distinct));
    }

    int mostTags() {
        return Math.max(1, tags.stream().mapToInt(list -> tagsOf(list).size()).max().orElse(1));
    }

    /** Ids of a row's tags. */
    int[] tagIds(int row, Vocabulary vocabulary) {
        return tagsOf(tags.get(row)).stream().mapToInt(vocabulary::idOf).toArray();
    }

    private void addId(long id) throws RejectedRow {
        if (rowById.putIfAbsent(id, ids.size()) != NONE) {
            throw new RejectedRow("id twice: " + id);
        }
        ids.add(id);
    }

    private void addCategory(String column, String value) {
        categories.computeIfAbsent(column, ignored -> new ArrayList<>()).add(value);
    }

    private void addNumber(String column, float value) {
        numbers.computeIfAbsent(column, ignored -> new ArrayList<>()).add(value);
    }

    private KuaiRandCatalogue orRefuse(Path file) {
        if (ids.isEmpty()) {
            throw MillraceException.badInput("no rows: file=%s; is it the right file?", file);
        }
        return this;
    }

    private static float logCount(double value) {
        return Double.isNaN(value) ? Float.NaN : (float) StrictMath.log1p(Math.max(0, value));
    }

    private static List<String> tagsOf(String list) {
        return Stream.of(list.split(",", -1))
                .map(String::strip)
                .filter(tag -> !tag.isEmpty())
                .distinct()
                .toList();
    }

    private static <T> List<T> values(SortedMap<String, List<T>> columns, String column) {
        return Objects.requireNonNull(columns.get(column), column);
    }

    /**
     * Cuts numbers into buckets of about the same size.
     *
     * @return the upper edges of all buckets but the last; equal values fall into one bucket.
     */
    static float[] quantileEdges(float[] values, int buckets) {
        float[] sorted = new float[values.length];
        int count = 0;
        for (float value : values) {
            if (!Float.isNaN(value)) {
                sorted[count++] = value;
            }
        }
        Arrays.sort(sorted, 0, count);
        TreeSet<Float> edges = new TreeSet<>();
        for (int i = 1; i < buckets && count > 0; i++) {
            edges.add(sorted[(int) ((long) i * count / buckets)]);
        }
        float[] result = new float[edges.size()];
        int at = 0;
        for (float edge : edges) {
            result[at++] = edge;
        }
        return result;
    }

    /** Id of the bucket of a number: missing, or 2 for the lowest. */
    static int bucketId(float value, float[] edges) {
        if (Float.isNaN(value)) {
            return FeatureField.MISSING;
        }
        int bucket = 0;
        while (bucket < edges.length && value >= edges[bucket]) {
            bucket++;
        }
        return FeatureField.FIRST + bucket;
    }
}
