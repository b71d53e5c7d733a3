package io.millrace.data.importers.source;

import org.apache.parquet.example.data.Group;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DateLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.IntLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType;
import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;

/**
 * How values of a type are written as text, so that one mapping serves files of text and of
 * Parquet: numbers in decimal, truth as 1 and 0, times as ISO 8601 in UTC, NaN as a missing value.
 */
@FunctionalInterface
interface ParquetValue {
    /** The day that day numbers of INT96 count from, by those of 1970. */
    int EPOCH_AS_JULIAN_DAY = 2_440_588;

    /** Digits behind the point of a decimal; so many zeros are written where it is small. */
    int MOST_SCALE = 1_000;

    /** Bytes of a decimal; far more than anybody's numbers have. */
    int MOST_DECIMAL_BYTES = 1_000;

    /** The text of a value of a field. */
    String text(Group group, int field, int index);

    /** The way for a type, or null where there is none. */
    static @Nullable ParquetValue of(PrimitiveType type) {
        LogicalTypeAnnotation meaning = type.getLogicalTypeAnnotation();
        boolean isUnsigned =
                meaning instanceof IntLogicalTypeAnnotation number && !number.isSigned();
        if (meaning instanceof DecimalLogicalTypeAnnotation decimal) {
            return decimal.getScale() > MOST_SCALE
                    ? null
                    : decimal(type.getPrimitiveTypeName(), decimal.getScale());
        }
        return switch (type.getPrimitiveTypeName()) {
            case BOOLEAN -> (group, field, i) -> group.getBoolean(field, i) ? "1" : "0";
            case INT32 -> {
                if (meaning instanceof DateLogicalTypeAnnotation) {
                    yield (group, field, i) ->
                            LocalDate.ofEpochDay(group.getInteger(field, i)).toString();
                }
                yield isUnsigned
                        ? (group, field, i) -> Integer.toUnsignedString(group.getInteger(field, i))
                        : (group, field, i) -> Integer.toString(group.getInteger(field, i));
            }
            case INT64 -> {
                if (meaning instanceof TimestampLogicalTypeAnnotation time) {
                    ChronoUnit unit = unitOf(time);
                    yield (group, field, i) ->
                            Instant.EPOCH.plus(group.getLong(field, i), unit).toString();
                }
                yield isUnsigned
                        ? (group, field, i) -> Long.toUnsignedString(group.getLong(field, i))
                        : (group, field, i) -> Long.toString(group.getLong(field, i));
            }
            case INT96 -> ParquetValue::oldTime;
            case FLOAT -> (group, field, i) -> number(group.getFloat(field, i));
            case DOUBLE -> (group, field, i) -> number(group.getDouble(field, i));
            case BINARY -> (group, field, i) -> group.getBinary(field, i).toStringUsingUTF8();
            case FIXED_LEN_BYTE_ARRAY -> null;
        };
    }

    private static ChronoUnit unitOf(TimestampLogicalTypeAnnotation time) {
        return switch (time.getUnit()) {
            case MILLIS -> ChronoUnit.MILLIS;
            case MICROS -> ChronoUnit.MICROS;
            case NANOS -> ChronoUnit.NANOS;
        };
    }

    private static String number(float value) {
        return Float.isNaN(value) ? "" : Float.toString(value);
    }

    private static String number(double value) {
        return Double.isNaN(value) ? "" : Double.toString(value);
    }

    private static ParquetValue decimal(PrimitiveType.PrimitiveTypeName kept, int scale) {
        return (group, field, i) -> {
            BigInteger unscaled =
                    switch (kept) {
                        case INT32 -> BigInteger.valueOf(group.getInteger(field, i));
                        case INT64 -> BigInteger.valueOf(group.getLong(field, i));
                        default -> whole(group.getBinary(field, i).getBytes());
                    };
            return new BigDecimal(unscaled, scale).toPlainString();
        };
    }

    private static BigInteger whole(byte[] bytes) {
        if (bytes.length > MOST_DECIMAL_BYTES) {
            throw new NumberFormatException("a decimal of " + bytes.length + " bytes");
        }
        return new BigInteger(bytes);
    }

    /** Nanoseconds of the day, then its number, as older writers keep times. */
    private static String oldTime(Group group, int field, int index) {
        ByteBuffer bytes =
                ByteBuffer.wrap(group.getInt96(field, index).getBytes())
                        .order(ByteOrder.LITTLE_ENDIAN);
        long nanos = bytes.getLong();
        long day = (long) bytes.getInt() - EPOCH_AS_JULIAN_DAY;
        return Instant.EPOCH.plus(day, ChronoUnit.DAYS).plusNanos(nanos).toString();
    }
}
