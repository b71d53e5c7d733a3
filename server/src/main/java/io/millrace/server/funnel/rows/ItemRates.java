package io.millrace.server.funnel.rows;

import io.millrace.core.bundle.BundleLayout;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.feedback.CountingPlan;
import io.millrace.ranker.feedback.EventCounters;
import io.millrace.ranker.feedback.EventRates;
import io.millrace.ranker.feedback.RateEncoder;
import io.millrace.ranker.rerank.RerankRules;
import io.millrace.ranker.store.ItemRowMirror;
import io.millrace.server.metrics.Gauge;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.List;

/**
 * How the items of a bundle are doing lately, with those of the same creator and the same tags, as
 * feedback tells.
 *
 * <p>Threading: any thread. Ownership: closes the counters, not the rows.
 */
public final class ItemRates implements AutoCloseable {
    private final FeatureSchema schema;
    private final EventCounters counters;

    private ItemRates(FeatureSchema schema, EventCounters counters) {
        this.schema = schema;
        this.counters = counters;
    }

    /**
     * Opens the counters of a bundle.
     *
     * @param bundle its folder, which has what the counters begin with where the schema declares
     *     rates
     * @param folder where they are kept
     * @param schema the declared features
     * @param rules name the creator of an item
     * @param items rows of the items
     * @param halfLifeMinutes after which an event counts half, unless the schema says
     */
    public static ItemRates open(
            Path bundle,
            Path folder,
            FeatureSchema schema,
            RerankRules rules,
            ItemRowMirror items,
            int halfLifeMinutes) {
        boolean hasRates = schema.hasRates();
        CountingPlan plan =
                CountingPlan.of(
                        schema,
                        rules.creatorField(),
                        hasRates ? schema.rateHalfLifeMinutes() : halfLifeMinutes);
        Path beginning = hasRates ? bundle.resolve(BundleLayout.COUNTERS) : null;
        return new ItemRates(schema, EventCounters.open(folder, schema, items, plan, beginning));
    }

    /** Where events are counted. */
    public EventCounters counters() {
        return counters;
    }

    /** The rates that the ranker takes, as they are when it is asked, or null for none. */
    public @Nullable CandidateRates ofCandidates() {
        return schema.hasRates() ? this::newReader : null;
    }

    private CandidateRates.Reader newReader() {
        RateEncoder encoder = new RateEncoder(schema, counters);
        return (ordinals, count, momentMs, rows) ->
                encoder.encodeInto(ordinals, count, momentMs, rows, 0);
    }

    /** The rates of all items, of this one and of its kind. */
    public List<EventRates> of(int ordinal) {
        return counters.of(ordinal, System.currentTimeMillis());
    }

    public List<Gauge> gauges() {
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
