package io.millrace.server.gateway;

import io.millrace.core.error.MillraceException;
import io.millrace.core.wire.ColumnBytes;
import io.millrace.core.wire.codec.FormCode;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads a column: {@code {"name": "price", "values": [3.5, null]}}. Its form follows from its
 * values; where all of them are missing, {@code form} has to tell.
 *
 * <p>Threading: one thread.
 */
final class ColumnReader {
    private static final List<String> KEYS = List.of("name", "form", "values");

    private final BodyReader in;
    private final List<Double> numbers = new ArrayList<>();
    private final List<String> texts = new ArrayList<>();
    private @Nullable String name;
    private @Nullable FormCode said;
    private @Nullable FormCode seen;
    private boolean hasValues;

    ColumnReader(BodyReader in) {
        this.in = in;
    }

    RequestBody.Column read() {
        in.object(this::readField);
        String named = name;
        if (named == null) {
            throw in.missing("name");
        }
        if (!hasValues) {
            throw in.missing("values");
        }
        FormCode form = form();
        return new RequestBody.Column(
                form,
                named,
                form == FormCode.NUMBERS
                        ? ColumnBytes.of(
                                numbers.stream().mapToDouble(Double::doubleValue).toArray())
                        : ColumnBytes.of(texts));
    }

    private void readField(String key) {
        switch (RequestField.find(in, key, KEYS)) {
            case 0 -> name = in.text();
            case 1 -> said = RequestField.constant(in, FormCode.NULL_VAL);
            default -> {
                hasValues = true;
                in.array(this::readValue);
            }
        }
    }

    /** A missing value is one of either form. */
    private void readValue() {
        if (in.isNull()) {
            numbers.add(Double.NaN);
            texts.add("");
            return;
        }
        FormCode form = in.isText() ? FormCode.TEXTS : FormCode.NUMBERS;
        if (seen != null && seen != form) {
            throw in.wrong("numbers and texts in one column");
        }
        seen = form;
        if (form == FormCode.TEXTS) {
            texts.add(in.text(ColumnBytes.MAX_TEXT_BYTES));
        } else {
            numbers.add(in.number());
        }
    }

    private FormCode form() {
        FormCode form = said == null ? seen : said;
        if (form == null) {
            throw in.missing("form");
        }
        if (seen != null && seen != form) {
            throw MillraceException.badInput(
                    "values of another form: key=%s, form=%s, values=%s; correct one of them",
                    in.key(), form, seen);
        }
        return form;
    }
}
