package io.millrace.cli.console;

import io.millrace.core.error.MillraceException;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Values of options that need a closer look. */
public final class OptionValues {
    private OptionValues() {}

    /**
     * Checks a whole number.
     *
     * @param option name of the option, for the error.
     * @param value its value.
     * @param min smallest value allowed.
     * @param max largest value allowed.
     * @throws MillraceException USAGE when it is out of range.
     */
    public static void requireRange(String option, long value, long min, long max) {
        if (value < min || value > max) {
            throw MillraceException.usage(
                    "out of range: %s=%d, limit=%d to %d; change %s",
                    option, value, min, max, option);
        }
    }

    /**
     * Checks a number.
     *
     * @param option name of the option, for the error.
     * @param value its value.
     * @param min smallest value allowed.
     * @param max largest value allowed.
     * @throws MillraceException USAGE when it is out of range.
     */
    public static void requireRange(String option, double value, double min, double max) {
        if (!(value >= min && value <= max)) {
            throw MillraceException.usage(
                    "out of range: %s=%s, limit=%s to %s; change %s",
                    option, value, min, max, option);
        }
    }

    /**
     * Reads a time as people write it: {@code 90s}, {@code 30m}, {@code 24h}, {@code 7d}; in
     * milliseconds.
     */
    public static final class Time implements ITypeConverter<Long> {
        private static final Pattern FORM = Pattern.compile("(\\d{1,9})([smhd])");

        /** Called by picocli. */
        public Time() {}

        @Override
        public Long convert(String text) {
            Matcher matcher = FORM.matcher(text);
            if (!matcher.matches()) {
                throw new TypeConversionException(
                        "'" + text + "' is no time, as in 90s, 24h or 7d");
            }
            TimeUnit unit =
                    switch (matcher.group(2)) {
                        case "s" -> TimeUnit.SECONDS;
                        case "m" -> TimeUnit.MINUTES;
                        case "h" -> TimeUnit.HOURS;
                        default -> TimeUnit.DAYS;
                    };
            return unit.toMillis(Long.parseLong(matcher.group(1)));
        }
    }

    /**
     * Reads a count as people write it: {@code 1000000}, {@code 1_000_000}, {@code 200k}, {@code
     * 1M}.
     */
    public static final class Count implements ITypeConverter<Long> {
        private static final Pattern FORM = Pattern.compile("(\\d[\\d_]{0,20})([kKmM]?)");

        /** Called by picocli. */
        public Count() {}

        @Override
        public Long convert(String text) {
            Matcher matcher = FORM.matcher(text);
            if (!matcher.matches()) {
                throw new TypeConversionException(
                        "'" + text + "' is no count, as in 20000, 200k or 1M");
            }
            try {
                long number = Long.parseLong(matcher.group(1).replace("_", ""));
                return switch (matcher.group(2)) {
                    case "k", "K" -> Math.multiplyExact(number, 1_000L);
                    case "m", "M" -> Math.multiplyExact(number, 1_000_000L);
                    default -> number;
                };
            } catch (ArithmeticException | NumberFormatException e) {
                throw new TypeConversionException("'" + text + "' is too large");
            }
        }
    }
}
