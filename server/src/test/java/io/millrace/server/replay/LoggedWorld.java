package io.millrace.server.replay;

import io.millrace.core.bundle.BundleManifest;
import io.millrace.core.log.LogFiles;
import io.millrace.core.progress.ProgressListener;
import io.millrace.core.wire.Status;
import io.millrace.ranker.feedback.EventKind;
import io.millrace.ranker.impression.ImpressionDescription;
import io.millrace.ranker.impression.ImpressionLogReader;
import io.millrace.server.Columns;
import io.millrace.server.TinyBundle;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.funnel.FunnelWorker;
import io.millrace.server.funnel.bundle.ServingBundle;
import io.millrace.server.request.Answer;
import io.millrace.server.request.Lever;
import io.millrace.server.request.Request;
import io.millrace.server.request.RequestKind;
import io.millrace.server.request.RequestLimits;
import io.millrace.server.request.StageClock;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/** A small bundle that answers requests of all kinds with a log. */
final class LoggedWorld {
    static final int ITEMS = 300;
    static final int USERS = 20;
    static final long TIMESTAMP_MS = 1_700_000_000_000L;

    private static final int ROUNDS = 20;
    private static final int KEEP_SEEN = 1;
    private static final int SKIP_RULES = 2;
    private static final int APPLY_RULES = 1;

    final TinyBundle tiny;
    final Path bundle;
    final Path log;
    private final Path state;

    LoggedWorld(Path folder) throws IOException {
        this(folder, new TinyBundle(ITEMS, USERS));
    }

    LoggedWorld(Path folder, TinyBundle tiny) throws IOException {
        this.tiny = tiny;
        bundle = tiny.write(folder.resolve("bundle"));
        log = folder.resolve("log");
        state = folder.resolve("state");
    }

    ServerConfig config() {
        return ServerConfig.defaults()
                .with("bundle", bundle.toString())
                .with("state", state.toString())
                .with("log.folder", log.toString())
                .with("funnel.candidates", 100)
                .with("funnel.rankedInHaste", 30)
                .with("funnel.warmUpRequests", 0);
    }

    /** What was asked and answered, in order. */
    record Answered(String what, List<Long> itemIds, List<Integer> scoreBits, int degraded) {}

    /** Serves requests of all kinds and returns what was answered. */
    List<Answered> serve(ServerConfig config) {
        return serve(config, LoggedWorld::requests);
    }

    List<Answered> serve(ServerConfig config, IntFunction<List<Consumer<Request>>> asked) {
        List<Answered> answers = new ArrayList<>();
        try (ServingBundle serving = ServingBundle.open(config, ProgressListener.NONE)) {
            FunnelWorker worker = serving.newWorker();
            FunnelWorker feedback = serving.newFeedbackWorker();
            RequestLimits limits = serving.catalogue().requestLimits(config.limits());
            Request request = new Request(limits);
            for (int round = 0; round < ROUNDS; round++) {
                for (Consumer<Request> ask : asked.apply(round)) {
                    ask.accept(request);
                    Answer answer = new Answer(limits.answers());
                    StageClock clock = new StageClock();
                    clock.start(System.nanoTime());
                    if (request.kind() == RequestKind.FEEDBACK) {
                        feedback.answer(request, answer, clock);
                    } else {
                        worker.answer(request, answer, clock);
                        answers.add(answered(request, answer));
                    }
                }
            }
        }
        return answers;
    }

    private static List<Consumer<Request>> requests(int round) {
        long userId = TinyBundle.userId(round % USERS);
        long itemId = TinyBundle.itemId(round * 13 % ITEMS);
        return List.of(
                r -> r.recommend(1, userId, TIMESTAMP_MS + 3_600_000L * round, 10, 0),
                r -> r.recommend(2, userId, 0, 10, 0),
                r -> {
                    r.recommend(3, userId, TIMESTAMP_MS, 20, KEEP_SEEN);
                    r.addContext(1, round % 5);
                    r.addContext(0, 3);
                },
                r -> {
                    r.recommend(4, userId, TIMESTAMP_MS, 10, SKIP_RULES);
                    for (int i = 0; i < round; i++) {
                        r.exclude(TinyBundle.itemId(i * 7));
                    }
                    r.exclude(-5);
                },
                r -> r.recommend(5, -1 - round, TIMESTAMP_MS, 10, 0),
                r -> {
                    r.recommend(6, userId, TIMESTAMP_MS, 10, 0);
                    r.timed(System.nanoTime(), 1);
                },
                r -> {
                    r.recommend(7, userId, TIMESTAMP_MS, 10, 0);
                    r.timed(System.nanoTime(), 60_000_000);
                },
                r -> r.similar(8, itemId, 10, round % 2),
                r -> {
                    r.search(9, userId, 0, 10, round % 2);
                    for (int i = 0; i < r.vector().length; i++) {
                        r.vector()[i] = (float) Math.sin(round + 1.7 * i);
                    }
                });
    }

    /** Requests that leave out a part of the items, by keys of all lengths. */
    static List<Consumer<Request>> filteredRequests(int round) {
        long userId = TinyBundle.userId(round % USERS);
        String key = "k".repeat(round);
        return List.of(
                r -> {
                    r.recommend(1, userId, TIMESTAMP_MS, 10, 0);
                    r.filter().set("duration < 3." + round % 9);
                    r.experimentKey().set(key);
                },
                r -> {
                    r.similar(2, TinyBundle.itemId(round), 10, round % 2);
                    r.filter().set("duration > 2.8");
                },
                r -> {
                    r.search(3, userId, 0, 10, round % 2);
                    r.vector()[round % r.vector().length] = 1;
                    r.filter().set("not duration > 3." + round % 9);
                    r.experimentKey().set(key);
                },
                r -> {
                    r.recommend(4, userId, TIMESTAMP_MS, 10, 0);
                    r.experimentKey().set(key);
                });
    }

    /** Requests with histories of their own, and feedback that changes rows in between. */
    static List<Consumer<Request>> changingRequests(int round) {
        long userId = TinyBundle.userId(round % 5);
        long itemId = TinyBundle.itemId(round * 13 % ITEMS);
        return List.of(
                r -> r.recommend(1, userId, TIMESTAMP_MS, 10, 0),
                r -> {
                    r.recommend(10, userId, TIMESTAMP_MS, 10, 0);
                    r.events().add(EventKind.WATCH, itemId, 1);
                },
                r -> {
                    r.recommend(11, -1 - round, TIMESTAMP_MS, 10, KEEP_SEEN);
                    r.events().replaceStored();
                    r.events().add(EventKind.LIKE, itemId, 1);
                },
                // Rows of users change between requests.
                r -> {
                    r.feedback(12, userId, TIMESTAMP_MS);
                    r.events().add(EventKind.WATCH, TinyBundle.itemId(round), 0.9f);
                });
    }

    /** The same request before and after feedback that changes no row, and others in between. */
    static List<Consumer<Request>> ratedRequests(int round) {
        long userId = TinyBundle.userId(round % USERS);
        long momentMs = TIMESTAMP_MS + 60_000L * round;
        return List.of(
                r -> r.recommend(1, userId, momentMs, 10, KEEP_SEEN),
                clicks(round, momentMs),
                r -> r.recommend(2, userId, momentMs, 10, KEEP_SEEN),
                r -> {
                    r.recommend(6, userId, momentMs, 10, 0);
                    r.timed(System.nanoTime(), 1);
                },
                r -> r.similar(8, TinyBundle.itemId(round), 10, round % 2),
                r -> {
                    r.search(9, userId, momentMs, 10, round % 2);
                    r.vector()[round] = 1;
                });
    }

    /** Requests of all kinds that give up what is asked of them, a set of levers each round. */
    List<Consumer<Request>> hurriedRequests(int round) {
        List<Consumer<Request>> requests = new ArrayList<>(requests(round));
        requests.addAll(rankRequests(round));
        int givenUp = givenUpIn(round);
        return requests.stream().map(ask -> ask.andThen(r -> r.giveUp(givenUp))).toList();
    }

    /** Each set of levers comes once. */
    private static int givenUpIn(int round) {
        int bits = 0;
        for (int i = 0; i < Lever.count(); i++) {
            bits |= (round >> i & 1) == 0 ? 0 : Lever.at(i).bit();
        }
        return bits;
    }

    /** Feedback that changes no row, and requests for candidates behind it. */
    List<Consumer<Request>> ratedRankRequests(int round) {
        List<Consumer<Request>> requests = new ArrayList<>(rankRequests(round));
        requests.addFirst(clicks(round, TIMESTAMP_MS + 60_000L * round));
        return requests;
    }

    private static Consumer<Request> clicks(int round, long momentMs) {
        return r -> {
            r.feedback(12, TinyBundle.userId(round % USERS), momentMs);
            for (int item = round % 3; item < ITEMS; item += 3) {
                r.events().add(EventKind.IMPRESSION, TinyBundle.itemId(item), 0);
                r.events().add(EventKind.CLICK, TinyBundle.itemId(item), 0);
            }
        };
    }

    /** Requests that name their candidates, or bring their features. */
    List<Consumer<Request>> rankRequests(int round) {
        long userId = TinyBundle.userId(round % USERS);
        return List.of(
                r -> {
                    r.rank(20, userId, TIMESTAMP_MS, Request.ALL, 0);
                    r.addContext(1, round % 5);
                    addItems(r, round);
                },
                r -> {
                    r.rank(21, userId, TIMESTAMP_MS, 7, APPLY_RULES);
                    addItems(r, round);
                },
                r -> {
                    // Too late to score all: the light ranker cuts them.
                    r.rank(22, userId, TIMESTAMP_MS, 7, 0);
                    addItems(r, round);
                    r.timed(System.nanoTime(), 1);
                },
                r -> {
                    r.rank(23, Request.NO_USER, TIMESTAMP_MS, Request.ALL, 0);
                    addRows(r, round);
                },
                r -> {
                    r.rank(24, userId, TIMESTAMP_MS, 4, 0);
                    addRows(r, round);
                });
    }

    private static void addItems(Request request, int round) {
        for (int i = 0; i < 60; i++) {
            request.candidates().add(TinyBundle.itemId((round * 11 + i * 3) % ITEMS));
        }
        request.candidates().add(-1);
        request.candidates().add(TinyBundle.itemId(round * 11 % ITEMS));
    }

    private static void addRows(Request request, int round) {
        int count = 20;
        double[] creators = new double[count];
        double[] durations = new double[count];
        for (int i = 0; i < count; i++) {
            request.candidates().add(-i);
            creators[i] = (round + i) % TinyBundle.CREATORS + 2;
            durations[i] = i % 4 == 0 ? Double.NaN : round + i * 0.25;
        }
        Columns.add(request, "creator", creators);
        Columns.add(request, "duration", durations);
        Columns.add(request, "tags", 3.0);
    }

    private static Answered answered(Request request, Answer answer) {
        if (answer.status() != Status.OK) {
            throw new AssertionError(answer.message().toString());
        }
        List<Long> itemIds = new ArrayList<>();
        List<Integer> scoreBits = new ArrayList<>();
        for (int i = 0; i < answer.count(); i++) {
            itemIds.add(answer.itemId(i));
            scoreBits.add(Float.floatToRawIntBits(answer.score(i)));
        }
        return new Answered(
                request.kind().label() + " " + request.correlationId(),
                itemIds,
                scoreBits,
                answer.degraded());
    }

    String fingerprint() {
        return BundleManifest.read(bundle).fingerprint();
    }

    ImpressionLogReader read() {
        return new ImpressionLogReader(log, fingerprint());
    }

    List<Path> files() {
        return LogFiles.of(log, ImpressionDescription.KIND);
    }
}
