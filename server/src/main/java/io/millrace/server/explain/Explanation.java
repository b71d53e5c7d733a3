package io.millrace.server.explain;

import io.millrace.core.wire.codec.FieldScopeCode;
import io.millrace.core.wire.codec.ReasonCode;

import java.util.List;

/**
 * What became of items on their way to an answer, and how many others were beside them.
 *
 * @param momentMs what the answer was made for, milliseconds since 1970 UTC
 * @param retrieved how many candidates were found
 * @param candidates how many of them were left by what was seen and excluded
 * @param ranked how many of them were scored by the ranker
 * @param answered how many of them are answered
 * @param degraded what was given up, bits as on the wire
 * @param reason what was special about the answer
 * @param heads names of what the ranker foretells
 * @param fields the features that it takes
 * @param items what is explained
 */
public record Explanation(
        long momentMs,
        int retrieved,
        int candidates,
        int ranked,
        int answered,
        int degraded,
        ReasonCode reason,
        List<String> heads,
        List<Field> fields,
        List<ExplainedItem> items) {
    /** Copies the lists. */
    public Explanation {
        heads = List.copyOf(heads);
        fields = List.copyOf(fields);
        items = List.copyOf(items);
    }

    /**
     * A feature.
     *
     * @param scope of what
     * @param name as in the feature schema
     */
    public record Field(FieldScopeCode scope, String name) {}
}
