package io.millrace.server.funnel.filter;

import io.millrace.core.HotPath;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.wire.Status;
import io.millrace.index.filter.FilterPlan;
import io.millrace.index.predicate.Predicate;
import io.millrace.server.funnel.attributes.ServedAttributes;
import io.millrace.server.request.Answer;
import io.millrace.server.request.RequestText;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The filters that a worker met last, ready to be asked, by their texts.
 *
 * <p>Threading: one thread. Allocation: by a text that is not among them.
 */
@HotPath
final class KnownFilters {
    /** How many are kept; the one that was asked for longest ago goes. */
    static final int CAPACITY = 16;

    private final ServedAttributes attributes;
    private final byte[][] texts = new byte[CAPACITY][];
    private final @Nullable FilterPlan[] plans = new FilterPlan[CAPACITY];
    private final long[] lastUses = new long[CAPACITY];
    private long uses;

    KnownFilters(ServedAttributes attributes) {
        this.attributes = attributes;
        Arrays.fill(texts, new byte[0]);
    }

    /** What a text says; null where the answer says what is wrong with it. */
    @Nullable FilterPlan planOf(RequestText text, Answer answer) {
        uses++;
        for (int i = 0; i < CAPACITY; i++) {
            FilterPlan known = plans[i];
            if (known != null && text.is(texts[i])) {
                lastUses[i] = uses;
                return known;
            }
        }
        return learn(text, answer);
    }

    private @Nullable FilterPlan learn(RequestText text, Answer answer) {
        FilterPlan plan = compile(text, answer);
        if (plan != null) {
            int oldest = 0;
            for (int i = 1; i < CAPACITY; i++) {
                oldest = lastUses[i] < lastUses[oldest] ? i : oldest;
            }
            texts[oldest] = Arrays.copyOf(text.bytes(), text.length());
            plans[oldest] = plan;
            lastUses[oldest] = uses;
        }
        return plan;
    }

    private @Nullable FilterPlan compile(RequestText text, Answer answer) {
        try {
            String decoded =
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(text.bytes(), 0, text.length()))
                            .toString();
            Predicate predicate = Predicate.compile(decoded, attributes.table().schema());
            if (!predicate.parameters().isEmpty()) {
                answer.fail(
                        Status.BAD_REQUEST,
                        "a filter has no values for parameters: found=$1; write the value itself");
                return null;
            }
            return FilterPlan.of(predicate, attributes.table(), attributes.items());
        } catch (CharacterCodingException e) {
            answer.fail(Status.BAD_REQUEST, "filter is not utf-8; correct it");
        } catch (MillraceException e) {
            if (e.code() != ErrorCode.BAD_INPUT && e.code() != ErrorCode.LIMIT) {
                throw e;
            }
            answer.fail(Status.BAD_REQUEST, e.getMessage());
        }
        return null;
    }
}
