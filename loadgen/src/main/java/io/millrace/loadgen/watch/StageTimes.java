package io.millrace.loadgen.watch;

import io.millrace.core.metrics.StageBand;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where the time went of requests around a percentile: means of those whose place in the order of
 * time lies near it, so that the stages add up.
 *
 * @param serviceUs from the arrival to the answer, on the server.
 * @param stagesUs of each stage that was passed, in their order.
 */
public record StageTimes(double serviceUs, Map<String, Double> stagesUs) {
    private static final double NS_PER_US = 1e3;
    private static final double WIDEST = 0.05;

    /** Copies the map. */
    public StageTimes {
        stagesUs = new LinkedHashMap<>(stagesUs);
    }

    /** Of requests as near to the share as half of those beyond, and no farther than 5 %. */
    static StageTimes at(List<StageBand> bands, double share) {
        long total = bands.stream().mapToLong(StageBand::count).sum();
        double half = Math.min(WIDEST, (1 - share) / 2);
        double from = (share - half) * total;
        double to = (share + half) * total;
        double below = 0;
        double weight = 0;
        double service = 0;
        Map<String, Double> stages = new LinkedHashMap<>();
        for (StageBand band :
                bands.stream().sorted(Comparator.comparingInt(StageBand::band)).toList()) {
            double within = Math.min(to, below + band.count()) - Math.max(from, below);
            below += band.count();
            if (band.count() > 0 && within > 0) {
                double part = within / band.count();
                weight += within;
                service += part * band.serviceNs();
                band.stagesNs().forEach((stage, ns) -> stages.merge(stage, part * ns, Double::sum));
            }
        }
        double scale = weight == 0 ? 0 : 1 / (weight * NS_PER_US);
        stages.values().removeIf(ns -> ns <= 0);
        stages.replaceAll((stage, ns) -> ns * scale);
        return new StageTimes(service * scale, stages);
    }
}
