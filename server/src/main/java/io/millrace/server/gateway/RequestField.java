package io.millrace.server.gateway;

import io.millrace.core.error.MillraceException;
import io.millrace.core.json.NearestKey;
import io.millrace.core.wire.WireLimits;
import io.millrace.core.wire.codec.EventCode;
import io.millrace.core.wire.codec.RankRequestEncoder;
import io.millrace.core.wire.codec.ScopeCode;

import org.agrona.collections.LongArrayList;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** A key of a body, and how its value is read. */
@SuppressWarnings("ImmutableEnumChecker") // Its functions keep nothing.
enum RequestField {
    USER_ID("userId", (in, door, body) -> body.userId = in.id()),
    ITEM_ID("itemId", (in, door, body) -> body.itemId = in.id()),
    ID("id", (in, door, body) -> body.id = in.id()),
    SCOPE("scope", (in, door, body) -> body.scope = scope(in)),
    TIMESTAMP_MS("timestampMs", (in, door, body) -> body.timestampMs = in.whole(0, Long.MAX_VALUE)),
    DEADLINE_MS("deadlineMs", (in, door, body) -> body.deadlineUs = deadlineUs(in)),
    K("k", (in, door, body) -> body.k = (int) in.whole(0, RankRequestEncoder.kMaxValue())),
    KEEP_SEEN("keepSeen", (in, door, body) -> body.keepSeen = in.flag()),
    SKIP_RULES("skipRules", (in, door, body) -> body.skipRules = in.flag()),
    REPLACE_HISTORY("replaceHistory", (in, door, body) -> body.replaceHistory = in.flag()),
    APPLY_RULES("applyRules", (in, door, body) -> body.applyRules = in.flag()),
    RANK("rank", (in, door, body) -> body.rank = in.flag()),
    COUNT_NEARER("countNearer", (in, door, body) -> body.countNearer = in.flag()),
    CONTEXT("context", RequestField::readContext),
    EXCLUDE("exclude", (in, door, body) -> body.exclude = ids(in)),
    HISTORY("history", (in, door, body) -> body.history = ids(in)),
    ITEMS("items", (in, door, body) -> body.items = ids(in)),
    CANDIDATES("candidates", (in, door, body) -> body.candidates = ids(in)),
    VECTOR("vector", (in, door, body) -> body.vector = floats(in)),
    EVENTS("events", (in, door, body) -> body.events = events(in)),
    COLUMNS("columns", (in, door, body) -> body.columns = columns(in)),
    FILTER("filter", (in, door, body) -> body.filter = in.text(WireLimits.MAX_FILTER_BYTES)),
    EXPERIMENT_KEY(
            "experimentKey",
            (in, door, body) -> body.experimentKey = in.text(WireLimits.MAX_EXPERIMENT_KEY_BYTES)),
    TRACE("trace", (in, door, body) -> body.trace = in.flag());

    /** As much as a frame can hold. */
    private static final double MOST_DEADLINE_MS = 4_294_967;

    private static final double US_PER_MS = 1_000;

    private final String key;
    private final Reader reader;

    RequestField(String key, Reader reader) {
        this.key = key;
        this.reader = reader;
    }

    String key() {
        return key;
    }

    void read(BodyReader in, FrameDoor door, RequestBody body) {
        reader.read(in, door, body);
    }

    /** The place of a name among the keys of an object. */
    static int find(BodyReader in, String name, List<String> known) {
        int index = known.indexOf(name);
        if (index < 0) {
            throw MillraceException.badInput(
                    "unknown key: key=%s, nearest=%s; correct or remove it",
                    in.key(), known.isEmpty() ? "none" : NearestKey.of(name, known));
        }
        return index;
    }

    private static ScopeCode scope(BodyReader in) {
        return constant(in, ScopeCode.NULL_VAL);
    }

    /** A constant of the wire's, by its name. */
    static <E extends Enum<E>> E constant(BodyReader in, E absent) {
        Set<E> all = EnumSet.complementOf(EnumSet.of(absent));
        String name = in.text();
        for (E each : all) {
            if (each.name().equals(name)) {
                return each;
            }
        }
        throw MillraceException.badInput(
                "no such constant: key=%s, value=%s; take one of %s",
                in.key(), name.substring(0, Math.min(name.length(), 40)), all);
    }

    private static long deadlineUs(BodyReader in) {
        double ms = in.number();
        if (!(ms >= 0 && ms <= MOST_DEADLINE_MS)) {
            throw MillraceException.badInput(
                    "number out of range: key=%s, value=%s, limit=0 to %.0f; change it",
                    in.key(), ms, MOST_DEADLINE_MS);
        }
        return (long) Math.ceil(ms * US_PER_MS);
    }

    private static void readContext(BodyReader in, FrameDoor door, RequestBody body) {
        in.object(
                name -> {
                    int field = find(in, name, door.contextFields());
                    int code = (int) in.whole(Integer.MIN_VALUE, Integer.MAX_VALUE);
                    body.context.put(field, code);
                });
    }

    private static long[] ids(BodyReader in) {
        LongArrayList ids = new LongArrayList();
        in.array(
                () -> {
                    ids.addLong(in.id());
                    requireRoom(in, ids.size());
                });
        return ids.toLongArray();
    }

    private static float[] floats(BodyReader in) {
        List<Float> floats = new ArrayList<>();
        in.array(() -> floats.add(in.single()));
        float[] vector = new float[floats.size()];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = floats.get(i);
        }
        return vector;
    }

    private static List<RequestBody.Event> events(BodyReader in) {
        List<RequestBody.Event> events = new ArrayList<>();
        in.array(
                () -> {
                    events.add(new EventReader(in).read());
                    requireRoom(in, events.size());
                });
        return events;
    }

    private static List<RequestBody.Column> columns(BodyReader in) {
        List<RequestBody.Column> columns = new ArrayList<>();
        in.array(
                () -> {
                    columns.add(new ColumnReader(in).read());
                    requireRoom(in, columns.size());
                });
        return columns;
    }

    private static void requireRoom(BodyReader in, int count) {
        if (count > WireLimits.MAX_GROUP_COUNT) {
            throw MillraceException.badInput(
                    "too many entries: key=%s, limit=%d; send fewer",
                    in.key(), WireLimits.MAX_GROUP_COUNT);
        }
    }

    /** Reads a value into a body. */
    private interface Reader {
        void read(BodyReader in, FrameDoor door, RequestBody body);
    }

    /** Reads what a user did. */
    private static final class EventReader {
        private static final List<String> KEYS = List.of("itemId", "kind", "watchedShare");

        private final BodyReader in;
        private final boolean[] isGiven = new boolean[KEYS.size()];
        private long itemId;
        private EventCode kind = EventCode.NULL_VAL;
        private float watchedShare = Float.NaN;

        EventReader(BodyReader in) {
            this.in = in;
        }

        RequestBody.Event read() {
            in.object(this::readField);
            if (!isGiven[0] || !isGiven[1]) {
                throw in.missing(KEYS.get(isGiven[0] ? 1 : 0));
            }
            return new RequestBody.Event(itemId, watchedShare, kind);
        }

        private void readField(String name) {
            int field = find(in, name, KEYS);
            isGiven[field] = true;
            switch (field) {
                case 0 -> itemId = in.id();
                case 1 -> kind = constant(in, EventCode.NULL_VAL);
                default -> watchedShare = in.isNull() ? Float.NaN : in.single();
            }
        }
    }
}
