package io.millrace.loadgen.report;

import io.millrace.loadgen.frame.AnswerCheck;

import org.agrona.collections.LongHashSet;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * OK answers that are kept to be judged: the first of as many users as wanted, and of as many
 * vectors.
 *
 * <p>Threading: the event loop; afterwards whoever waited for its end. Allocation: for every answer
 * kept.
 */
public final class AnswerSamples {
    private final int wanted;
    private final List<SampledAnswer> answers = new ArrayList<>();
    private final LongHashSet users = new LongHashSet();
    private final List<SampledSearch> searches = new ArrayList<>();
    private final LongHashSet vectors = new LongHashSet();

    AnswerSamples(int wanted) {
        this.wanted = wanted;
    }

    /** Keeps a recommendation, if it is the first of its user. */
    public void addRecommended(long userId, @Nullable String filter, AnswerCheck answer) {
        if (answers.size() < wanted && users.add(userId)) {
            answers.add(
                    new SampledAnswer(
                            userId,
                            filter,
                            itemIds(answer),
                            Arrays.copyOf(answer.scores(), answer.count()),
                            answer.retrieved(),
                            answer.ranked()));
        }
    }

    /** Keeps what was found, if it is the first of its vector. */
    public void addFound(int vector, @Nullable String filter, AnswerCheck answer) {
        if (searches.size() < wanted && vectors.add(vector)) {
            searches.add(new SampledSearch(vector, filter, itemIds(answer)));
        }
    }

    private static long[] itemIds(AnswerCheck answer) {
        return Arrays.copyOf(answer.itemIds(), answer.count());
    }

    /** The recommendations kept, in the order they arrived. */
    public List<SampledAnswer> answers() {
        return List.copyOf(answers);
    }

    /** What was found and kept, in the order it arrived. */
    public List<SampledSearch> searches() {
        return List.copyOf(searches);
    }
}
