package io.millrace.cli.load;

import io.millrace.cli.limit.BundleJudge;
import io.millrace.cli.serve.Target;
import io.millrace.client.MillraceClient;
import io.millrace.client.message.Answer;
import io.millrace.client.message.RankQuery;
import io.millrace.client.message.RecommendQuery;
import io.millrace.client.message.ServerInfo;
import io.millrace.client.message.Wishes;
import io.millrace.core.error.MillraceException;
import io.millrace.core.random.SplitRandom;
import io.millrace.loadgen.plan.LoadPlan;
import io.millrace.loadgen.plan.LoadPlanBuilder;
import io.millrace.loadgen.plan.Popularity;
import io.millrace.loadgen.plan.RequestFilters;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a load asks for, and for whom. */
public final class LoadMixOptions {
    private static final int SAMPLED_IDS = 4_096;
    private static final int MADE_UP_VECTORS = 1_000;
    private static final long VECTOR_STREAM = 17;

    @Option(
            names = "--users",
            paramLabel = "FILE",
            description =
                    "Ids of users to ask for, one a line. Default: known users the server names.")
    private @Nullable Path users;

    @Option(
            names = "--popularity",
            paramLabel = "HOW",
            description = "How often each is asked for: uniform or zipf. Default: zipf.")
    private Popularity popularity = Popularity.ZIPF;

    @Option(
            names = "--similar-share",
            paramLabel = "PART",
            description = "Part of requests for similar items, 0 to 1. Default: ${DEFAULT-VALUE}.")
    private double similarShare;

    @Option(
            names = "--rank-share",
            paramLabel = "PART",
            description =
                    "Part of requests for the order of candidates, 0 to 1. Default:"
                            + " ${DEFAULT-VALUE}.")
    private double rankShare;

    @Option(
            names = "--rank-candidates",
            paramLabel = "N",
            description =
                    "How many of its items the server is asked to order; where it has none, as of a"
                            + " bundle of ads, how many candidates of made-up features."
                            + " Default: ${DEFAULT-VALUE}.")
    private int rankCandidates = 100;

    @Option(
            names = "--search-share",
            paramLabel = "PART",
            description =
                    "Part of requests for the items nearest to a vector, 0 to 1: of a user where"
                            + " there is --bundle, else of any direction. Default: 0, and 0.1"
                            + " where a recall is asked for.")
    private @Nullable Double searchShare;

    @Option(
            names = "--filter",
            paramLabel = "PREDICATE",
            description =
                    "Requests that recommend, find similar items or search bring this filter, such"
                            + " as \"price < 10\"; if given several times, one of them by chance.")
    private List<String> filters = new ArrayList<>();

    @Option(
            names = "--filter-share",
            paramLabel = "PART",
            description =
                    "Part of those requests that bring a filter, 0 to 1. Default: 1 with --filter.")
    private @Nullable Double filterShare;

    @Mixin LoadChangeOptions changes;

    /** Filled by picocli. */
    public LoadMixOptions() {}

    /**
     * Begins a plan that asks for what these options say.
     *
     * @param target where the server is.
     * @param client connected to it.
     * @param bundle the bundle that it serves, or null where nobody says.
     * @param seed of what is made up.
     * @param usualSearchShare where the options don't say.
     * @return the plan.
     */
    LoadPlanBuilder plan(
            Target target,
            MillraceClient client,
            @Nullable BundleJudge bundle,
            long seed,
            double usualSearchShare) {
        ServerInfo info = client.info(SAMPLED_IDS);
        if (bundle != null) {
            bundle.requireServed(info);
        }
        RequestFilters brought = filters(client);
        boolean hasItems = info.items() > 0 || rankShare == 0;
        double share = searchShare == null ? usualSearchShare : searchShare;
        LoadPlanBuilder plan =
                LoadPlan.to(
                                target.host(),
                                target.port(),
                                users == null ? info.sampleUsers() : readIds(users))
                        .security(target.security())
                        .popularity(popularity)
                        .similar(similarShare, info.sampleItems())
                        .rank(rankShare, rankCandidates, hasItems ? null : client.rankColumns())
                        .filters(brought)
                        .changes(changes.mix(client, info, seed));
        if (share == 0) {
            return plan;
        }
        return plan.search(
                share,
                bundle == null
                        ? madeUpVectors("--search-share", info.dimension(), seed)
                        : bundle.userVectors());
    }

    /** The server says what is wrong with a filter, before each request is refused for it. */
    private RequestFilters filters(MillraceClient client) {
        if (filters.isEmpty() && filterShare == null) {
            return RequestFilters.NONE;
        }
        RequestFilters brought = new RequestFilters(filters, filterShare == null ? 1 : filterShare);
        for (String filter : brought.texts()) {
            Answer answer =
                    client.recommend(
                            RecommendQuery.of(RankQuery.NOBODY, 1)
                                    .wishing(Wishes.NONE.filtered(filter)));
            if (!answer.isOk()) {
                throw MillraceException.usage(
                        "filter is refused: --filter=%s, status=%s, %s",
                        filter, answer.status(), answer.message());
            }
        }
        return brought;
    }

    /** Vectors of any direction that an option asks for. */
    static float[][] madeUpVectors(String option, int dimension, long seed) {
        if (dimension == 0) {
            throw MillraceException.usage(
                    "nothing to search: %s, but the server has no vectors; leave it out", option);
        }
        SplitRandom random = SplitRandom.forStream(seed, VECTOR_STREAM);
        float[][] vectors = new float[MADE_UP_VECTORS][dimension];
        for (float[] vector : vectors) {
            for (int i = 0; i < dimension; i++) {
                vector[i] = (float) random.nextGaussian();
            }
        }
        return vectors;
    }

    private static long[] readIds(Path file) {
        try {
            return Files.readAllLines(file).stream()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .mapToLong(line -> id(file, line))
                    .toArray();
        } catch (IOException e) {
            throw MillraceException.io("read user ids", file, e);
        }
    }

    private static long id(Path file, String line) {
        try {
            return Long.parseLong(line);
        } catch (NumberFormatException e) {
            throw MillraceException.badInput(
                    "not a user id: file=%s, line='%s'; write one number a line", file, line);
        }
    }
}
