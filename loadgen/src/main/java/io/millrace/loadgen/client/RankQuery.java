package io.millrace.loadgen.client;

import io.millrace.core.error.MillraceException;
import io.millrace.core.wire.FrameLayout;
import io.millrace.core.wire.WireLimits;
import io.millrace.core.wire.codec.MessageHeaderEncoder;
import io.millrace.core.wire.codec.RankRequestEncoder;

import org.agrona.MutableDirectBuffer;

import java.util.List;
import java.util.Map;

/**
 * A question for the order of candidates.
 *
 * @param userId the user; -1: nobody known.
 * @param k how many to answer with; 0: all.
 * @param timestampMs since 1970 UTC; 0: now.
 * @param context raw codes by the number of the context field.
 * @param candidates items of the catalogue; with columns whatever the answer is to call them.
 * @param appliesRules whether to re-rank by the rules of the bundle; not with columns.
 * @param columns features of the candidates; none to take those of the catalogue.
 */
public record RankQuery(
        long userId,
        int k,
        long timestampMs,
        Map<Integer, Integer> context,
        List<Long> candidates,
        boolean appliesRules,
        List<RankColumn> columns) {
    /** The user where nobody is known. */
    public static final long NOBODY = -1;

    /**
     * Copies the lists.
     *
     * @throws MillraceException USAGE when there is more than a frame can hold.
     */
    public RankQuery {
        context = Map.copyOf(context);
        candidates = List.copyOf(candidates);
        columns = List.copyOf(columns);
        requireRange("k", k, RankRequestEncoder.kMaxValue());
        requireRange("context", context.size(), WireLimits.MAX_GROUP_COUNT);
        requireRange("candidates", candidates.size(), WireLimits.MAX_GROUP_COUNT);
        requireRange("columns", columns.size(), WireLimits.MAX_GROUP_COUNT);
        for (int field : context.keySet()) {
            requireRange("context field", field, WireLimits.MAX_GROUP_COUNT);
        }
    }

    private static void requireRange(String name, int value, int most) {
        if (value < 0 || value > most) {
            throw MillraceException.usage("out of range: %s=%d, limit=%d", name, value, most);
        }
    }

    /**
     * A question for items of the catalogue, all of them to be ordered for now.
     *
     * @param userId the user; -1: nobody known.
     * @param itemIds the candidates.
     * @return the question.
     */
    public static RankQuery ofItems(long userId, List<Long> itemIds) {
        return new RankQuery(userId, 0, 0, Map.of(), itemIds, false, List.of());
    }

    /**
     * A question for rows, all of them to be ordered for nobody known and now.
     *
     * @param names what the answer is to call them.
     * @param columns their features.
     * @return the question.
     */
    public static RankQuery ofRows(List<Long> names, List<RankColumn> columns) {
        return new RankQuery(NOBODY, 0, 0, Map.of(), names, false, columns);
    }

    /**
     * Writes the question as a frame but for its length and version.
     *
     * @param buffer where to.
     * @param correlationId of the question.
     * @return bytes of the body.
     */
    public int write(MutableDirectBuffer buffer, long correlationId) {
        RankRequestEncoder encoder =
                new RankRequestEncoder()
                        .wrapAndApplyHeader(
                                buffer, FrameLayout.HEADER_OFFSET, new MessageHeaderEncoder());
        encoder.correlationId(correlationId)
                .userId(userId)
                .timestampMs(timestampMs)
                .deadlineUs(0)
                .k(k)
                .flags()
                .clear()
                .applyRules(appliesRules);
        RankRequestEncoder.ContextEncoder codes = encoder.contextCount(context.size());
        context.forEach((field, code) -> codes.next().field(field).code(code));
        RankRequestEncoder.CandidatesEncoder items = encoder.candidatesCount(candidates.size());
        candidates.forEach(itemId -> items.next().itemId(itemId));
        RankRequestEncoder.ColumnsEncoder group = encoder.columnsCount(columns.size());
        for (RankColumn column : columns) {
            byte[] bytes = column.bytes();
            group.next().form(column.form()).name(column.name()).putValues(bytes, 0, bytes.length);
        }
        return encoder.encodedLength();
    }
}
