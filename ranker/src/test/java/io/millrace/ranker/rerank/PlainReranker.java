package io.millrace.ranker.rerank;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The rules of re-ranking as plainly as they can be said: lists, loops, nothing remembered. */
final class PlainReranker {
    record Candidate(int ordinal, float score) {}

    record Place(int ordinal, float score, SlotReason reason) {}

    private final World world;
    private final RerankRules rules;
    private final Map<Integer, CandidateOutcome> outcomes = new HashMap<>();

    PlainReranker(World world, RerankRules rules) {
        this.world = world;
        this.rules = rules;
    }

    List<Place> rerank(int[] ordinals, float[] scores, Set<Integer> barred, int k) {
        List<Candidate> allowed = sortedUnique(ordinals, scores, barred);
        List<Candidate> pool =
                new ArrayList<>(allowed.subList(0, Math.min(rules.mmrPool(), allowed.size())));
        List<Candidate> tail = allowed.subList(pool.size(), allowed.size());
        List<Place> slate = new ArrayList<>();
        List<Candidate> capped = new ArrayList<>();
        List<Candidate> twins = new ArrayList<>();
        float best = pool.isEmpty() ? 0 : pool.getFirst().score();
        float range = pool.isEmpty() ? 0 : best - pool.getLast().score();
        while (slate.size() < k && !pool.isEmpty()) {
            Candidate chosen = pool.getFirst();
            float bestValue = Float.NEGATIVE_INFINITY;
            for (Candidate candidate : pool) {
                float relevance = range > 0 ? 1 - (best - candidate.score()) / range : 1;
                float cost = slate.isEmpty() ? 0 : (1 - rules.mmrLambda()) * like(candidate, slate);
                float value = rules.mmrLambda() * relevance - cost;
                if (value > bestValue) {
                    bestValue = value;
                    chosen = candidate;
                }
            }
            boolean isHead = chosen.equals(pool.getFirst());
            slate.add(place(chosen, isHead ? SlotReason.RELEVANCE : SlotReason.DIVERSITY));
            pool.remove(chosen);
            if (slate.size() == k) {
                break;
            }
            for (Candidate candidate : List.copyOf(pool)) {
                if (like(candidate, slate) >= rules.duplicateCosine()) {
                    pool.remove(candidate);
                    twins.add(candidate);
                } else if (isCapped(candidate, slate)) {
                    pool.remove(candidate);
                    capped.add(candidate);
                }
            }
        }
        for (Candidate candidate : tail) {
            if (slate.size() < k) {
                if (isCapped(candidate, slate)) {
                    capped.add(candidate);
                } else if (like(candidate, slate) >= rules.duplicateCosine()) {
                    twins.add(candidate);
                } else {
                    slate.add(place(candidate, SlotReason.RELEVANCE));
                }
            }
        }
        for (Candidate candidate : sorted(capped)) {
            if (slate.size() < k) {
                if (like(candidate, slate) >= rules.duplicateCosine()) {
                    twins.add(candidate);
                } else {
                    slate.add(place(candidate, SlotReason.CREATOR_CAP_RELAXED));
                }
            }
        }
        for (Candidate candidate : sorted(twins)) {
            if (slate.size() < k) {
                slate.add(place(candidate, SlotReason.DUPLICATE_RELAXED));
            }
        }
        allowed.forEach(one -> outcomes.put(one.ordinal(), CandidateOutcome.LEFT));
        capped.forEach(one -> outcomes.put(one.ordinal(), CandidateOutcome.CAPPED));
        twins.forEach(one -> outcomes.put(one.ordinal(), CandidateOutcome.DUPLICATE));
        slate.forEach(one -> outcomes.put(one.ordinal(), CandidateOutcome.TAKEN));
        return slate;
    }

    /** What became of a candidate. */
    CandidateOutcome outcomeOf(int ordinal) {
        return outcomes.getOrDefault(ordinal, CandidateOutcome.DROPPED);
    }

    private static List<Candidate> sortedUnique(
            int[] ordinals, float[] scores, Set<Integer> barred) {
        List<Candidate> all = new ArrayList<>();
        for (int i = 0; i < ordinals.length; i++) {
            if (!barred.contains(ordinals[i]) && Float.isFinite(scores[i])) {
                all.add(new Candidate(ordinals[i], scores[i]));
            }
        }
        List<Candidate> unique = new ArrayList<>();
        Set<Integer> met = new HashSet<>();
        for (Candidate candidate : sorted(all)) {
            if (met.add(candidate.ordinal())) {
                unique.add(candidate);
            }
        }
        return unique;
    }

    private static List<Candidate> sorted(List<Candidate> candidates) {
        List<Candidate> sorted = new ArrayList<>(candidates);
        sorted.sort(
                (a, b) ->
                        a.score() != b.score()
                                ? (a.score() > b.score() ? -1 : 1)
                                : Integer.compare(a.ordinal(), b.ordinal()));
        return sorted;
    }

    private float like(Candidate candidate, List<Place> slate) {
        float largest = Float.NEGATIVE_INFINITY;
        for (Place place : slate) {
            largest = Math.max(largest, world.product(candidate.ordinal(), place.ordinal()));
        }
        return largest;
    }

    private boolean isCapped(Candidate candidate, List<Place> slate) {
        int creator = world.creators[candidate.ordinal()];
        long same =
                slate.stream().filter(place -> world.creators[place.ordinal()] == creator).count();
        return creator >= 2 && same >= rules.creatorCap();
    }

    private static Place place(Candidate candidate, SlotReason reason) {
        return new Place(candidate.ordinal(), candidate.score(), reason);
    }
}
