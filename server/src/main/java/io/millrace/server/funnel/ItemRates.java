package io.millrace.server.funnel;

import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureKind;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.feedback.EventCounters;
import io.millrace.ranker.feedback.EventRates;
import io.millrace.ranker.rerank.RerankRules;
import io.millrace.ranker.store.ItemRowMirror;
import io.millrace.server.metrics.Gauge;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * How the items of a bundle are doing lately, with those of the same creator and the same tags, as
 * feedback tells.
 *
 * <p>Threading: any thread. Ownership: closes the counters, not the rows.
 */
final class ItemRates implements AutoCloseable {
    private final EventCounters counters;

    private ItemRates(EventCounters counters) {
        this.counters = counters;
    }

    /**
     * Opens the counters of a bundle.
     *
     * @param folder where they are kept
     * @param schema the declared features
     * @param rules name the creator of an item
     * @param items rows of the items
     * @param halfLifeMinutes after which an event counts half
     */
    static ItemRates open(
            Path folder,
            FeatureSchema schema,
            RerankRules rules,
            ItemRowMirror items,
            int halfLifeMinutes) {
        long halfLifeMs = TimeUnit.MINUTES.toMillis(halfLifeMinutes);
        List<String> fields = countedFields(schema, rules);
        return new ItemRates(EventCounters.open(folder, schema, items, fields, halfLifeMs));
    }

    /** The creator and the tags of an item, as far as the bundle has them. */
    private static List<String> countedFields(FeatureSchema schema, RerankRules rules) {
        List<String> names = new ArrayList<>();
        if (!rules.creatorField().isEmpty()) {
            names.add(rules.creatorField());
        }
        for (FeatureField field : schema.fields(FeatureScope.ITEM)) {
            if (field.kind() == FeatureKind.TAGS) {
                names.add(field.name());
            }
        }
        return names;
    }

    /** Where events are counted. */
    EventCounters counters() {
        return counters;
    }

    /** The rates of all items, of this one and of its kind. */
    List<EventRates> of(int ordinal) {
        return counters.of(ordinal, System.currentTimeMillis());
    }

    List<Gauge> gauges() {
        EventRates all = counters.all(System.currentTimeMillis());
        return List.of(
                Gauge.of(
                        "recent_impressions",
                        "Items shown, as feedback tells; one counts half after the half-life.",
                        all.impressions()),
                rate("click", all.clickRate()),
                rate("watch", all.watchRate()));
    }

    private static Gauge rate(String event, double value) {
        return new Gauge(
                "recent_event_rate",
                "event=\"" + event + "\"",
                "Clicks, or watched shares, by recent impressions.",
                value);
    }

    @Override
    public void close() {
        counters.close();
    }
}
