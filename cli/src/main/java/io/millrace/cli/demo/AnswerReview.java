package io.millrace.cli.demo;

import io.millrace.client.MillraceClient;
import io.millrace.client.message.Answer;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.codec.ReasonCode;
import io.millrace.data.dataset.Dataset;
import io.millrace.loadgen.report.SampledAnswer;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureKind;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.features.RowTable;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Looks at answers one by one: enough items, none twice, all of the catalogue, none the user has
 * seen already; and at the answers that are special: a newcomer, an item nobody knows, one that is
 * like another.
 */
final class AnswerReview {
    private static final long UNKNOWN_ID = Long.MIN_VALUE + 7;

    private final Dataset dataset;
    private final int expected;
    private int checked;
    private int wrong;
    private String firstProblem = "";

    AnswerReview(Dataset dataset) {
        this.dataset = dataset;
        this.expected = Math.min(DemoPlan.K, dataset.items().count());
    }

    int checked() {
        return checked;
    }

    int wrong() {
        return wrong;
    }

    String firstProblem() {
        return firstProblem;
    }

    /** Checks answers kept from the load. */
    void checkAll(List<SampledAnswer> answers) {
        for (SampledAnswer answer : answers) {
            String who = "user " + answer.userId();
            expect(answer.itemIds().length == expected, who + " got " + answer.itemIds().length);
            checkItems(answer.itemIds(), seen(answer.userId()), who);
        }
    }

    /** Asks what is special. */
    void askSpecial(MillraceClient client) {
        Answer newcomer = client.recommend(UNKNOWN_ID, DemoPlan.K);
        expect(
                newcomer.isOk()
                        && newcomer.reason() == ReasonCode.COLD_START
                        && newcomer.itemIds().length == expected,
                "a newcomer got "
                        + newcomer.itemIds().length
                        + " items, reason "
                        + newcomer.reason());
        checkItems(newcomer.itemIds(), Set.of(), "a newcomer");
        long item = dataset.items().id(0);
        Answer similar = client.similar(item, DemoPlan.K);
        expect(similar.isOk(), "similar to a known item: " + similar.status());
        checkItems(similar.itemIds(), Set.of(item), "similar to item " + item);
        Answer unknown = client.similar(UNKNOWN_ID, DemoPlan.K);
        expect(
                unknown.status() == Status.UNKNOWN_ITEM,
                "similar to an unknown item: " + unknown.status());
    }

    private void checkItems(long[] itemIds, Set<Long> forbidden, String who) {
        Set<Long> met = new HashSet<>();
        for (long itemId : itemIds) {
            expect(met.add(itemId), who + " got item " + itemId + " twice");
            expect(dataset.items().indexOf(itemId) >= 0, who + " got unknown item " + itemId);
            expect(!forbidden.contains(itemId), who + " got item " + itemId + " again");
        }
        checked++;
    }

    private void expect(boolean isRight, String problem) {
        if (!isRight) {
            wrong++;
            if (firstProblem.isEmpty()) {
                firstProblem = problem;
            }
        }
    }

    /** Ids of the items in the histories of a user. */
    Set<Long> seen(long userId) {
        Set<Long> seen = new HashSet<>();
        RowTable users = dataset.users();
        int row = users.indexOf(userId);
        if (row < 0) {
            return seen;
        }
        for (FeatureField field : dataset.schema().fields(FeatureScope.USER)) {
            if (field.kind() == FeatureKind.SEQUENCE
                    && field.table().equals(FeatureField.ITEM_TABLE)) {
                long at = users.offset(row) + 4L * users.layout().slotOf(field);
                int count = users.segment().get(RowLayout.INT, at);
                for (int i = 1; i <= count; i++) {
                    int ordinal =
                            users.segment().get(RowLayout.INT, at + 4L * i) - FeatureField.FIRST;
                    if (ordinal >= 0) {
                        seen.add(dataset.items().id(ordinal));
                    }
                }
            }
        }
        return seen;
    }
}
