package io.millrace.jmh;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What a benchmark insists on before it is timed. */
public final class Expect {
    private static final String VECTOR_MODULE = "jdk.incubator.vector";
    private static final String KERNEL_OPTION = "-XX:CompileCommand=dontinline,io.millrace.core.";

    private Expect() {}

    /**
     * That this JVM has the options Millrace is served with. Forks inherit them from the JVM that
     * {@code jmh/target/benchmarks} starts; a plain {@code java -jar} has none, and would time the
     * scalar kernels under the name of the others.
     */
    public static void servingOptions() {
        List<String> options = ManagementFactory.getRuntimeMXBean().getInputArguments();
        that(
                ModuleLayer.boot().findModule(VECTOR_MODULE).isPresent()
                        && options.stream().anyMatch(option -> option.startsWith(KERNEL_OPTION)),
                "JVM without the options of Millrace: options=%s; start it with jmh/run.sh",
                options);
    }

    /** That the kernels are those asked for. */
    static void kernels(String asked, String actual) {
        that(
                actual.startsWith(asked),
                "other kernels than asked for: asked=%s, actual=%s",
                asked,
                actual);
    }

    /** That two ways to a sum of terms around 1 differ by rounding only. */
    static void near(double expected, double actual, int terms, String what) {
        double tolerance = 1e-5 * terms;
        that(
                Math.abs(actual - expected) <= tolerance,
                "wrong %s: expected=%s, actual=%s, tolerance=%s",
                what,
                expected,
                actual,
                tolerance);
    }

    /** That two ways to the same numbers agree to the last bit. */
    static void same(float[] expected, float[] actual, String what) {
        int at = Arrays.mismatch(expected, actual);
        that(at < 0, "wrong %s: first difference at %d", what, at);
    }

    /** That a condition holds. */
    @FormatMethod
    static void that(boolean isTrue, @FormatString String format, Object... arguments) {
        if (!isTrue) {
            throw new IllegalStateException(String.format(Locale.ROOT, format, arguments));
        }
    }
}
