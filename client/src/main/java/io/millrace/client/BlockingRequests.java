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
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.codec.ScopeCode;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Requests that wait for their answer. An answer of any status but OK is no exception: {@link
 * Answer#status} tells. Where no answer comes within the deadline, or the connection is lost, a
 * {@link MillraceException} of code {@link ErrorCode#UNAVAILABLE} says so in one line.
 *
 * <p>Threading: any number of threads; one that is interrupted gives its request up and stays
 * interrupted. Allocation: per question.
 */
public sealed class BlockingRequests permits MillraceClient {
    private final Dispatcher dispatcher;
    private final Duration deadline;

    BlockingRequests(Dispatcher dispatcher, Duration deadline) {
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
    public BlockingRequests within(Duration longest) {
        return new BlockingRequests(dispatcher, Deadline.validate(longest));
    }

    /**
     * Asks whether a server answers.
     *
     * @return OK when it does.
     */
    public Status ping() {
        return ask(RequestFrames.ping());
    }

    /**
     * Asks what is served.
     *
     * @param maxSamples the most ids wanted in each of the samples.
     * @return what a server says of itself.
     */
    public ServerInfo info(int maxSamples) {
        return ask(RequestFrames.info(maxSamples));
    }

    /**
     * Asks what was counted and timed.
     *
     * @return numbers by their names, as the page of metrics has them.
     */
    public Statistics stats() {
        return ask(RequestFrames.stats());
    }

    /**
     * Asks for items for a user, now and without a context.
     *
     * @param userId the user.
     * @param k how many.
     * @return the answer.
     */
    public Answer recommend(long userId, int k) {
        return recommend(RecommendQuery.of(userId, k));
    }

    /**
     * Asks for items for a user.
     *
     * @param query the question.
     * @return the answer.
     */
    public Answer recommend(RecommendQuery query) {
        return ask(RequestFrames.recommend(query));
    }

    /**
     * Asks why items are recommended to a user, or are not.
     *
     * @param query the question.
     * @return what became of them.
     */
    public Explanation explain(ExplainQuery query) {
        return ask(ExplainFrames.explain(query));
    }

    /**
     * Asks for items like an item, as they are found.
     *
     * @param itemId the item.
     * @param k how many.
     * @return the answer.
     */
    public Answer similar(long itemId, int k) {
        return similar(SimilarQuery.of(itemId, k));
    }

    /**
     * Asks for items like an item.
     *
     * @param query the question.
     * @return the answer.
     */
    public Answer similar(SimilarQuery query) {
        return ask(RequestFrames.similar(query));
    }

    /**
     * Asks for items near a vector.
     *
     * @param query the question.
     * @return the answer.
     */
    public Answer search(SearchQuery query) {
        return ask(RequestFrames.search(query));
    }

    /**
     * Asks for the order of candidates.
     *
     * @param query the question.
     * @return the answer; of items of the catalogue those that are not there are left out.
     */
    public Answer rank(RankQuery query) {
        return ask(RequestFrames.rank(query));
    }

    /**
     * Asks what columns a rank request may bring.
     *
     * @return the features of candidates, and how much of them fits into a request.
     */
    public RankColumns rankColumns() {
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
    public Answer feedback(long userId, long timestampMs, List<FeedbackEvent> events) {
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
    public Answer feedback(
            long userId, long timestampMs, List<FeedbackEvent> events, String experimentKey) {
        return ask(RequestFrames.feedback(userId, timestampMs, events, experimentKey));
    }

    /**
     * Asks what columns a change may bring.
     *
     * @param scope whether of an item or of a user.
     * @return the features.
     */
    public RankColumns columns(ScopeCode scope) {
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
    public Answer update(ScopeCode scope, long id, List<RankColumn> columns) {
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
    public Answer upsert(long itemId, List<RankColumn> columns) {
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
    public Answer upsert(long itemId, List<RankColumn> columns, float[] vector) {
        return ask(RequestFrames.upsert(itemId, columns, vector));
    }

    /**
     * Takes an item out of the catalogue. Is never sent twice.
     *
     * @param itemId which.
     * @return an answer without items; when it is OK, that is on the server's disk and no later
     *     request is answered with the item.
     */
    public Answer delete(long itemId) {
        return ask(RequestFrames.delete(itemId));
    }

    private <A> A ask(RequestFrame<A> request) {
        // Nothing depends on this future but the wait for it, so it is completed where it is.
        CompletableFuture<A> answer = dispatcher.ask(request, deadline, Runnable::run);
        try {
            return answer.get();
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw new MillraceException(
                    ErrorCode.UNAVAILABLE,
                    "interrupted while waiting for an answer: request=" + request.label(),
                    e);
        } catch (ExecutionException e) {
            MillraceException failure = (MillraceException) Objects.requireNonNull(e.getCause());
            // With the stack of whoever waited; that of the client's thread is its cause.
            throw new MillraceException(failure.code(), failure.getMessage(), failure);
        }
    }
}
