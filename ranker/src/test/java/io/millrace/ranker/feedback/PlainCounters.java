package io.millrace.ranker.feedback;

import io.millrace.ranker.features.FeatureRate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What happened, kept for ever under the name of what it happened to, and summed when asked for.
 */
final class PlainCounters {
    private static final double PRIOR = 20;
    private static final long TICK_MS = FeedbackWorld.HALF_LIFE_MS / 64;

    private record Seen(long tick, double impressions, double clicks, double watches) {}

    private final Map<String, List<Seen>> byName = new HashMap<>();

    void count(EventList events, long timestampMs) {
        for (int i = 0; i < events.count(); i++) {
            float share = events.watchedShare(i);
            EventKind kind = events.kind(i);
            boolean isWatch = kind == EventKind.WATCH || kind == EventKind.LONG_WATCH;
            Seen seen =
                    new Seen(
                            timestampMs / TICK_MS,
                            kind == EventKind.IMPRESSION ? 1 : 0,
                            kind == EventKind.CLICK ? 1 : 0,
                            !isWatch ? 0 : Float.isNaN(share) || share > 1 ? 1 : share);
            for (String name : FeedbackWorld.countedAs(events.ordinal(i))) {
                byName.computeIfAbsent(name, key -> new ArrayList<>()).add(seen);
            }
        }
    }

    /** As {@link EventCounters#of} has it. */
    List<EventRates> of(int ordinal, long timestampMs) {
        Sums all = sums("all 0", timestampMs);
        double clickRate = all.shown == 0 ? 0 : Math.min(1, all.clicks / all.shown);
        double watchRate = all.shown == 0 ? 0 : Math.min(1, all.watches / all.shown);
        List<EventRates> rates = new ArrayList<>();
        rates.add(new EventRates("all", 0, all.shown, clickRate, watchRate));
        for (String name : FeedbackWorld.countedAs(ordinal)) {
            if (!name.equals("all 0")) {
                int space = name.indexOf(' ');
                Sums own = sums(name, timestampMs);
                rates.add(
                        new EventRates(
                                name.substring(0, space),
                                Long.parseLong(name.substring(space + 1)),
                                own.shown,
                                smooth(own.clicks, own.shown, clickRate),
                                smooth(own.watches, own.shown, watchRate)));
            }
        }
        return rates;
    }

    /** A rate as it is declared, by what happened under some names; NaN where nothing did. */
    double rate(FeatureRate rate, List<String> names, long timestampMs) {
        double shown = 0;
        double events = 0;
        boolean isEmpty = true;
        for (String name : names) {
            Sums sums = sums(name, timestampMs);
            shown += sums.shown;
            events += rate.event() == FeatureRate.Event.CLICK ? sums.clicks : sums.watches;
            isEmpty &= sums.shown == 0 && sums.clicks == 0 && sums.watches == 0;
        }
        return isEmpty ? Double.NaN : smooth(events, shown, rate.usual(), rate.priorImpressions());
    }

    private static double smooth(double events, double shown, double usual) {
        return smooth(events, shown, usual, PRIOR);
    }

    private static double smooth(double events, double shown, double usual, double prior) {
        double all = shown + prior;
        return all == 0 ? 0 : Math.min(1, (events + prior * usual) / all);
    }

    private record Sums(double shown, double clicks, double watches) {}

    private Sums sums(String name, long timestampMs) {
        double shown = 0;
        double clicks = 0;
        double watches = 0;
        for (Seen seen : byName.getOrDefault(name, List.of())) {
            double weight = Math.pow(2, (seen.tick - timestampMs / TICK_MS) / 64.0);
            shown += weight * seen.impressions;
            clicks += weight * seen.clicks;
            watches += weight * seen.watches;
        }
        return new Sums(shown, clicks, watches);
    }
}
