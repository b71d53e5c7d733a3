package io.millrace.server.gateway;

import static io.millrace.server.gateway.RequestField.APPLY_RULES;
import static io.millrace.server.gateway.RequestField.CANDIDATES;
import static io.millrace.server.gateway.RequestField.COLUMNS;
import static io.millrace.server.gateway.RequestField.CONTEXT;
import static io.millrace.server.gateway.RequestField.COUNT_NEARER;
import static io.millrace.server.gateway.RequestField.DEADLINE_MS;
import static io.millrace.server.gateway.RequestField.EVENTS;
import static io.millrace.server.gateway.RequestField.EXCLUDE;
import static io.millrace.server.gateway.RequestField.EXPERIMENT_KEY;
import static io.millrace.server.gateway.RequestField.FILTER;
import static io.millrace.server.gateway.RequestField.HISTORY;
import static io.millrace.server.gateway.RequestField.ID;
import static io.millrace.server.gateway.RequestField.ITEMS;
import static io.millrace.server.gateway.RequestField.ITEM_ID;
import static io.millrace.server.gateway.RequestField.K;
import static io.millrace.server.gateway.RequestField.KEEP_SEEN;
import static io.millrace.server.gateway.RequestField.RANK;
import static io.millrace.server.gateway.RequestField.REPLACE_HISTORY;
import static io.millrace.server.gateway.RequestField.SCOPE;
import static io.millrace.server.gateway.RequestField.SKIP_RULES;
import static io.millrace.server.gateway.RequestField.TIMESTAMP_MS;
import static io.millrace.server.gateway.RequestField.TRACE;
import static io.millrace.server.gateway.RequestField.USER_ID;
import static io.millrace.server.gateway.RequestField.VECTOR;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** A kind of request with a body: its path, its keys, and the frame it becomes. */
@SuppressWarnings("ImmutableEnumChecker") // Its functions keep nothing.
enum RequestShape {
    RECOMMEND(
            "recommend",
            10,
            Set.of(USER_ID),
            List.of(
                    TIMESTAMP_MS,
                    DEADLINE_MS,
                    K,
                    KEEP_SEEN,
                    SKIP_RULES,
                    REPLACE_HISTORY,
                    CONTEXT,
                    EXCLUDE,
                    HISTORY,
                    FILTER,
                    EXPERIMENT_KEY,
                    TRACE),
            FrameWriter::recommend),
    EXPLAIN(
            "explain",
            10,
            Set.of(USER_ID),
            List.of(
                    TIMESTAMP_MS,
                    DEADLINE_MS,
                    K,
                    KEEP_SEEN,
                    SKIP_RULES,
                    REPLACE_HISTORY,
                    CONTEXT,
                    EXCLUDE,
                    HISTORY,
                    ITEMS,
                    COUNT_NEARER,
                    FILTER,
                    EXPERIMENT_KEY),
            FrameWriter::explain),
    SIMILAR(
            "similar",
            10,
            Set.of(ITEM_ID),
            List.of(DEADLINE_MS, K, APPLY_RULES, EXCLUDE, FILTER, EXPERIMENT_KEY, TRACE),
            FrameWriter::similar),
    SEARCH(
            "search",
            10,
            Set.of(VECTOR),
            List.of(USER_ID, DEADLINE_MS, K, RANK, FILTER, EXPERIMENT_KEY, TRACE),
            FrameWriter::search),
    RANK_CANDIDATES(
            "rank",
            0,
            Set.of(CANDIDATES),
            List.of(
                    USER_ID,
                    TIMESTAMP_MS,
                    DEADLINE_MS,
                    K,
                    APPLY_RULES,
                    CONTEXT,
                    COLUMNS,
                    EXPERIMENT_KEY,
                    TRACE),
            FrameWriter::rank),
    FEEDBACK(
            "feedback",
            0,
            Set.of(USER_ID, EVENTS),
            List.of(TIMESTAMP_MS, DEADLINE_MS, EXPERIMENT_KEY),
            FrameWriter::feedback),
    UPDATE("update", 0, Set.of(SCOPE, ID, COLUMNS), List.of(DEADLINE_MS), FrameWriter::update),
    UPSERT(
            "upsert",
            0,
            Set.of(ITEM_ID, COLUMNS),
            List.of(VECTOR, DEADLINE_MS),
            FrameWriter::upsert),
    DELETE("delete", 0, Set.of(ITEM_ID), List.of(DEADLINE_MS), FrameWriter::delete);

    private final String path;
    private final int defaultK;
    private final Set<RequestField> required;
    private final List<RequestField> fields;
    private final List<String> keys;
    private final Function<RequestBody, byte[]> writer;

    RequestShape(
            String name,
            int defaultK,
            Set<RequestField> required,
            List<RequestField> optional,
            Function<RequestBody, byte[]> writer) {
        this.path = Gateway.ROOT + name;
        this.defaultK = defaultK;
        this.required = EnumSet.copyOf(required);
        EnumSet<RequestField> all = EnumSet.copyOf(required);
        all.addAll(optional);
        this.fields = List.copyOf(all);
        this.keys = fields.stream().map(RequestField::key).toList();
        this.writer = writer;
    }

    String path() {
        return path;
    }

    /** The keys that a body may have. */
    List<String> keys() {
        return keys;
    }

    /** Those of them that it must have. */
    List<String> requiredKeys() {
        return required.stream().map(RequestField::key).toList();
    }

    /** Reads a whole body. */
    RequestBody read(BodyReader in, FrameDoor door) {
        RequestBody body = new RequestBody(defaultK);
        EnumSet<RequestField> absent = EnumSet.copyOf(required);
        in.whole(
                name -> {
                    RequestField field = fields.get(RequestField.find(in, name, keys));
                    field.read(in, door, body);
                    absent.remove(field);
                });
        if (!absent.isEmpty()) {
            throw in.missing(absent.iterator().next().key());
        }
        return body;
    }

    /** Whether it changes nothing. */
    boolean isRead() {
        return switch (this) {
            case RECOMMEND, EXPLAIN, SIMILAR, SEARCH, RANK_CANDIDATES -> true;
            case FEEDBACK, UPDATE, UPSERT, DELETE -> false;
        };
    }

    /** The frame of a request. */
    byte[] frame(RequestBody body) {
        return writer.apply(body);
    }
}
