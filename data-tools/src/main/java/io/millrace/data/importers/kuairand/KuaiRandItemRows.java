package io.millrace.data.importers.kuairand;

import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.features.Vocabulary;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Turns catalogue and history into the rows of the items. */
final class KuaiRandItemRows {
    private static final int DURATION_BUCKETS = 20;
    private static final float[] ASPECT_EDGES = {0.7f, 0.95f, 1.05f, 1.5f, 1.9f};
    private static final List<String> CATEGORIES = categories();

    private final KuaiRandCatalogue videos;
    private final Map<String, Vocabulary> vocabularies = new TreeMap<>();
    private final Map<String, float[]> numbers = new LinkedHashMap<>();
    private final Vocabulary tags;
    private final float[] durationEdges;

    KuaiRandItemRows(KuaiRandCatalogue videos, KuaiRandHistory history) {
        this.videos = videos;
        for (String column : CATEGORIES) {
            vocabularies.put(column, videos.vocabulary(column));
        }
        this.tags = videos.tagVocabulary();
        vocabularies.put("tags", tags);
        float[] durations = videos.numbers("log_duration");
        this.durationEdges = KuaiRandCatalogue.quantileEdges(durations, DURATION_BUCKETS);
        numbers.put("log_duration", durations);
        numbers.put("log_views", history.videoLogViews());
        numbers.put("item_long_view_rate", history.videoLongRate());
        numbers.put("item_like_rate", history.videoLikeRate());
        numbers.put("tag_long_view_rate", tagRates(history));
    }

    List<FeatureField> fields() {
        List<FeatureField> fields = new ArrayList<>();
        fields.add(
                FeatureField.categorical(
                        FeatureScope.ITEM,
                        "item_id",
                        videos.count() + FeatureField.FIRST,
                        FeatureField.ITEM_TABLE));
        for (String column : CATEGORIES) {
            fields.add(KuaiRandFields.categorical(FeatureScope.ITEM, column, vocabularies));
        }
        fields.add(
                FeatureField.categorical(
                        FeatureScope.ITEM,
                        "duration_bucket",
                        FeatureField.FIRST + durationEdges.length + 1));
        fields.add(
                FeatureField.categorical(
                        FeatureScope.ITEM,
                        "aspect_bucket",
                        FeatureField.FIRST + ASPECT_EDGES.length + 1));
        fields.add(
                FeatureField.tags(
                        FeatureScope.ITEM, "tags", tags.cardinality(), videos.mostTags()));
        numbers.forEach(
                (name, values) ->
                        fields.add(KuaiRandFields.number(FeatureScope.ITEM, name, values)));
        return fields;
    }

    RowTable build(FeatureSchema schema) {
        try (RowTable.Builder rows =
                RowTable.builder(schema.layout(FeatureScope.ITEM), videos.count())) {
            for (int video = 0; video < videos.count(); video++) {
                rows.append(videos.id(video));
                rows.category(schema.field("item_id"), video + FeatureField.FIRST);
                for (String column : CATEGORIES) {
                    rows.category(
                            schema.field(column),
                            KuaiRandFields.idOf(
                                    vocabularies, column, videos.category(column, video)));
                }
                rows.category(
                        schema.field("duration_bucket"),
                        KuaiRandCatalogue.bucketId(
                                videos.number("log_duration", video), durationEdges));
                rows.category(
                        schema.field("aspect_bucket"),
                        KuaiRandCatalogue.bucketId(videos.number("aspect", video), ASPECT_EDGES));
                int[] ids = videos.tagIds(video, tags);
                rows.values(schema.field("tags"), ids, 0, ids.length);
                for (Map.Entry<String, float[]> number : numbers.entrySet()) {
                    rows.number(schema.field(number.getKey()), number.getValue()[video]);
                }
            }
            return rows.build();
        }
    }

    /** Mean long-view rate of an item's tags, NaN without any. */
    private float[] tagRates(KuaiRandHistory history) {
        int[][] tagsOfVideo = new int[videos.count()][];
        for (int video = 0; video < tagsOfVideo.length; video++) {
            tagsOfVideo[video] = videos.tagIds(video, tags);
        }
        float[] rateOfTag = history.tagLongRate(tagsOfVideo, tags.cardinality());
        float[] result = new float[tagsOfVideo.length];
        for (int video = 0; video < result.length; video++) {
            double sum = 0;
            for (int tag : tagsOfVideo[video]) {
                sum += rateOfTag[tag];
            }
            int count = tagsOfVideo[video].length;
            result[video] = count == 0 ? Float.NaN : (float) (sum / count);
        }
        return result;
    }

    private static List<String> categories() {
        List<String> columns = new ArrayList<>(List.of("creator"));
        columns.addAll(KuaiRandColumns.VIDEO_CATEGORIES);
        return List.copyOf(columns);
    }

    Map<String, Vocabulary> vocabularies() {
        return vocabularies;
    }
}
