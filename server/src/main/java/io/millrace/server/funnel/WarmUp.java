package io.millrace.server.funnel;

import io.millrace.core.metrics.AllocationMeter;
import io.millrace.core.progress.ProgressListener;
import io.millrace.core.random.SplitRandom;
import io.millrace.core.wire.WireLimits;
import io.millrace.server.config.ServerConfig.LimitsConfig;
import io.millrace.server.request.Answer;
import io.millrace.server.request.AnswerWriter;
import io.millrace.server.request.Lever;
import io.millrace.server.request.Request;
import io.millrace.server.request.RequestLimits;
import io.millrace.server.request.StageClock;

import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Answers made-up requests before real ones come, so that pages are in memory and hot methods
 * compiled.
 */
public final class WarmUp {
    private static final long LONGEST_NS = TimeUnit.SECONDS.toNanos(15);
    private static final int STEP = 64;

    /** A step that takes less of the shortest so far shows that the compiler is not done. */
    private static final double FASTER = 0.95;

    private static final int K = 10;

    /** Leaves no time, so that the ways taken in haste are warm, too. */
    private static final int LEAST_DEADLINE_US = 1;

    private final Catalogue catalogue;
    private final FunnelWorker worker;
    private final Request request;
    private final MadeUpCandidates candidates;

    /** As UTF-8 from the start: a text made into bytes for each request is an allocation. */
    private final List<DirectBuffer> filters;

    private final Answer answer;
    private final int k;
    private final StageClock clock = new StageClock();
    private final AnswerWriter writer = new AnswerWriter();
    private final ExpandableArrayBuffer frame;
    private final SplitRandom random = new SplitRandom(1);

    private WarmUp(Catalogue catalogue, FunnelWorker worker, LimitsConfig limits) {
        this.catalogue = catalogue;
        this.worker = worker;
        RequestLimits requestLimits = catalogue.requestLimits(limits);
        request = new Request(requestLimits);
        candidates = new MadeUpCandidates(catalogue, requestLimits);
        filters = catalogue.sampleFilters().stream().map(WarmUp::bytesOf).toList();
        answer = new Answer(requestLimits.answers());
        k = Math.min(K, limits.k());
        frame = new ExpandableArrayBuffer(WireLimits.resultFrameBytes(requestLimits.answers()));
    }

    /**
     * Answers so many requests, and goes on until a step of them allocates nothing, since vectors
     * are objects until the compiler has been through the kernels, and is no faster than those
     * before, since other code is still being compiled while it is. Ends after 15 s in any case.
     */
    public static void run(
            Catalogue catalogue,
            FunnelWorker worker,
            LimitsConfig limits,
            int requests,
            ProgressListener progress) {
        if (requests == 0) {
            return;
        }
        try (ProgressListener.Stage stage = progress.start("warm up", requests)) {
            WarmUp warmUp = new WarmUp(catalogue, worker, limits);
            long beginNs = System.nanoTime();
            int done = 0;
            boolean isCold = true;
            long shortestNs = Long.MAX_VALUE;
            while ((done < requests || isCold) && System.nanoTime() - beginNs < LONGEST_NS) {
                long heapBytes = AllocationMeter.currentThreadAllocatedBytes();
                long stepBeginNs = System.nanoTime();
                for (int i = 0; i < STEP; i++) {
                    warmUp.answerOne(done + i);
                }
                long stepNs = System.nanoTime() - stepBeginNs;
                boolean isAllocating =
                        AllocationMeter.currentThreadAllocatedBytes() - heapBytes > 0;
                isCold = isAllocating || stepNs < FASTER * shortestNs;
                shortestNs = Math.min(shortestNs, stepNs);
                done += STEP;
                stage.advance(STEP);
            }
        }
    }

    private void answerOne(int number) {
        if (catalogue.items() > 0) {
            askFunnel(number);
        } else {
            candidates.askByRows(request, number);
        }
        answer.clear();
        clock.start(System.nanoTime());
        worker.answer(request, answer, clock);
        writer.write(answer, number, 0, catalogue.fingerprint(), frame, 0);
    }

    private void askFunnel(int number) {
        switch (number % 16) {
            case 7, 8 -> {
                request.recommend(number, pick(catalogue.sampleUsers()), 0, k, 0);
                filter(number / 16 * 2 + number % 16 % 2);
            }
            case 9 -> candidates.askByItems(request, number);
            case 10 -> candidates.askByRows(request, number);
            case 13 -> request.recommend(number, Long.MIN_VALUE, 0, k, 0);
            case 14 -> request.similar(number, pick(catalogue.sampleItems()), k, number / 16 % 2);
            case 15 -> {
                request.search(number, pick(catalogue.sampleUsers()), 0, k, number / 16 % 2);
                float[] vector = request.vector();
                for (int i = 0; i < vector.length; i++) {
                    vector[i] = (float) random.nextGaussian();
                }
            }
            case 11 -> {
                request.recommend(number, pick(catalogue.sampleUsers()), 0, k, 0);
                request.timed(System.nanoTime(), LEAST_DEADLINE_US);
            }
            case 12 -> {
                request.recommend(number, pick(catalogue.sampleUsers()), 0, k, 0);
                request.giveUp(Lever.givenUpAt(number / 16 % Lever.levels()));
            }
            default -> request.recommend(number, pick(catalogue.sampleUsers()), 0, k, 0);
        }
    }

    private void filter(int number) {
        if (!filters.isEmpty()) {
            DirectBuffer text = filters.get(number % filters.size());
            request.filter().set(text, 0, text.capacity());
        }
    }

    private static DirectBuffer bytesOf(String text) {
        return new UnsafeBuffer(text.getBytes(StandardCharsets.UTF_8));
    }

    private long pick(List<Long> ids) {
        return ids.isEmpty() ? 0 : ids.get(random.nextInt(ids.size()));
    }
}
