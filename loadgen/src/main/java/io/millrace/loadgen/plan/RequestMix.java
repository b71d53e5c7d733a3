package io.millrace.loadgen.plan;

import io.millrace.client.message.RankColumns;
import io.millrace.core.error.MillraceException;
import io.millrace.loadgen.change.ChangeMix;
import io.millrace.loadgen.change.Shares;

import org.jspecify.annotations.Nullable;

/**
 * What a load asks for and changes beside recommendations, and how often: what is left of the
 * shares recommends.
 *
 * <p>Threading: immutable, as long as nobody writes to the arrays.
 *
 * @param similarShare share of requests for similar items, 0 to 1.
 * @param itemIds to ask for items like them, for their order, or to change them; may be empty where
 *     nobody does.
 * @param rankShare share of requests for the order of some items, 0 to 1.
 * @param rankCandidates how many candidates each of those has.
 * @param rankColumns features that these bring, made up; null where they are items.
 * @param searchShare share of requests for the items nearest to a vector, 0 to 1.
 * @param vectors those, all of the dimension that the server says.
 * @param filters what some requests bring along.
 * @param changes what is changed.
 */
@SuppressWarnings("ArrayRecordComponent") // Handed on, never compared.
public record RequestMix(
        double similarShare,
        long[] itemIds,
        double rankShare,
        int rankCandidates,
        @Nullable RankColumns rankColumns,
        double searchShare,
        float[][] vectors,
        RequestFilters filters,
        ChangeMix changes) {
    /** Shares that add up to 1 may do so up to rounding. */
    private static final double ROUNDING = 1e-9;

    /** Nothing but recommendations. */
    static final RequestMix RECOMMENDATIONS =
            new RequestMix(
                    0,
                    new long[0],
                    0,
                    0,
                    null,
                    0,
                    new float[0][],
                    RequestFilters.NONE,
                    ChangeMix.NONE);

    /** Checks every value. */
    public RequestMix {
        Shares.require("similarShare", similarShare);
        Shares.require("rankShare", rankShare);
        Shares.require("searchShare", searchShare);
        if (similarShare + rankShare + searchShare + changes.share() > 1 + ROUNDING) {
            throw MillraceException.usage(
                    "out of range: similarShare=%s, rankShare=%s, searchShare=%s, feedbackShare=%s,"
                            + " updateShare=%s, upsertShare=%s, deleteShare=%s, limit=1 together",
                    similarShare,
                    rankShare,
                    searchShare,
                    changes.feedbackShare(),
                    changes.updateShare(),
                    changes.upsertShare(),
                    changes.deleteShare());
        }
        if (rankShare > 0) {
            int most = rankColumns == null ? itemIds.length : rankColumns.maxCandidates();
            LoadPlan.require("rankCandidates", rankCandidates, 1, most);
        }
        if (similarShare > 0 && itemIds.length == 0) {
            throw MillraceException.usage(
                    "no items to ask for: similarShare=%s; give item ids", similarShare);
        }
        if (changes.needsItems() && itemIds.length == 0) {
            throw MillraceException.usage(
                    "no items to change: feedbackShare=%s, updateShare=%s, deleteShare=%s; give"
                            + " item ids",
                    changes.feedbackShare(), changes.updateShare(), changes.deleteShare());
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

    /**
     * How much of all requests a type is.
     *
     * @param type the type.
     * @return 0 where there are none, to 1.
     */
    public double share(RequestType type) {
        return switch (type) {
            case RECOMMEND -> {
                double others = similarShare + rankShare + searchShare + changes.share();
                yield others > 1 - ROUNDING ? 0 : 1 - others;
            }
            case SIMILAR -> similarShare;
            case RANK -> rankShare;
            case SEARCH -> searchShare;
            case FEEDBACK -> changes.feedbackShare();
            case UPDATE -> changes.updateShare();
            case UPSERT -> changes.upsertShare();
            case DELETE -> changes.deleteShare();
        };
    }

    /** Whether some request names a user. */
    boolean needsUsers() {
        double ofNobody = similarShare + searchShare + (rankColumns == null ? 0 : rankShare);
        return ofNobody + changes.share() - changes.feedbackShare() < 1 - ROUNDING;
    }

    RequestMix withSimilar(double share, long[] ids) {
        return new RequestMix(
                share,
                ids.clone(),
                rankShare,
                rankCandidates,
                rankColumns,
                searchShare,
                vectors,
                filters,
                changes);
    }

    RequestMix withSearch(double share, float[][] sought) {
        return new RequestMix(
                similarShare,
                itemIds,
                rankShare,
                rankCandidates,
                rankColumns,
                share,
                sought.clone(),
                filters,
                changes);
    }

    RequestMix withRank(double share, int candidates, @Nullable RankColumns columns) {
        return new RequestMix(
                similarShare,
                itemIds,
                share,
                candidates,
                columns,
                searchShare,
                vectors,
                filters,
                changes);
    }

    RequestMix withFilters(RequestFilters brought) {
        return new RequestMix(
                similarShare,
                itemIds,
                rankShare,
                rankCandidates,
                rankColumns,
                searchShare,
                vectors,
                brought,
                changes);
    }

    RequestMix withChanges(ChangeMix made) {
        return new RequestMix(
                similarShare,
                itemIds,
                rankShare,
                rankCandidates,
                rankColumns,
                searchShare,
                vectors,
                filters,
                made);
    }
}
