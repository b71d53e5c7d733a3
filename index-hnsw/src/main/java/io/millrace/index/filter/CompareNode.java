package io.millrace.index.filter;

import io.millrace.core.HotPath;
import io.millrace.index.attributes.Float64Column;
import io.millrace.index.attributes.LongCells;
import io.millrace.index.predicate.Comparison;
import io.millrace.index.predicate.Operand;

/**
 * Rows whose number compares with a value: those with a key from here to there, as numbers of both
 * kinds have keys that are ordered as they are. The key of a missing value is below all ranges.
 */
final class CompareNode extends KeyRangeNode {
    private static final long LEAST_KEY = LongCells.MISSING + 1;

    private final Comparison comparison;
    private final Operand value;
    private final boolean isDecimal;
    private final FilterParameters parameters;

    CompareNode(
            LongCells cells,
            Comparison comparison,
            Operand value,
            boolean isDecimal,
            FilterParameters parameters) {
        super(cells, 0, -1);
        this.comparison = comparison;
        this.value = value;
        this.isDecimal = isDecimal;
        this.parameters = parameters;
    }

    @Override
    @HotPath
    void prepare() {
        long key =
                isDecimal ? Float64Column.key(parameters.decimal(value)) : parameters.whole(value);
        switch (comparison) {
            case EQUAL -> setRange(Math.max(LEAST_KEY, key), key);
            case AT_MOST -> setRange(LEAST_KEY, key);
            case AT_LEAST -> setRange(Math.max(LEAST_KEY, key), Long.MAX_VALUE);
            case LESS -> setRange(LEAST_KEY, Math.max(LongCells.MISSING + 1, key) - 1);
            case GREATER -> {
                if (key == Long.MAX_VALUE) {
                    setRange(0, -1);
                } else {
                    setRange(key + 1, Long.MAX_VALUE);
                }
            }
        }
    }
}
