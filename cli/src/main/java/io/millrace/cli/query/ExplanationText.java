package io.millrace.cli.query;

import io.millrace.cli.console.CommonOptions;
import io.millrace.cli.console.TextTable;
import io.millrace.cli.console.Texts;
import io.millrace.client.message.Explanation;
import io.millrace.core.metrics.Figures;
import io.millrace.core.wire.codec.SlotCode;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Why items were answered or not, for people and for programs. */
final class ExplanationText {
    private static final double NS_PER_US = 1e3;
    private static final int DIGITS = 5;
    private static final String NONE = "-";

    /** So many features are named of each item. */
    private static final int MOST_FEATURES = 5;

    private ExplanationText() {}

    /** Prints an explanation; a refusal becomes an error. */
    static void print(CommonOptions common, Explanation explanation) {
        common.write(figures(explanation));
        AnswerText.requireOk(explanation.status(), explanation.message());
        table(explanation).print(common.out(), "");
        TextTable features = new TextTable(1).row("item", "what its value hangs on most");
        for (Explanation.Item item : explanation.items()) {
            features.row(String.valueOf(item.itemId()), features(explanation, item));
        }
        common.out().println();
        features.print(common.out(), "");
        common.out().println();
        common.out().println(summary(explanation));
    }

    private static TextTable table(Explanation explanation) {
        List<String> titles = new ArrayList<>(List.of("item", "place", "ranked", "score", "value"));
        titles.addAll(explanation.heads());
        titles.addAll(List.of("light", "retrieved", "as", "similarity", "nearest", "why"));
        TextTable table = new TextTable(titles.size() - 1).row(titles.toArray(String[]::new));
        for (Explanation.Item item : explanation.items()) {
            List<String> cells = new ArrayList<>();
            cells.add(String.valueOf(item.itemId()));
            cells.add(place(item.place()));
            cells.add(place(item.rankedPlace()));
            cells.add(number(item.score()));
            cells.add(number(item.value()));
            for (int head = 0; head < explanation.heads().size(); head++) {
                boolean isKnown = head < item.probabilities().length;
                cells.add(isKnown ? number(item.probabilities()[head]) : NONE);
            }
            cells.add(number(item.lightValue()));
            cells.add(place(item.retrievedPlace()));
            cells.add(number(item.retrievalScore()));
            cells.add(number(item.similarity()));
            cells.add(place(item.similarityPlace()));
            cells.add(why(item));
            table.row(cells.toArray(String[]::new));
        }
        return table;
    }

    private static String place(int place) {
        return place == 0 ? NONE : Texts.count(place);
    }

    private static String number(float number) {
        return Texts.number(number, DIGITS);
    }

    private static String why(Explanation.Item item) {
        return switch (item.fate()) {
            case ANSWERED -> answered(item.slot());
            case UNKNOWN -> "not in the catalogue";
            case DELETED -> "deleted";
            case EXCLUDED -> "excluded by the request";
            case SEEN -> "the user has seen it";
            case FILTERED -> "the request's filter leaves it out";
            case NOT_RETRIEVED -> "not retrieved";
            case BEYOND_CANDIDATES -> "retrieved behind all candidates";
            case CUT -> "left out by the light ranker";
            case INVALID -> "its score is no number";
            case CREATOR_CAP -> "its creator has all the places one may have";
            case DUPLICATE -> "nearly the same as an answered one";
            case DIVERSITY -> "too much like what is answered";
            case OUTRANKED -> "all that is answered has a higher score";
            case NULL_VAL -> "not known to this client";
        };
    }

    private static String answered(SlotCode slot) {
        return switch (slot) {
            case DIVERSITY -> "answered, lifted as it is unlike what stands above";
            case CREATOR_CAP_RELAXED -> "answered, as too few were left under the creator cap";
            case DUPLICATE_RELAXED -> "answered, as too few were left that differ";
            case NONE, RELEVANCE, NULL_VAL -> "answered";
        };
    }

    /** The fields that matter most, as in {@code creator +0.021, watched -0.004}. */
    private static String features(Explanation explanation, Explanation.Item item) {
        float[] contributions = item.contributions();
        String most =
                largest(contributions)
                        .mapToObj(
                                field ->
                                        explanation.fields().get(field).name()
                                                + (contributions[field] < 0 ? " -" : " +")
                                                + Texts.number(
                                                        Math.abs(contributions[field]), DIGITS))
                        .collect(Collectors.joining(", "));
        return most.isEmpty() ? NONE : most;
    }

    private static IntStream largest(float[] contributions) {
        return IntStream.range(0, contributions.length)
                .boxed()
                .filter(field -> contributions[field] != 0)
                .sorted(Comparator.comparingDouble(field -> -Math.abs(contributions[field])))
                .limit(MOST_FEATURES)
                .mapToInt(Integer::intValue);
    }

    private static String summary(Explanation explanation) {
        String reason = AnswerText.word(explanation.reason());
        return "retrieved "
                + Texts.count(explanation.retrieved())
                + ", not seen, excluded or filtered out "
                + Texts.count(explanation.candidates())
                + ", ranked "
                + Texts.count(explanation.ranked())
                + ", answered "
                + Texts.count(explanation.answered())
                + ", explained in "
                + Texts.micros(explanation.serviceNs() / NS_PER_US)
                + (reason.equals("none") ? "" : ", reason " + reason)
                + (explanation.degraded() == 0 ? "" : ", degraded " + explanation.degraded())
                + "; --time-ms "
                + explanation.momentMs();
    }

    private static Figures figures(Explanation explanation) {
        return new Figures()
                .put("status", AnswerText.word(explanation.status()))
                .put("reason", AnswerText.word(explanation.reason()))
                .put("degraded", explanation.degraded())
                .put("moment_ms", explanation.momentMs())
                .put("retrieved", explanation.retrieved())
                .put("candidates", explanation.candidates())
                .put("ranked", explanation.ranked())
                .put("answered", explanation.answered())
                .put("service_us", explanation.serviceNs() / NS_PER_US)
                .put("fingerprint", AnswerText.fingerprint(explanation.fingerprint()))
                .put("items", explanation.items().stream().map(i -> of(explanation, i)).toList());
    }

    /** What is not known is left out. */
    private static Figures of(Explanation explanation, Explanation.Item item) {
        Figures figures =
                new Figures()
                        .put("item", item.itemId())
                        .put("fate", AnswerText.word(item.fate()))
                        .put("state", AnswerText.word(item.state()))
                        .put("seen", item.isSeen() ? 1 : 0)
                        .put("excluded", item.isExcluded() ? 1 : 0)
                        .put("filtered", item.isFiltered() ? 1 : 0)
                        .put("place", item.place())
                        .put("slot", AnswerText.word(item.slot()))
                        .put("ranked_place", item.rankedPlace())
                        .put("retrieved_place", item.retrievedPlace())
                        .put("retriever", AnswerText.word(item.retriever()))
                        .put("similarity_place", item.similarityPlace());
        putKnown(figures, "score", item.score());
        putKnown(figures, "value", item.value());
        putKnown(figures, "light_value", item.lightValue());
        putKnown(figures, "retrieval_score", item.retrievalScore());
        putKnown(figures, "similarity", item.similarity());
        List<Figures> heads = new ArrayList<>();
        for (int i = 0; i < item.probabilities().length; i++) {
            Figures head = new Figures().put("name", explanation.heads().get(i));
            putKnown(head, "probability", item.probabilities()[i]);
            heads.add(head);
        }
        List<Figures> fields = new ArrayList<>();
        for (int i = 0; i < item.contributions().length; i++) {
            Explanation.Field field = explanation.fields().get(i);
            Figures each =
                    new Figures()
                            .put("name", field.name())
                            .put("scope", AnswerText.word(field.scope()));
            putKnown(each, "contribution", item.contributions()[i]);
            fields.add(each);
        }
        return figures.put("heads", heads).put("fields", fields);
    }

    private static void putKnown(Figures figures, String key, float number) {
        if (!Float.isNaN(number)) {
            figures.put(key, number);
        }
    }
}
