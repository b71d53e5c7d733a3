package io.millrace.data.importers.mapped;

import io.millrace.core.error.MillraceException;
import io.millrace.core.json.Json;
import io.millrace.data.dataset.Label;
import io.millrace.data.importers.source.DelimitedFormat;
import io.millrace.data.importers.table.EventColumns;
import io.millrace.data.importers.table.EventDataset;
import io.millrace.data.importers.table.HistoryPooling;
import io.millrace.data.importers.table.RatePlan;
import io.millrace.data.importers.table.SplitPlan;
import io.millrace.ranker.dcn.RankerHeads;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureKind;
import io.millrace.ranker.features.FeatureRate;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.SequencePooling;

import org.jspecify.annotations.Nullable;

import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.UnsupportedCharsetException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/**
 * What the columns of a log mean (docs/data-sets.md has an example).
 *
 * @param name name of the data set for people.
 * @param user column of the user's id.
 * @param item column of the item's id.
 * @param ids how users and items are named; NUMBER where it is left out.
 * @param time column of the time.
 * @param timeForm how times are written.
 * @param utcOffsetMinutes local time, minutes east of UTC; 0 where it is left out.
 * @param click what a click is.
 * @param longView what a long view is; the same as a click where it is left out.
 * @param like what a like is; nothing where it is left out.
 * @param labels what else may come of an event, by the names that figures and formulas have for it;
 *     nothing where it is left out.
 * @param watchRatio column of the watched share; nothing where it is left out.
 * @param isEveryEventWatched whether a history holds all events, as for ratings, and not only what
 *     was clicked.
 * @param features columns that become features; those of users and items are taken from the row
 *     that names them first.
 * @param crosses features that are combinations of others; none where it is left out.
 * @param hasTimeOnCircles whether models see hour and day of the week as sine and cosine beside the
 *     categories; no where it is left out.
 * @param pooling how the ranker pools the sequences of users, by their names; the mean where one is
 *     left out.
 * @param rates how items are doing of late, as features; none where it is left out.
 * @param text how text files are written; a CSV file with a header where it is left out.
 * @param split how events are parted by time; seven tenths, two, one where it is left out.
 */
public record Mapping(
        String name,
        String user,
        String item,
        @Nullable MappedId ids,
        String time,
        MappedTime timeForm,
        @Nullable Integer utcOffsetMinutes,
        MappedLabel click,
        @Nullable MappedLabel longView,
        @Nullable MappedLabel like,
        @Nullable Map<String, MappedLabel> labels,
        @Nullable String watchRatio,
        boolean isEveryEventWatched,
        List<MappedFeature> features,
        @Nullable List<MappedCross> crosses,
        @Nullable Boolean hasTimeOnCircles,
        @Nullable Map<String, SequencePooling> pooling,
        @Nullable List<RatePlan> rates,
        @Nullable Text text,
        @Nullable SplitPlan split) {
    /** The most ids of a hashed feature. */
    static final int MOST_BUCKETS = 1 << 24;

    private static final int MOST_OFFSET_MINUTES = 24 * 60 - 1;

    /** Validates and copies. */
    public Mapping {
        require("name", name);
        require("user", user);
        require("item", item);
        require("time", time);
        require("timeForm", timeForm);
        require("click", click);
        require("features", features);
        requireRange(
                "utcOffsetMinutes", utcOffsetMinutes, -MOST_OFFSET_MINUTES, MOST_OFFSET_MINUTES);
        requireEach("features", features);
        requireEach("crosses", crosses);
        requireEach("rates", rates);
        features = List.copyOf(features);
        // In the order of names, so that the same mapping gives the same bytes.
        labels = labels == null ? null : new TreeMap<>(labels);
        requireOthers(labels);
        requireShares(rates, watchRatio);
        Set<String> names = new HashSet<>();
        for (MappedFeature feature : features) {
            if (!names.add(feature.name())) {
                throw MillraceException.badInput(
                        "feature twice in the mapping: name=%s, column=%s; leave one of them out,"
                                + " or set its name",
                        feature.name(), feature.column());
            }
        }
    }

    /** A label that has a key of its own is mapped by that, and there are so many bits. */
    private static void requireOthers(@Nullable Map<String, MappedLabel> labels) {
        int most = Label.MOST - Label.FIRST_OTHER_BIT;
        for (String name : labels == null ? Set.<String>of() : labels.keySet()) {
            RankerHeads.validateName(name);
            for (Label own : EventColumns.ALL_USUAL) {
                if (name.equals(own.key())) {
                    throw MillraceException.badInput(
                            "a label with a key of its own: labels=%s; map it by click, longView or"
                                    + " like",
                            name);
                }
            }
            require("labels." + name, Objects.requireNonNull(labels).get(name));
        }
        if (labels != null && labels.size() > most) {
            throw MillraceException.badInput(
                    "too many labels in the mapping: labels=%d, most=%d; leave some out",
                    labels.size(), most);
        }
    }

    /** Without shares every item would look as if nobody watched it. */
    private static void requireShares(@Nullable List<RatePlan> rates, @Nullable String watchRatio) {
        for (RatePlan rate : rates == null ? List.<RatePlan>of() : rates) {
            if (rate.event() == FeatureRate.Event.WATCH && watchRatio == null) {
                throw MillraceException.badInput(
                        "a rate of watches without watched shares: name=%s; give the key"
                                + " watchRatio, or make it a rate of CLICK",
                        rate.name());
            }
        }
    }

    /**
     * How text files are written.
     *
     * @param separator between fields; a comma where it is left out.
     * @param charset of the text; UTF-8 where it is left out.
     * @param columns names of the columns of a file without a header.
     * @param missing texts that stand for a missing value, beside the empty one.
     */
    public record Text(
            @Nullable String separator,
            @Nullable String charset,
            @Nullable List<String> columns,
            @Nullable Set<String> missing) {
        /** Validates. */
        public Text {
            requireEach("columns", columns);
            requireEach("missing", missing);
        }

        DelimitedFormat format() {
            DelimitedFormat csv = DelimitedFormat.CSV;
            return new DelimitedFormat(
                    separator == null ? csv.separator() : separator,
                    charset == null ? csv.charset() : named(charset),
                    true,
                    columns == null ? csv.columns() : columns,
                    missing == null ? csv.missing() : missing);
        }

        private static Charset named(String charset) {
            try {
                return Charset.forName(charset);
            } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
                throw MillraceException.badInput(
                        "unknown charset in the mapping: charset=%s; give one such as UTF-8 or"
                                + " ISO-8859-1",
                        charset);
            }
        }
    }

    /**
     * Reads a mapping file.
     *
     * @param path the file.
     * @return the mapping.
     * @throws MillraceException when it is missing, broken or contradicts itself.
     */
    public static Mapping read(Path path) {
        return Json.read(path, Mapping.class);
    }

    /** How text files are written. */
    DelimitedFormat format() {
        return text == null ? DelimitedFormat.CSV : text.format();
    }

    /** What stands between the tags of a column, by its name. */
    Map<String, String> listSeparators() {
        Map<String, String> separators = new HashMap<>();
        for (MappedFeature feature : features) {
            if (feature.kind() == FeatureKind.TAGS || feature.kind() == FeatureKind.WEIGHTED_TAGS) {
                separators.put(feature.column(), feature.tagSeparator());
            }
            if (feature.weights() != null) {
                separators.put(feature.weights(), feature.tagSeparator());
            }
        }
        return separators;
    }

    /** The features of users, of items or of the context, in order. */
    List<MappedFeature> features(FeatureScope scope) {
        return features.stream().filter(feature -> feature.scope() == scope).toList();
    }

    /** The features that follow from others. */
    List<FeatureField> derived() {
        List<FeatureField> derived = new ArrayList<>();
        if (Boolean.TRUE.equals(hasTimeOnCircles)) {
            derived.addAll(EventDataset.TIME_ON_CIRCLES);
        }
        if (crosses != null) {
            crosses.forEach(cross -> derived.add(cross.field()));
        }
        return derived;
    }

    /** What may come of an event; a long view that is the click is not another label. */
    List<Label> declared() {
        List<Label> declared = new ArrayList<>(List.of(Label.CLICK));
        if (longView != null && !longView.equals(click)) {
            declared.add(Label.LONG_VIEW);
        }
        if (like != null) {
            declared.add(Label.LIKE);
        }
        declared.addAll(others().keySet());
        return declared;
    }

    /** The labels that have no key of their own. */
    Map<Label, MappedLabel> others() {
        Map<Label, MappedLabel> others = new LinkedHashMap<>();
        int bit = Label.FIRST_OTHER_BIT;
        for (Map.Entry<String, MappedLabel> other :
                labels == null ? Set.<Map.Entry<String, MappedLabel>>of() : labels.entrySet()) {
            others.put(new Label(other.getKey(), bit++), other.getValue());
        }
        return others;
    }

    /** How histories are pooled. */
    HistoryPooling pooled() {
        return pooling == null ? HistoryPooling.MEAN : new HistoryPooling(pooling);
    }

    /** How items are doing of late. */
    List<RatePlan> rated() {
        return rates == null ? List.of() : rates;
    }

    /** Keys that a file leaves out arrive as null. */
    static void require(String key, @Nullable Object value) {
        if (value == null || value.equals("")) {
            throw MillraceException.badInput(
                    "a key is missing in the mapping: key=%s; add it", key);
        }
    }

    /** So do elements of a list that are null there. */
    private static void requireEach(String key, @Nullable Collection<?> values) {
        if (values != null && values.stream().anyMatch(Objects::isNull)) {
            throw MillraceException.badInput(
                    "an element is missing in the mapping: key=%s; leave it out, or say what it is",
                    key);
        }
    }

    static void requireRange(String key, @Nullable Integer value, int least, int most) {
        if (value != null && (value < least || value > most)) {
            throw MillraceException.badInput(
                    "out of range in the mapping: %s=%d, least=%d, most=%d",
                    key, value, least, most);
        }
    }
}
