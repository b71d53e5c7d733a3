package io.millrace.cli.demo;

import io.millrace.cli.console.Texts;
import io.millrace.cli.report.ReportData.Example;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.simulate.HiddenPreference;
import io.millrace.loadgen.report.SampledAnswer;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureKind;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.features.Vocabulary;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Some answers with what is known of their items. */
final class ExampleAnswers {
    /** How many answers are shown. */
    static final int COUNT = 3;

    private static final Set<String> SHOWN =
            Set.of("creator", "category", "tags", "log_views", "item_long_view_rate");

    private final Dataset dataset;
    private final List<FeatureField> fields;
    private final AnswerReview review;
    private final Optional<HiddenPreference> preference;

    ExampleAnswers(Dataset dataset) {
        this.dataset = dataset;
        this.review = new AnswerReview(dataset);
        this.preference = HiddenPreference.of(dataset);
        this.fields =
                dataset.schema().fields(FeatureScope.ITEM).stream()
                        .filter(field -> SHOWN.contains(field.name()))
                        .toList();
    }

    Example of(SampledAnswer answer) {
        List<String> columns = new ArrayList<>(List.of("place", "item", "score"));
        preference.ifPresent(hidden -> columns.add("hidden worth"));
        fields.forEach(field -> columns.add(field.name().replace('_', ' ')));
        List<List<String>> rows = new ArrayList<>();
        for (int i = 0; i < answer.itemIds().length; i++) {
            rows.add(cells(answer, i));
        }
        return new Example(
                "user " + answer.userId(),
                "has watched "
                        + review.seen(answer.userId()).size()
                        + " of them lately; "
                        + Texts.count(answer.retrieved())
                        + " retrieved",
                columns,
                rows);
    }

    private List<String> cells(SampledAnswer answer, int place) {
        long itemId = answer.itemIds()[place];
        int item = dataset.items().indexOf(itemId);
        int user = dataset.users().indexOf(answer.userId());
        List<String> cells = new ArrayList<>();
        cells.add(String.valueOf(place + 1));
        cells.add(String.valueOf(itemId));
        cells.add(Texts.number(answer.scores()[place], 4));
        preference.ifPresent(
                hidden -> cells.add(item < 0 ? "-" : Texts.number(hidden.gain(user, item), 3)));
        fields.forEach(field -> cells.add(item < 0 ? "-" : cell(field, item)));
        return cells;
    }

    private String cell(FeatureField field, int item) {
        RowTable items = dataset.items();
        MemorySegment rows = items.segment();
        long at = items.offset(item) + 4L * items.layout().slotOf(field);
        if (field.kind() == FeatureKind.NUMERIC) {
            return Texts.number(rows.get(RowLayout.FLOAT, at), 2);
        }
        if (!field.isList()) {
            return value(field, rows.get(RowLayout.INT, at));
        }
        List<String> values = new ArrayList<>();
        int count = rows.get(RowLayout.INT, at);
        for (int i = 1; i <= count; i++) {
            values.add(value(field, rows.get(RowLayout.INT, at + 4L * i)));
        }
        return values.isEmpty() ? "-" : String.join(" ", values);
    }

    private String value(FeatureField field, int id) {
        if (id < FeatureField.FIRST) {
            return "-";
        }
        int place = id - FeatureField.FIRST;
        Vocabulary words = dataset.schema().vocabularies().get(field.table());
        return words != null && place < words.values().size()
                ? words.values().get(place)
                : String.valueOf(place);
    }
}
