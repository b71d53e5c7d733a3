package io.millrace.index.filter;

import io.millrace.core.HotPath;
import io.millrace.index.attributes.Float64Column;
import io.millrace.index.attributes.LongCells;
import io.millrace.index.predicate.Condition;
import io.millrace.index.predicate.Interval;
import io.millrace.index.predicate.Operand;

import org.jspecify.annotations.Nullable;

/**
 * Rows whose number is in an interval: those with a key from here to there, as numbers of both
 * kinds have keys that are ordered as they are. The key of a missing value is below that of any
 * number.
 */
final class NumberNode extends RangesNode {
    private static final long LEAST_KEY = LongCells.MISSING + 1;

    private final Interval[] intervals;
    private final boolean orMissing;
    private final boolean isDecimal;
    private final FilterParameters parameters;

    NumberNode(
            LongCells cells,
            Condition.InInterval condition,
            boolean isDecimal,
            FilterParameters parameters) {
        super(cells, condition.intervals().size() + 1);
        this.intervals = condition.intervals().toArray(Interval[]::new);
        this.orMissing = condition.orMissing();
        this.isDecimal = isDecimal;
        this.parameters = parameters;
    }

    @Override
    @HotPath
    void prepare() {
        clearRanges();
        if (orMissing) {
            addRange(LongCells.MISSING, LongCells.MISSING);
        }
        for (Interval interval : intervals) {
            addInterval(interval.least(), interval.most());
        }
    }

    @HotPath
    private void addInterval(Interval.@Nullable Bound lower, Interval.@Nullable Bound upper) {
        long least = LEAST_KEY;
        if (lower != null) {
            long key = key(lower.value());
            if (!lower.isInclusive() && key == Long.MAX_VALUE) {
                return;
            }
            least = Math.max(LEAST_KEY, lower.isInclusive() ? key : key + 1);
        }
        long most = Long.MAX_VALUE;
        if (upper != null) {
            long key = key(upper.value());
            if (!upper.isInclusive() && key == Long.MIN_VALUE) {
                return;
            }
            most = upper.isInclusive() ? key : key - 1;
        }
        addRange(least, most);
    }

    @HotPath
    private long key(Operand value) {
        return isDecimal ? Float64Column.key(parameters.decimal(value)) : parameters.whole(value);
    }
}
