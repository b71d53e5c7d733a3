package io.millrace.cli.limit;

import io.millrace.cli.serve.Target;
import io.millrace.client.MillraceClient;
import io.millrace.client.message.Answer;
import io.millrace.client.message.RecommendQuery;
import io.millrace.client.message.ServerInfo;
import io.millrace.client.message.Wishes;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.data.bundle.OfflineBundle;
import io.millrace.data.bundle.UserVectors;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.eval.BundleFilters;
import io.millrace.data.eval.FoundItems;
import io.millrace.data.eval.SearchJudge;
import io.millrace.data.eval.ServedTen;
import io.millrace.data.eval.TenJudge;
import io.millrace.data.eval.TenReport;
import io.millrace.index.filter.OrdinalBitSet;
import io.millrace.loadgen.limit.AnswerQuality;
import io.millrace.loadgen.limit.QualityJudge;
import io.millrace.loadgen.plan.LoadPlan;
import io.millrace.loadgen.report.LoadReport;
import io.millrace.loadgen.report.SampledAnswer;
import io.millrace.loadgen.report.SampledSearch;
import io.millrace.ranker.features.RowTable;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Judges the answers of a load by the bundle that is served and, for what they are worth, by the
 * data set that it was built from.
 *
 * <p>Threading: one thread.
 */
public final class BundleJudge implements QualityJudge, AutoCloseable {
    private static final int MOST_VECTORS = 1_000;
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final OfflineBundle bundle;
    private final @Nullable Dataset dataset;
    private final Target target;
    private final int threads;

    /** Opened for the first answer with a filter. */
    private @Nullable BundleFilters filters;

    /** What users are answered when nobody else asks. */
    private final Map<Question, long[]> unloaded = new HashMap<>();

    private record Question(long userId, @Nullable String filter) {}

    private BundleJudge(
            OfflineBundle bundle, @Nullable Dataset dataset, Target target, int threads) {
        this.bundle = bundle;
        this.dataset = dataset;
        this.target = target;
        this.threads = threads;
    }

    /**
     * Opens a bundle, and its data set.
     *
     * @param bundle its folder.
     * @param dataset the folder of its data set, or null to judge nothing by it.
     * @param target where the server is.
     * @param threads to judge with.
     * @return a judge to be closed.
     */
    static BundleJudge open(Path bundle, @Nullable Path dataset, Target target, int threads) {
        OfflineBundle opened = OfflineBundle.open(bundle);
        Dataset data = null;
        try {
            if (dataset != null) {
                data = Dataset.open(dataset);
                opened.checkMadeFrom(data);
            }
            return new BundleJudge(opened, data, target, threads);
        } catch (Throwable t) {
            if (data != null) {
                data.close();
            }
            opened.close();
            throw t;
        }
    }

    /**
     * Makes sure that the server serves this bundle.
     *
     * @param info what the server says.
     * @throws MillraceException when it serves another.
     */
    public void requireServed(ServerInfo info) {
        String served = String.format("%016x", info.fingerprint());
        if (!served.equals(bundle.manifest().fingerprint())) {
            throw MillraceException.usage(
                    "another bundle is served: --bundle=%s, its fingerprint=%s, served=%s; give the"
                            + " one that is",
                    bundle.path(), bundle.manifest().fingerprint(), served);
        }
    }

    /**
     * Query vectors of users, spread over all.
     *
     * @return no more than a thousand, of users of whom something is known.
     */
    public float[][] userVectors() {
        RowTable users = bundle.users();
        UserVectors embedding = bundle.newUserVectors();
        List<float[]> vectors = new ArrayList<>();
        int step = Math.max(1, users.count() / MOST_VECTORS);
        for (int user = 0; user < users.count() && vectors.size() < MOST_VECTORS; user += step) {
            float[] vector = new float[bundle.index().dimension()];
            embedding.embedInto(user, vector);
            if (bundle.index().accepts(vector)) {
                vectors.add(vector);
            }
        }
        return vectors.toArray(float[][]::new);
    }

    @Override
    public AnswerQuality judge(LoadReport report) {
        AnswerQuality unjudged = AnswerQuality.UNJUDGED;
        OptionalDouble recall = unjudged.recall();
        if (!report.sampledSearches().isEmpty()) {
            recall = OptionalDouble.of(recall(report));
        }
        if (dataset == null || report.sampledAnswers().isEmpty()) {
            return new AnswerQuality(recall, unjudged.ndcg10(), unjudged.unloadedNdcg10());
        }
        return new AnswerQuality(
                recall, ndcg10(dataset, served(report)), ndcg10(dataset, servedUnloaded(report)));
    }

    private double recall(LoadReport report) {
        float[][] vectors = report.plan().mix().vectors();
        List<FoundItems> found = new ArrayList<>();
        for (SampledSearch search : report.sampledSearches()) {
            found.add(
                    new FoundItems(
                            vectors[search.vector()], accepted(search.filter()), search.itemIds()));
        }
        return SearchJudge.recall(bundle, found, report.plan().k(), threads, ProgressListener.NONE);
    }

    /** Items that a filter lets be answered; null for all. */
    private @Nullable OrdinalBitSet accepted(@Nullable String filter) {
        if (filter == null) {
            return null;
        }
        BundleFilters opened = filters;
        if (opened == null) {
            opened = BundleFilters.open(bundle);
            filters = opened;
        }
        return opened.accepted(filter);
    }

    private List<ServedTen> served(LoadReport report) {
        return report.sampledAnswers().stream()
                .map(answer -> served(answer, answer.itemIds()))
                .toList();
    }

    private ServedTen served(SampledAnswer answer, long[] itemIds) {
        return new ServedTen(answer.userId(), accepted(answer.filter()), itemIds);
    }

    private List<ServedTen> servedUnloaded(LoadReport report) {
        LoadPlan plan = report.plan();
        List<ServedTen> served = new ArrayList<>();
        try (MillraceClient client = target.connect(TIMEOUT)) {
            for (SampledAnswer answer : report.sampledAnswers()) {
                Question question = new Question(answer.userId(), answer.filter());
                long[] items =
                        unloaded.computeIfAbsent(
                                question, asked -> askAlone(client, query(asked, plan)));
                served.add(served(answer, items));
            }
        }
        return served;
    }

    private static RecommendQuery query(Question question, LoadPlan plan) {
        RecommendQuery query =
                RecommendQuery.of(question.userId(), plan.k()).at(plan.timestampMs());
        return question.filter() == null
                ? query
                : query.wishing(Wishes.NONE.filtered(question.filter()));
    }

    /** No items would be an NDCG of 0, which every answer under load beats. */
    private static long[] askAlone(MillraceClient client, RecommendQuery query) {
        Answer answer = client.recommend(query);
        if (!answer.isOk()) {
            throw MillraceException.of(
                    ErrorCode.UNAVAILABLE,
                    "not answered although nobody else asks: user=%d, status=%s, '%s'; look at the"
                            + " server's log",
                    query.userId(),
                    answer.status(),
                    answer.message());
        }
        return answer.itemIds();
    }

    private OptionalDouble ndcg10(Dataset data, List<ServedTen> served) {
        TenReport report = TenJudge.judge(bundle, data, served, threads, ProgressListener.NONE);
        return report.users() == 0 ? OptionalDouble.empty() : OptionalDouble.of(report.ndcg10());
    }

    @Override
    public void close() {
        if (dataset != null) {
            dataset.close();
        }
        if (filters != null) {
            filters.close();
        }
        bundle.close();
    }
}
