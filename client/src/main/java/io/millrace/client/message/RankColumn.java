package io.millrace.client.message;

import io.millrace.core.error.MillraceException;
import io.millrace.core.wire.ColumnBytes;
import io.millrace.core.wire.codec.FormCode;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Raw values of a feature of the candidates of a rank request: one for each in their order, or a
 * single one for all of them. Of tags, a column holds one of each candidate; there may be several.
 */
public sealed interface RankColumn permits RankColumn.Numbers, RankColumn.Texts {
    /**
     * Name of the feature.
     *
     * @return as in {@link RankColumns#columns}.
     */
    String name();

    /** In which form the values come. */
    FormCode form();

    /** The values as they are on the wire. */
    byte[] bytes();

    /**
     * Numbers as they were measured.
     *
     * @param name of the feature.
     * @param values NaN where missing.
     */
    @SuppressWarnings("ArrayRecordComponent") // Sent once, compared by nobody.
    record Numbers(String name, double[] values) implements RankColumn {
        @Override
        public FormCode form() {
            return FormCode.NUMBERS;
        }

        @Override
        public byte[] bytes() {
            return ColumnBytes.of(values);
        }
    }

    /**
     * Categories or tags.
     *
     * @param name of the feature.
     * @param values empty where missing.
     */
    record Texts(String name, List<String> values) implements RankColumn {
        /**
         * Copies the list.
         *
         * @throws MillraceException USAGE when a text is too long to be sent.
         */
        public Texts {
            values = List.copyOf(values);
            for (String value : values) {
                int length = value.getBytes(StandardCharsets.UTF_8).length;
                if (length > ColumnBytes.MAX_TEXT_BYTES) {
                    throw MillraceException.usage(
                            "text too long: column=%s, bytes=%d, limit=%d",
                            name, length, ColumnBytes.MAX_TEXT_BYTES);
                }
            }
        }

        @Override
        public FormCode form() {
            return FormCode.TEXTS;
        }

        @Override
        public byte[] bytes() {
            return ColumnBytes.of(values);
        }
    }
}
