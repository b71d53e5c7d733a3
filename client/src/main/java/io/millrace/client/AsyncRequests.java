package io.millrace.client;

import io.millrace.client.connection.Dispatcher;
import io.millrace.client.message.Answer;
import io.millrace.client.message.ExplainFrames;
import io.millrace.client.message.ExplainQuery;
import io.millrace.client.message.Explanation;
import io.millrace.client.message.FeedbackEvent;
import io.millrace.client.message.RankColumn;
import io.millrace.client.message.RankColumns;
import io.millrace.client.message.RankQuery;
import io.millrace.client.message.RecommendQuery;
import io.millrace.client.message.RequestFrame;
import io.millrace.client.message.RequestFrames;
import io.millrace.client.message.SearchQuery;
import io.millrace.client.message.ServerInfo;
import io.millrace.client.message.SimilarQuery;
import io.millrace.client.message.Statistics;
import io.millrace.core.error.MillraceException;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.codec.ScopeCode;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Requests that return at once with an answer to be. An answer of any status but OK is no failure:
 * {@link Answer#status} tells. A future fails with a {@link MillraceException} when no answer came
 * within the deadline or the connection was lost. One that is cancelled gives its request up.
 *
 * <p>Threading: any number of threads. What depends on a future runs on a virtual thread of its own
 * and may take its time, ask again and wait. Allocation: per question.
 */
public final class AsyncRequests {
    private final Dispatcher dispatcher;
    private final Duration deadline;

    AsyncRequests(Dispatcher dispatcher, Duration deadline) {
        this.dispatcher = dispatcher;
        this.deadline = deadline;
    }

    /**
     * The same requests with another deadline.
     *
     * @param longest the longest each may take, 1 ms to 1 h; the server is told what is left of it
     *     when the request leaves.
     * @return requests over the same connections.
     */
    public AsyncRequests within(Duration longest) {
        return new AsyncRequests(dispatcher, Deadline.validate(longest));
    }

    /**
     * Asks whether a server answers.
     *
     * @return OK when it does.
     */
    public CompletableFuture<Status> ping() {
        return ask(RequestFrames.ping());
    }

    /**
     * Asks what is served.
     *
     * @param maxSamples the most ids wanted in each of the samples.
     * @return what a server says of itself.
     */
    public CompletableFuture<ServerInfo> info(int maxSamples) {
        return ask(RequestFrames.info(maxSamples));
    }

    /**
     * Asks what was counted and timed.
     *
     * @return numbers by their names, as the page of metrics has them.
     */
    public CompletableFuture<Statistics> stats() {
        return ask(RequestFrames.stats());
    }

    /**
     * Asks for items for a user.
     *
     * @param query the question.
     * @return the answer.
     */
    public CompletableFuture<Answer> recommend(RecommendQuery query) {
        return ask(RequestFrames.recommend(query));
    }

    /**
     * Asks why items are recommended to a user, or are not.
     *
     * @param query the question.
     * @return what became of them.
     */
    public CompletableFuture<Explanation> explain(ExplainQuery query) {
        return ask(ExplainFrames.explain(query));
    }

    /**
     * Asks for items like an item.
     *
     * @param query the question.
     * @return the answer.
     */
    public CompletableFuture<Answer> similar(SimilarQuery query) {
        return ask(RequestFrames.similar(query));
    }

    /**
     * Asks for items near a vector.
     *
     * @param query the question.
     * @return the answer.
     */
    public CompletableFuture<Answer> search(SearchQuery query) {
        return ask(RequestFrames.search(query));
    }

    /**
     * Asks for the order of candidates.
     *
     * @param query the question.
     * @return the answer; of items of the catalogue those that are not there are left out.
     */
    public CompletableFuture<Answer> rank(RankQuery query) {
        return ask(RequestFrames.rank(query));
    }

    /**
     * Asks what columns a rank request may bring.
     *
     * @return the features of candidates, and how much of them fits into a request.
     */
    public CompletableFuture<RankColumns> rankColumns() {
        return ask(RequestFrames.rankColumns());
    }

    /**
     * Tells what a user did. Is never sent twice.
     *
     * @param userId who.
     * @param timestampMs when, since 1970 UTC; 0: now.
     * @param events what, oldest first.
     * @return an answer without items; when it is OK, the next request sees all that was told, else
     *     none of it.
     */
    public CompletableFuture<Answer> feedback(
            long userId, long timestampMs, List<FeedbackEvent> events) {
        return feedback(userId, timestampMs, events, "");
    }

    /**
     * Tells what a user did, as a part of an experiment. Is never sent twice.
     *
     * @param userId who.
     * @param timestampMs when, since 1970 UTC; 0: now.
     * @param events what, oldest first.
     * @param experimentKey what the caller's experiments know it by, up to 64 bytes of UTF-8; the
     *     server's log of impressions has it; empty: none.
     * @return as {@link #feedback(long, long, List)}.
     */
    public CompletableFuture<Answer> feedback(
            long userId, long timestampMs, List<FeedbackEvent> events, String experimentKey) {
        return ask(RequestFrames.feedback(userId, timestampMs, events, experimentKey));
    }

    /**
     * Asks what columns a change may bring.
     *
     * @param scope whether of an item or of a user.
     * @return the features.
     */
    public CompletableFuture<RankColumns> columns(ScopeCode scope) {
        return ask(RequestFrames.columns(scope));
    }

    /**
     * Changes features of an item or a user. Is never sent twice.
     *
     * @param scope whether of an item or of a user.
     * @param id of the item or the user.
     * @param columns the features that change, with a single value each.
     * @return an answer without items; when it is OK, the change is on the server's disk and the
     *     next request sees it, else nothing was changed.
     */
    public CompletableFuture<Answer> update(ScopeCode scope, long id, List<RankColumn> columns) {
        return ask(RequestFrames.update(scope, id, columns));
    }

    /**
     * Brings an item into the catalogue, or another in its place; its vector follows from its
     * features. Is never sent twice.
     *
     * @param itemId which.
     * @param columns its features, with a single value each; those left out are missing.
     * @return an answer without items; when it is OK, the item is on the server's disk and the next
     *     request may be answered with it, else nothing was changed.
     */
    public CompletableFuture<Answer> upsert(long itemId, List<RankColumn> columns) {
        return upsert(itemId, columns, new float[0]);
    }

    /**
     * Brings an item into the catalogue, or another in its place, with a vector by which it is
     * found. Is never sent twice.
     *
     * @param itemId which.
     * @param columns its features, with a single value each; those left out are missing.
     * @param vector of the server's dimension; empty where it follows from the features.
     * @return as {@link #upsert(long, List)}.
     */
    public CompletableFuture<Answer> upsert(long itemId, List<RankColumn> columns, float[] vector) {
        return ask(RequestFrames.upsert(itemId, columns, vector));
    }

    /**
     * Takes an item out of the catalogue. Is never sent twice.
     *
     * @param itemId which.
     * @return an answer without items; when it is OK, that is on the server's disk and no later
     *     request is answered with the item.
     */
    public CompletableFuture<Answer> delete(long itemId) {
        return ask(RequestFrames.delete(itemId));
    }

    private <A> CompletableFuture<A> ask(RequestFrame<A> request) {
        return dispatcher.ask(request, deadline, AsyncRequests::completeApart);
    }

    private static void completeApart(Runnable completion) {
        Thread.ofVirtual().name("millrace-client-answer-0").start(completion);
    }
}
