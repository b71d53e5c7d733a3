package io.millrace.server.funnel.stage;

import io.millrace.index.HnswIndex;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.rerank.ItemVectors;
import io.millrace.ranker.rerank.RerankRules;
import io.millrace.ranker.retrieval.RetrievalModel;
import io.millrace.ranker.store.ItemRowMirror;
import io.millrace.server.funnel.attributes.ServedAttributes;
import io.millrace.server.funnel.rows.CandidateRates;
import io.millrace.server.funnel.rows.CandidateRows;
import io.millrace.server.funnel.rows.ItemChanges;
import io.millrace.server.funnel.rows.UserRows;
import io.millrace.server.funnel.scoring.BundleRanker;
import io.millrace.server.funnel.search.FunnelWidth;
import io.millrace.server.funnel.search.PopularItems;
import io.millrace.server.living.LivingItems;
import io.millrace.server.living.SeenPairs;

import org.jspecify.annotations.Nullable;

/**
 * What the workers of a funnel share.
 *
 * @param schema the declared features
 * @param retrieval embeds users
 * @param index finds items by vector
 * @param living which of them are served, and which others
 * @param vectors unit vectors of the items, by ordinal
 * @param users rows of the users
 * @param items rows of the items, by ordinal
 * @param attributes what requests filter items by; null where the bundle has none
 * @param candidateRows rows of candidates that a request brings along
 * @param changes tells which of the items' rows change, and what was computed of them
 * @param ranker scores candidates
 * @param rates how candidates are doing of late; null where the schema declares no rates
 * @param rules how candidates become a slate
 * @param popular ordinals, most popular first; empty where nothing is known
 * @param feedback writes what users do into their rows; null where these are fixed
 * @param seen who has seen which of the items that came later; null where nothing is remembered
 * @param width how wide the funnel is
 */
public record FunnelParts(
        FeatureSchema schema,
        RetrievalModel retrieval,
        HnswIndex index,
        LivingItems living,
        ItemVectors vectors,
        UserRows users,
        ItemRowMirror items,
        @Nullable ServedAttributes attributes,
        CandidateRows candidateRows,
        ItemChanges changes,
        BundleRanker ranker,
        @Nullable CandidateRates rates,
        RerankRules rules,
        PopularItems popular,
        @Nullable FeedbackIntake feedback,
        @Nullable SeenPairs seen,
        FunnelWidth width) {}
