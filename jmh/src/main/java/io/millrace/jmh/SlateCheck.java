package io.millrace.jmh;

import io.millrace.index.VectorSet;
import io.millrace.ranker.rerank.RequestFilter;
import io.millrace.ranker.rerank.RerankRules;
import io.millrace.ranker.rerank.Slate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Holds slates against the rules said plainly: lists and loops, nothing remembered. */
final class SlateCheck {
    /** Where two candidates are as good as the same, either may come first. */
    private static final double TOLERANCE = 1e-5;

    private record Candidate(int ordinal, float score) {}

    private final RerankRules rules;
    private final VectorSet vectors;

    SlateCheck(RerankRules rules, VectorSet vectors) {
        this.rules = rules;
        this.vectors = vectors;
    }

    /**
     * Verifies that every place holds the best of what may stand there, of the pool alone.
     *
     * @return how many candidates the creator cap kept away from the last place.
     */
    int verify(int[] ordinals, float[] scores, RequestFilter filter, Slate slate) {
        List<Candidate> pool = pool(ordinals, scores, filter);
        float best = pool.getFirst().score();
        float range = best - pool.getLast().score();
        List<Integer> above = new ArrayList<>();
        int capped = 0;
        for (int place = 0; place < slate.size(); place++) {
            double bestValue = Double.NEGATIVE_INFINITY;
            double actual = Double.NEGATIVE_INFINITY;
            capped = 0;
            for (Candidate candidate : pool) {
                double likeness = likeness(candidate.ordinal(), above);
                if (likeness >= rules.duplicateCosine()) {
                    // It is above itself, or a twin of it is.
                    continue;
                }
                if (isCapped(candidate.ordinal(), above)) {
                    capped++;
                    continue;
                }
                double relevance = 1 - (best - candidate.score()) / range;
                double cost = above.isEmpty() ? 0 : (1 - rules.mmrLambda()) * likeness;
                double value = rules.mmrLambda() * relevance - cost;
                bestValue = Math.max(bestValue, value);
                if (candidate.ordinal() == slate.ordinal(place)) {
                    actual = value;
                }
            }
            Expect.that(
                    actual >= bestValue - TOLERANCE,
                    "wrong item: place=%d, value=%s, best=%s",
                    place,
                    actual,
                    bestValue);
            above.add(slate.ordinal(place));
        }
        return capped;
    }

    private List<Candidate> pool(int[] ordinals, float[] scores, RequestFilter filter) {
        List<Candidate> allowed = new ArrayList<>();
        for (int i = 0; i < ordinals.length; i++) {
            if (!filter.isSeen(ordinals[i]) && !filter.isExcluded(ordinals[i])) {
                allowed.add(new Candidate(ordinals[i], scores[i]));
            }
        }
        allowed.sort(
                Comparator.comparingDouble((Candidate candidate) -> -candidate.score())
                        .thenComparingInt(Candidate::ordinal));
        Set<Integer> met = new HashSet<>();
        return allowed.stream()
                .filter(candidate -> met.add(candidate.ordinal()))
                .limit(rules.mmrPool())
                .toList();
    }

    private double likeness(int ordinal, List<Integer> above) {
        float[] vector = vector(ordinal);
        double largest = Double.NEGATIVE_INFINITY;
        for (int other : above) {
            largest = Math.max(largest, RandomVectors.product(vector, vector(other)));
        }
        return largest;
    }

    private float[] vector(int ordinal) {
        float[] vector = new float[vectors.dimension()];
        vectors.get(ordinal, vector, 0);
        return vector;
    }

    private boolean isCapped(int ordinal, List<Integer> above) {
        int creator = FeatureWorld.creatorOf(ordinal);
        return above.stream().filter(other -> FeatureWorld.creatorOf(other) == creator).count()
                >= rules.creatorCap();
    }
}
