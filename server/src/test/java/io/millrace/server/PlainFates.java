package io.millrace.server;

import io.millrace.core.bundle.BundleLayout;
import io.millrace.core.wire.codec.FateCode;
import io.millrace.ranker.rerank.RerankRules;
import io.millrace.ranker.tower.TwoTowerModel;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * What becomes of every item of a bundle, the simple way: all of them are sorted at every stage, by
 * plain loops and the JDK.
 */
final class PlainFates implements AutoCloseable {
    private final TinyBundle tiny;
    private final PlainFunnel funnel;
    private final PlainModel full;
    private final PlainModel light;
    private final RerankRules rules;
    private final double temperature;
    private final int items;

    /** What is asked: everything is by ordinals. */
    record Question(
            int row,
            long timestampMs,
            int k,
            boolean hasRules,
            int candidates,
            int ranked,
            Set<Integer> seen,
            Set<Integer> excluded) {}

    /** Of one item; places from 1, 0 for none. */
    static final class Expected {
        FateCode fate = FateCode.NOT_RETRIEVED;
        double similarity;
        int similarityPlace;
        int retrievedPlace;
        int rankedPlace;
        int place;
        double value;
        double light;
        double score = Double.NaN;
    }

    PlainFates(TinyBundle tiny, Path bundle, int items) {
        this.tiny = tiny;
        this.items = items;
        funnel = new PlainFunnel(tiny, bundle);
        full = new PlainModel(tiny, bundle, BundleLayout.RANKER);
        light = new PlainModel(tiny, bundle, BundleLayout.LIGHT_RANKER);
        rules = RerankRules.read(bundle.resolve(BundleLayout.RULES));
        try (TwoTowerModel towers =
                TwoTowerModel.load(bundle.resolve(BundleLayout.TOWERS), tiny.schema())) {
            temperature = towers.temperature();
        }
    }

    PlainModel full() {
        return full;
    }

    Expected[] of(Question question) {
        Expected[] all = new Expected[items];
        float[] query = funnel.query(question.row);
        for (int item = 0; item < items; item++) {
            all[item] = new Expected();
            all[item].similarity = product(query, funnel.vector(item));
            all[item].value = full.probability(question.row, question.timestampMs, item);
            all[item].light = light.probability(question.row, question.timestampMs, item);
        }
        List<Integer> nearest =
                sorted(IntStream.range(0, items).boxed().toList(), i -> all[i].similarity);
        for (int place = 0; place < items; place++) {
            all[nearest.get(place)].similarityPlace = place + 1;
        }
        List<Integer> kept = new ArrayList<>();
        int want = question.candidates + question.excluded.size();
        for (int item : nearest.subList(0, Math.min(want, items))) {
            all[item].retrievedPlace = all[item].similarityPlace;
            if (!question.seen.contains(item) && !question.excluded.contains(item)) {
                all[item].fate = FateCode.BEYOND_CANDIDATES;
                kept.add(item);
            }
        }
        question.seen.forEach(item -> all[item].fate = FateCode.SEEN);
        question.excluded.forEach(item -> all[item].fate = FateCode.EXCLUDED);
        kept = kept.subList(0, Math.min(kept.size(), question.candidates));
        kept.forEach(item -> all[item].fate = FateCode.CUT);
        double weight = question.hasRules ? rules.retrievalWeight() / temperature : 0;
        List<Integer> ranked =
                sorted(kept, item -> all[item].light * Math.exp(weight * all[item].similarity));
        ranked = ranked.subList(0, Math.min(ranked.size(), question.ranked));
        double best = ranked.stream().mapToDouble(item -> all[item].similarity).max().orElse(0);
        for (int item : ranked) {
            Expected one = all[item];
            one.score = one.value * Math.exp(weight * (one.similarity - best));
        }
        ranked = sorted(ranked, item -> all[item].score);
        for (int place = 0; place < ranked.size(); place++) {
            all[ranked.get(place)].rankedPlace = place + 1;
            all[ranked.get(place)].fate = FateCode.OUTRANKED;
        }
        answer(all, ranked, question);
        return all;
    }

    private void answer(Expected[] all, List<Integer> ranked, Question question) {
        List<Integer> answered =
                question.hasRules
                        ? slate(all, ranked, question.k)
                        : ranked.subList(0, Math.min(question.k, ranked.size()));
        int last = answered.stream().mapToInt(item -> all[item].rankedPlace).max().orElse(0);
        for (int item : ranked) {
            boolean isPassedOver = all[item].rankedPlace < last;
            if (isPassedOver && all[item].fate == FateCode.OUTRANKED) {
                all[item].fate = FateCode.DIVERSITY;
            }
        }
        for (int place = 0; place < answered.size(); place++) {
            all[answered.get(place)].fate = FateCode.ANSWERED;
            all[answered.get(place)].place = place + 1;
        }
    }

    /** Maximal marginal relevance over all that is ranked, which the pool has room for. */
    private List<Integer> slate(Expected[] all, List<Integer> ranked, int k) {
        if (ranked.size() > rules.mmrPool()) {
            throw new AssertionError("more than the pool holds: " + ranked.size());
        }
        double best = ranked.isEmpty() ? 0 : all[ranked.getFirst()].score;
        double range = ranked.isEmpty() ? 0 : best - all[ranked.getLast()].score;
        Set<Integer> left = new LinkedHashSet<>(ranked);
        List<Integer> chosen = new ArrayList<>();
        Map<Integer, Integer> ofCreator = new HashMap<>();
        while (chosen.size() < k && !left.isEmpty()) {
            int next =
                    sorted(
                                    List.copyOf(left),
                                    item ->
                                            marginal(
                                                    (all[item].score - best) / range + 1,
                                                    item,
                                                    chosen))
                            .getFirst();
            chosen.add(next);
            left.remove(next);
            ofCreator.merge(tiny.creator(next), 1, Integer::sum);
            if (chosen.size() == k) {
                break;
            }
            for (int item : List.copyOf(left)) {
                if (likeness(item, List.of(next)) >= rules.duplicateCosine()) {
                    all[item].fate = FateCode.DUPLICATE;
                    left.remove(item);
                } else if (ofCreator.getOrDefault(tiny.creator(item), 0) >= rules.creatorCap()) {
                    all[item].fate = FateCode.CREATOR_CAP;
                    left.remove(item);
                }
            }
        }
        return chosen;
    }

    private double marginal(double relevance, int item, List<Integer> chosen) {
        double cost = chosen.isEmpty() ? 0 : (1 - rules.mmrLambda()) * likeness(item, chosen);
        return rules.mmrLambda() * relevance - cost;
    }

    private double likeness(int item, List<Integer> others) {
        float[] vector = funnel.vector(item);
        return others.stream()
                .mapToDouble(other -> product(vector, funnel.vector(other)))
                .max()
                .orElseThrow();
    }

    private static double product(float[] one, float[] other) {
        double product = 0;
        for (int i = 0; i < one.length; i++) {
            product += (double) one[i] * other[i];
        }
        return product;
    }

    private static List<Integer> sorted(List<Integer> some, ToDoubleFunction<Integer> by) {
        return some.stream()
                .sorted(Comparator.comparingDouble((Integer item) -> -by.applyAsDouble(item)))
                .toList();
    }

    @Override
    public void close() {
        light.close();
        full.close();
        funnel.close();
    }
}
