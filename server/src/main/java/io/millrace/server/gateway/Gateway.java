package io.millrace.server.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.WireLimits;
import io.millrace.core.wire.codec.InfoRequestEncoder;
import io.millrace.core.wire.codec.ScopeCode;
import io.millrace.server.http.HttpAnswer;
import io.millrace.server.http.HttpCall;
import io.millrace.server.http.Route;
import io.millrace.server.security.tokens.Permission;
import io.netty.channel.EventLoopGroup;

import org.agrona.DirectBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Answers {@code /v1/…}: a request becomes a frame, which goes the way of all frames, and its
 * answer becomes JSON.
 *
 * <p>Threading: the event loop.
 */
public final class Gateway {
    private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);

    /** What all its paths begin with. */
    static final String ROOT = "/v1/";

    private static final String DESCRIPTION = "openapi.json";
    private static final String IDS = "ids";
    private static final List<String> ID_FORMS = List.of("number", "string");
    private static final int SAMPLES = 16;

    private final FrameLink link;
    private final Supplier<@Nullable FrameDoor> source;
    private final boolean isLocal;

    /**
     * Makes a gateway.
     *
     * @param loop the one event loop that runs the routes
     * @param source where frames are served; null while they are not
     * @param isLocal whether only this machine is listened to: requests that a page of another host
     *     has its visitor's browser send are refused then
     * @param token shown where frames are served; null where none is wanted
     */
    public Gateway(
            EventLoopGroup loop,
            Supplier<@Nullable FrameDoor> source,
            boolean isLocal,
            byte @Nullable [] token) {
        this.link = new FrameLink(loop, token == null ? null : FrameWriter.auth(token));
        this.source = source;
        this.isLocal = isLocal;
    }

    /**
     * What it answers.
     *
     * @return one route for each kind of request, and its description
     */
    public List<Route> routes() {
        String description = description();
        List<Route> routes = new ArrayList<>();
        routes.add(
                Route.get(
                        "/" + DESCRIPTION, Permission.OPEN, call -> HttpAnswer.json(description)));
        routes.add(reading("ping", Permission.KNOWN, List.of(), query -> FrameWriter.ping()));
        routes.add(reading("info", Permission.READ, List.of("maxSamples"), Gateway::infoFrame));
        routes.add(reading("columns", Permission.KNOWN, List.of("scope"), Gateway::columnsFrame));
        routes.add(reading("stats", Permission.READ, List.of(), query -> FrameWriter.stats()));
        for (RequestShape shape : RequestShape.values()) {
            routes.add(
                    new Route(
                            "POST",
                            shape.path(),
                            shape.isRead() ? Permission.READ : Permission.WRITE,
                            (call, reply) -> ask(shape, call, reply)));
        }
        return routes;
    }

    private static String description() {
        try (InputStream in = Gateway.class.getResourceAsStream(DESCRIPTION)) {
            if (in == null) {
                throw MillraceException.of(
                        ErrorCode.INTERNAL, "no such resource: name=%s; build again", DESCRIPTION);
            }
            return new String(in.readAllBytes(), UTF_8).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] infoFrame(QueryString query) {
        int most = InfoRequestEncoder.maxSamplesMaxValue();
        return FrameWriter.info(query.whole("maxSamples", SAMPLES, most));
    }

    private static byte[] columnsFrame(QueryString query) {
        String scope = query.word("scope", List.of(ScopeCode.ITEM.name(), ScopeCode.USER.name()));
        return scope == null
                ? FrameWriter.columns()
                : FrameWriter.columns(ScopeCode.valueOf(scope));
    }

    /** A route of a request without a body. */
    private Route reading(
            String name,
            Permission permission,
            List<String> parameters,
            Function<QueryString, byte[]> writer) {
        List<String> known = new ArrayList<>(parameters);
        known.add(IDS);
        return new Route(
                "GET",
                ROOT + name,
                permission,
                (call, reply) -> {
                    FrameDoor door = open(call, reply);
                    if (door == null) {
                        return;
                    }
                    try {
                        QueryString query = new QueryString(call, known);
                        boolean idsAreTexts = idsAreTexts(query);
                        send(door, writer.apply(query), idsAreTexts, reply);
                    } catch (MillraceException e) {
                        reply.accept(refusal(e, null));
                    }
                });
    }

    private void ask(RequestShape shape, HttpCall call, Consumer<HttpAnswer> reply) {
        FrameDoor door = open(call, reply);
        if (door == null) {
            return;
        }
        if (!call.isJson()) {
            reply.accept(
                    HttpAnswer.error(
                            415,
                            "UNSUPPORTED_MEDIA_TYPE",
                            "not json: content-type="
                                    + call.contentType()
                                    + "; send the header content-type: application/json"));
            return;
        }
        try (BodyReader in = new BodyReader(call.body())) {
            try {
                boolean idsAreTexts = idsAreTexts(new QueryString(call, List.of(IDS)));
                RequestBody body = shape.read(in, door);
                spendDeadline(body, call);
                send(door, shape.frame(body), idsAreTexts, reply);
            } catch (MillraceException e) {
                reply.accept(refusal(e, in.key()));
            }
        }
    }

    /** What was spent on reading is not there to answer in; 0 would be no deadline at all. */
    private static void spendDeadline(RequestBody body, HttpCall call) {
        if (body.deadlineUs > 0) {
            long spentNs = System.nanoTime() - call.arrivalNs();
            body.deadlineUs = Math.max(1, body.deadlineUs - TimeUnit.NANOSECONDS.toMicros(spentNs));
        }
    }

    private static boolean idsAreTexts(QueryString query) {
        return "string".equals(query.word(IDS, ID_FORMS));
    }

    private static HttpAnswer refusal(MillraceException e, @Nullable String key) {
        boolean isPlace = key != null && !key.isEmpty();
        return StatusTable.error(
                e.code() == ErrorCode.BAD_INPUT ? Status.BAD_REQUEST : Status.INTERNAL,
                e.getMessage(),
                isPlace ? key : null);
    }

    /** Where to send the frame; null where the request was refused. */
    private @Nullable FrameDoor open(HttpCall call, Consumer<HttpAnswer> reply) {
        if (isLocal && !call.isForLocalHost()) {
            reply.accept(
                    HttpAnswer.error(
                            403,
                            "FORBIDDEN",
                            "not a name of this machine: host="
                                    + call.host()
                                    + "; ask localhost, or listen on another address"));
            return null;
        }
        FrameDoor door = source.get();
        if (door == null) {
            reply.accept(
                    StatusTable.error(
                            Status.SHUTTING_DOWN, "frames are not served now; see /readyz"));
        }
        return door;
    }

    private void send(
            FrameDoor door, byte[] frame, boolean idsAreTexts, Consumer<HttpAnswer> reply) {
        if (frame.length > WireLimits.MAX_FRAME_BYTES) {
            reply.accept(
                    StatusTable.error(
                            Status.TOO_LARGE,
                            String.format(
                                    Locale.ROOT,
                                    "frame too large: bytes=%d, limit=%d; send less",
                                    frame.length,
                                    WireLimits.MAX_FRAME_BYTES)));
            return;
        }
        link.send(
                door.address(),
                frame,
                answer ->
                        reply.accept(
                                answer == null ? unanswered() : translated(answer, idsAreTexts)));
    }

    private HttpAnswer unanswered() {
        return source.get() == null
                ? StatusTable.error(Status.SHUTTING_DOWN, "server is stopping")
                : StatusTable.error(
                        Status.INTERNAL,
                        "the connection to the port for frames broke; whether a change was made is"
                                + " not known");
    }

    private static HttpAnswer translated(DirectBuffer frame, boolean idsAreTexts) {
        try {
            return AnswerJson.of(frame, idsAreTexts);
        } catch (RuntimeException e) { // Whoever waits must be told.
            LOG.error("answer not understood: bytes={}", frame.capacity(), e);
            return StatusTable.error(Status.INTERNAL, "internal error; see the server's log");
        }
    }
}
