package io.millrace.server.gateway;

import io.millrace.core.error.MillraceException;
import io.millrace.core.json.NearestKey;
import io.millrace.server.http.HttpCall;

import org.jspecify.annotations.Nullable;

import java.util.List;

/** The parameters behind a path, of which unknown and doubled ones are refused. */
final class QueryString {
    private final HttpCall call;

    QueryString(HttpCall call, List<String> known) {
        this.call = call;
        for (String key : call.query().keySet()) {
            if (!known.contains(key)) {
                throw MillraceException.badInput(
                        "unknown parameter: key=%s, nearest=%s; correct or remove it",
                        key, known.isEmpty() ? "none" : NearestKey.of(key, known));
            }
        }
    }

    /** A parameter that is one of some words, or null where it is not there. */
    @Nullable String word(String key, List<String> words) {
        String value = value(key);
        if (value != null && !words.contains(value)) {
            throw MillraceException.badInput(
                    "no such value: key=%s, value=%s; take one of %s", key, value, words);
        }
        return value;
    }

    /** A parameter that is a number. */
    int whole(String key, int absent, int max) {
        String value = value(key);
        if (value == null) {
            return absent;
        }
        int number = -1;
        if (value.matches("[0-9]{1,9}")) {
            number = Integer.parseInt(value);
        }
        if (number < 0 || number > max) {
            throw MillraceException.badInput(
                    "number out of range: key=%s, value=%s, limit=0 to %d; change it",
                    key, value, max);
        }
        return number;
    }

    private @Nullable String value(String key) {
        List<String> values = call.query().getOrDefault(key, List.of());
        if (values.size() > 1) {
            throw MillraceException.badInput("given twice: key=%s; remove one", key);
        }
        return values.isEmpty() ? null : values.getFirst();
    }
}
