package io.millrace.loadgen;

import io.millrace.client.message.RankColumns;
import io.millrace.core.error.MillraceException;

import org.jspecify.annotations.Nullable;

/**
 * What a load asks for beside recommendations, and how often: what is left of the shares
 * recommends.
 *
 * <p>Threading: immutable, as long as nobody writes to the arrays.
 *
 * @param similarShare share of requests for similar items, 0 to 1.
 * @param itemIds to ask for items like them, or for their order; may be empty where nobody does.
 * @param rankShare share of requests for the order of some items, 0 to 1.
 * @param rankCandidates how many candidates each of those has.
 * @param rankColumns features that these bring, made up; null where they are items.
 * @param searchShare share of requests for the items nearest to a vector, 0 to 1.
 * @param vectors those, all of the dimension that the server says.
 */
@SuppressWarnings("ArrayRecordComponent") // Handed on, never compared.
public record RequestMix(
        double similarShare,
        long[] itemIds,
        double rankShare,
        int rankCandidates,
        @Nullable RankColumns rankColumns,
        double searchShare,
        float[][] vectors) {
    /** Nothing but recommendations. */
    static final RequestMix RECOMMENDATIONS =
            new RequestMix(0, new long[0], 0, 0, null, 0, new float[0][]);

    /** Checks every value. */
    public RequestMix {
        requireShare("similarShare", similarShare);
        requireShare("rankShare", rankShare);
        requireShare("searchShare", searchShare);
        if (similarShare + rankShare + searchShare > 1) {
            throw MillraceException.usage(
                    "out of range: similarShare=%s, rankShare=%s, searchShare=%s, limit=1 together",
                    similarShare, rankShare, searchShare);
        }
        if (rankShare > 0) {
            int most = rankColumns == null ? itemIds.length : rankColumns.maxCandidates();
            LoadPlan.require("rankCandidates", rankCandidates, 1, most);
        }
        if (similarShare > 0 && itemIds.length == 0) {
            throw MillraceException.usage(
                    "no items to ask for: similarShare=%s; give item ids", similarShare);
        }
        if (searchShare > 0 && vectors.length == 0) {
            throw MillraceException.usage(
                    "no vectors to search for: searchShare=%s; give vectors", searchShare);
        }
        for (float[] vector : vectors) {
            if (vector.length != vectors[0].length) {
                throw MillraceException.usage(
                        "vectors of different dimensions: %d, %d; give those of one",
                        vectors[0].length, vector.length);
            }
        }
    }

    private static void requireShare(String name, double share) {
        if (!(share >= 0 && share <= 1)) {
            throw MillraceException.usage("out of range: %s=%s, limit=0 to 1", name, share);
        }
    }

    /** Whether some request names a user. */
    boolean needsUsers() {
        return similarShare + searchShare + (rankColumns == null ? 0 : rankShare) < 1;
    }

    RequestMix withSimilar(double share, long[] ids) {
        return new RequestMix(
                share, ids.clone(), rankShare, rankCandidates, rankColumns, searchShare, vectors);
    }

    RequestMix withSearch(double share, float[][] sought) {
        return new RequestMix(
                similarShare,
                itemIds,
                rankShare,
                rankCandidates,
                rankColumns,
                share,
                sought.clone());
    }

    RequestMix withRank(double share, int candidates, @Nullable RankColumns columns) {
        return new RequestMix(
                similarShare, itemIds, share, candidates, columns, searchShare, vectors);
    }
}
