package io.millrace.cli.console;

import io.millrace.core.metrics.Figures;

import java.util.Locale;

/** Numbers as people read them, the same in every language of the machine. */
public final class Texts {
    private static final double KIB = 1024;

    private Texts() {}

    /**
     * A count with thousands apart.
     *
     * @param count the number.
     * @return as in {@code 200,000}.
     */
    public static String count(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    /**
     * A number with some digits behind the point.
     *
     * @param number the number; one that is not finite is shown as a dash.
     * @param digits how many.
     * @return as in {@code 1,234.50}.
     */
    public static String number(double number, int digits) {
        return Double.isFinite(number)
                ? String.format(Locale.ROOT, "%,." + digits + "f", number)
                : "-";
    }

    /**
     * A time span, from microseconds up.
     *
     * @param us microseconds.
     * @return as in {@code 830 µs}, {@code 1.24 ms}, {@code 12.3 s}.
     */
    public static String micros(double us) {
        if (!Double.isFinite(us)) {
            return "-";
        }
        if (us < 1_000) {
            return number(us, us < 10 ? 1 : 0) + " µs";
        }
        return us < 1e6 ? number(us / 1e3, us < 1e4 ? 2 : 1) + " ms" : seconds(us / 1e6);
    }

    /**
     * A time span in seconds.
     *
     * @param seconds how many.
     * @return as in {@code 12.3 s} or {@code 2 min 05 s}.
     */
    public static String seconds(double seconds) {
        if (seconds < 99.95) {
            return number(seconds, 1) + " s";
        }
        long whole = Math.round(seconds);
        return String.format(Locale.ROOT, "%d min %02d s", whole / 60, whole % 60);
    }

    /**
     * An amount of memory.
     *
     * @param bytes how many.
     * @return as in {@code 640 B}, {@code 12.3 KiB}, {@code 1.2 GiB}.
     */
    public static String bytes(long bytes) {
        String[] units = {"KiB", "MiB", "GiB", "TiB"};
        if (bytes < KIB) {
            return bytes + " B";
        }
        double rest = bytes / KIB;
        int unit = 0;
        while (rest >= KIB && unit < units.length - 1) {
            rest /= KIB;
            unit++;
        }
        return number(rest, 1) + " " + units[unit];
    }

    /**
     * A figure, whatever it is.
     *
     * @param figures where it is.
     * @param key its key.
     * @return whole numbers without, others with four digits behind the point; a list as a dash.
     */
    public static String figure(Figures figures, String key) {
        if (!figures.isNumber(key)) {
            return figures.isText(key) ? figures.text(key) : "-";
        }
        double number = figures.number(key);
        return number == Math.rint(number) ? number(number, 0) : number(number, 4);
    }
}
