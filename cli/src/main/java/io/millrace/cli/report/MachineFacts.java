package io.millrace.cli.report;

import io.millrace.cli.console.BuildInfo;
import io.millrace.cli.console.Environment;
import io.millrace.cli.report.ReportData.Fact;
import io.millrace.core.metrics.Figures;
import io.millrace.core.simd.Kernels;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;

/** Where and with what something was run. */
public final class MachineFacts {
    private MachineFacts() {}

    /**
     * Facts of this process and its machine.
     *
     * @return date, commit, processor, how it is run, system, Java, its options and kernels.
     */
    public static List<Fact> all() {
        return List.of(
                new Fact("date", LocalDate.now(ZoneOffset.UTC).toString()),
                new Fact("commit", BuildInfo.commit()),
                new Fact("processor", Environment.processor()),
                new Fact("two threads a core", Environment.multithreading()),
                new Fact("clock governor", Environment.governor()),
                new Fact("huge pages", Environment.hugePages()),
                new Fact("system", Environment.system()),
                new Fact("java", Environment.jdk()),
                new Fact("options", String.join(" ", Environment.jvmOptions())),
                new Fact("vectors", Kernels.vector().name()));
    }

    /**
     * The same for programs.
     *
     * @return texts by keys such as {@code environment.clock_governor}.
     */
    public static Figures figures() {
        Figures figures = new Figures();
        for (Fact fact : all()) {
            figures.put("environment." + fact.name().replace(' ', '_'), fact.value());
        }
        return figures;
    }
}
