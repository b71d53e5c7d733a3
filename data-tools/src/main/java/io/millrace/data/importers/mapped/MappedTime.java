package io.millrace.data.importers.mapped;

import io.millrace.data.importers.source.RejectedRow;
import io.millrace.data.importers.source.SourceRow;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;

/** How a source writes times. */
public enum MappedTime {
    /** Whole seconds since 1970 UTC. */
    SECONDS {
        @Override
        long readMs(SourceRow row, String column) throws RejectedRow {
            return inRange(row, column, row.wholeNumber(column), MS_PER_SECOND);
        }
    },
    /** Whole milliseconds since 1970 UTC. */
    MILLISECONDS {
        @Override
        long readMs(SourceRow row, String column) throws RejectedRow {
            return inRange(row, column, row.wholeNumber(column), 1);
        }
    },
    /** ISO 8601 with an offset, as in 2024-05-01T12:00:00Z or 2024-05-01T20:00:00+08:00. */
    ISO {
        @Override
        long readMs(SourceRow row, String column) throws RejectedRow {
            try {
                Instant instant = OffsetDateTime.parse(row.text(column)).toInstant();
                return inRange(row, column, instant.toEpochMilli(), 1);
            } catch (DateTimeParseException | ArithmeticException e) {
                throw new RejectedRow(column + " is no time: " + row.text(column));
            }
        }
    };

    private static final long MS_PER_SECOND = 1_000;

    /** The year 2242: a unit that is too small brings times far beyond it. */
    private static final long LATEST_MS = 1L << 43;

    abstract long readMs(SourceRow row, String column) throws RejectedRow;

    private static long inRange(SourceRow row, String column, long units, long unitMs)
            throws RejectedRow {
        if (units < 0 || units > LATEST_MS / unitMs) {
            throw new RejectedRow(column + " is no time after 1970: " + row.text(column));
        }
        return units * unitMs;
    }
}
