package io.millrace.cli.data;

import io.millrace.core.error.MillraceException;
import io.millrace.data.importers.table.HistoryPooling;
import io.millrace.ranker.features.SequencePooling;

import picocli.CommandLine.Option;

import java.util.HashMap;
import java.util.Map;

/** How the ranker is to pool the histories of an imported data set. */
final class PoolingOptions {
    private static final String MEAN = "mean";
    private static final String ATTENTION = "attention";
    private static final String RECENCY = "recency:";

    @Option(
            names = "--pooling",
            split = ",",
            paramLabel = "HISTORY=FORM",
            description =
                    "How the ranker pools watched, long_watched or liked: mean, attention (by"
                        + " likeness to the candidate) or recency:N (half as much for an item that"
                        + " is N places older), as in watched=attention,liked=recency:10. Default:"
                        + " mean.")
    private Map<String, String> forms = new HashMap<>();

    /**
     * The pooling that was chosen.
     *
     * @throws MillraceException USAGE when a form is none, BAD_INPUT when a history is none.
     */
    HistoryPooling pooling() {
        Map<String, SequencePooling> byName = new HashMap<>();
        forms.forEach(
                (name, form) -> {
                    if (!form.equals(MEAN)) {
                        byName.put(name, parse(name, form));
                    }
                });
        return new HistoryPooling(byName);
    }

    private static SequencePooling parse(String name, String form) {
        if (form.equals(ATTENTION)) {
            return SequencePooling.ATTENTION;
        }
        if (!form.startsWith(RECENCY)) {
            throw noForm(name, form);
        }
        try {
            return SequencePooling.recency(Float.parseFloat(form.substring(RECENCY.length())));
        } catch (NumberFormatException e) {
            throw noForm(name, form);
        }
    }

    private static MillraceException noForm(String name, String form) {
        return MillraceException.usage(
                "no such pooling: --pooling %s=%s; give mean, attention or recency:N with N above"
                        + " 0",
                name, form);
    }
}
