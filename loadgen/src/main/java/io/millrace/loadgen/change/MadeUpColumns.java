package io.millrace.loadgen.change;

import io.millrace.client.message.RankColumn;
import io.millrace.client.message.RankColumns;
import io.millrace.core.random.SplitRandom;
import io.millrace.core.wire.codec.FormCode;

import java.util.stream.IntStream;

/** Values of features that any server takes, whatever a feature means. */
public final class MadeUpColumns {
    private static final int TEXTS = 1 << 12;

    private MadeUpColumns() {}

    /**
     * Makes values up: every field takes 0, 1 and what is missing, and any text.
     *
     * @param column which feature.
     * @param count of values.
     * @param random where they come from.
     * @return the values.
     */
    public static RankColumn of(RankColumns.Column column, int count, SplitRandom random) {
        if (column.form() == FormCode.NUMBERS) {
            double[] numbers = new double[count];
            for (int i = 0; i < count; i++) {
                int number = random.nextInt(3);
                numbers[i] = number == 2 ? Double.NaN : number;
            }
            return new RankColumn.Numbers(column.name(), numbers);
        }
        return new RankColumn.Texts(
                column.name(),
                IntStream.range(0, count)
                        .mapToObj(i -> String.format("%08x", random.nextInt(TEXTS)))
                        .toList());
    }
}
