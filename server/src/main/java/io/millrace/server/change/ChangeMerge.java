package io.millrace.server.change;

import io.millrace.core.wire.FrameLayout;
import io.millrace.core.wire.VectorBytes;
import io.millrace.core.wire.codec.DeleteRequestEncoder;
import io.millrace.core.wire.codec.FormCode;
import io.millrace.core.wire.codec.MessageHeaderEncoder;
import io.millrace.core.wire.codec.ScopeCode;
import io.millrace.core.wire.codec.UpdateRequestEncoder;
import io.millrace.core.wire.codec.UpsertRequestEncoder;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.server.request.Answer;
import io.millrace.server.request.Request;
import io.millrace.server.request.RequestColumns;
import io.millrace.server.request.RequestKind;

import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Many changes made few: of each row one update with the latest value of each feature, or one
 * upsert where there was one, and of each deleted item that it is. Made on a bundle, they end where
 * all of them would.
 *
 * <p>Threading: one thread.
 */
final class ChangeMerge implements ChangeTarget {
    private final Map<Row, Map<String, List<Column>>> updates = new LinkedHashMap<>();

    /** Of each upserted item the vector that came with it, or an empty one. */
    private final Map<Long, byte[]> upserted = new HashMap<>();

    private final Set<Long> deleted = new LinkedHashSet<>();
    private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final ByteArrayOutputStream frames = new ByteArrayOutputStream();

    /** Whose features change. */
    private record Row(FeatureScope scope, long id) {}

    /** One of the values of a feature, as it is on the wire. */
    @SuppressWarnings("ArrayRecordComponent") // Written once, compared by nobody.
    private record Column(FormCode form, byte[] values) {}

    @Override
    public void apply(Request request, Answer answer) {
        if (request.kind() == RequestKind.DELETE) {
            updates.remove(new Row(FeatureScope.ITEM, request.itemId()));
            upserted.remove(request.itemId());
            deleted.add(request.itemId());
            return;
        }
        Row row = new Row(request.scope(), request.candidates().itemId(0));
        if (request.kind() == RequestKind.UPSERT) {
            deleted.remove(row.id);
            upserted.put(row.id, vector(request));
            updates.put(row, features(request.candidates().columns()));
        } else if (row.scope == FeatureScope.USER || !deleted.contains(row.id)) {
            updates.computeIfAbsent(row, unchanged -> new LinkedHashMap<>())
                    .putAll(features(request.candidates().columns()));
        }
    }

    private static byte[] vector(Request request) {
        if (!request.hasVector()) {
            return new byte[0];
        }
        byte[] bytes = new byte[VectorBytes.of(request.vector().length)];
        VectorBytes.put(request.vector(), new UnsafeBuffer(bytes), 0);
        return bytes;
    }

    private static Map<String, List<Column>> features(RequestColumns columns) {
        Map<String, List<Column>> features = new LinkedHashMap<>();
        for (int i = 0; i < columns.count(); i++) {
            byte[] name = bytes(columns, columns.nameOffset(i), columns.nameLength(i));
            byte[] values = bytes(columns, columns.valuesOffset(i), columns.valuesLength(i));
            features.computeIfAbsent(
                            new String(name, StandardCharsets.UTF_8), first -> new ArrayList<>())
                    .add(new Column(columns.form(i), values));
        }
        return features;
    }

    private static byte[] bytes(RequestColumns columns, int offset, int length) {
        byte[] bytes = new byte[length];
        columns.bytes().getBytes(offset, bytes);
        return bytes;
    }

    /** The changes as frames, one behind the other. */
    byte[] frames() {
        return frames(updates, upserted);
    }

    /** The same without what a bundle does not know. */
    byte[] frames(KnownColumns known) {
        Map<Row, Map<String, List<Column>>> knownUpdates = new LinkedHashMap<>();
        updates.forEach(
                (row, features) -> {
                    Map<String, List<Column>> left = new LinkedHashMap<>(features);
                    left.entrySet()
                            .removeIf(
                                    feature ->
                                            !known.has(
                                                    row.scope,
                                                    feature.getKey(),
                                                    feature.getValue().getFirst().form));
                    if (!left.isEmpty() || isUpserted(row)) {
                        knownUpdates.put(row, left);
                    }
                });
        Map<Long, byte[]> knownVectors = new HashMap<>(upserted);
        knownVectors.replaceAll(
                (id, vector) ->
                        vector.length == VectorBytes.of(known.dimension()) ? vector : new byte[0]);
        return frames(knownUpdates, knownVectors);
    }

    private boolean isUpserted(Row row) {
        return row.scope == FeatureScope.ITEM && upserted.containsKey(row.id);
    }

    private byte[] frames(Map<Row, Map<String, List<Column>>> rows, Map<Long, byte[]> vectors) {
        frames.reset();
        rows.forEach(
                (row, features) -> {
                    byte[] vector = row.scope == FeatureScope.ITEM ? vectors.get(row.id) : null;
                    if (vector == null) {
                        addUpdate(row, features);
                    } else {
                        addUpsert(row.id, features, vector);
                    }
                });
        deleted.forEach(this::addDelete);
        return frames.toByteArray();
    }

    private void addUpdate(Row row, Map<String, List<Column>> features) {
        UpdateRequestEncoder update = new UpdateRequestEncoder();
        update.wrapAndApplyHeader(buffer, FrameLayout.HEADER_OFFSET, header);
        update.correlationId(0)
                .id(row.id)
                .deadlineUs(0)
                .scope(row.scope == FeatureScope.USER ? ScopeCode.USER : ScopeCode.ITEM);
        UpdateRequestEncoder.ColumnsEncoder columns = update.columnsCount(countOf(features));
        features.forEach(
                (name, values) -> {
                    for (Column column : values) {
                        columns.next().form(column.form).name(name);
                        columns.putValues(column.values, 0, column.values.length);
                    }
                });
        addFrame(update.encodedLength());
    }

    private void addUpsert(long itemId, Map<String, List<Column>> features, byte[] vector) {
        UpsertRequestEncoder upsert = new UpsertRequestEncoder();
        upsert.wrapAndApplyHeader(buffer, FrameLayout.HEADER_OFFSET, header);
        upsert.correlationId(0).itemId(itemId).deadlineUs(0);
        UpsertRequestEncoder.ColumnsEncoder columns = upsert.columnsCount(countOf(features));
        features.forEach(
                (name, values) -> {
                    for (Column column : values) {
                        columns.next().form(column.form).name(name);
                        columns.putValues(column.values, 0, column.values.length);
                    }
                });
        upsert.putVector(vector, 0, vector.length);
        addFrame(upsert.encodedLength());
    }

    private static int countOf(Map<String, List<Column>> features) {
        return features.values().stream().mapToInt(List::size).sum();
    }

    private void addDelete(long itemId) {
        DeleteRequestEncoder delete = new DeleteRequestEncoder();
        delete.wrapAndApplyHeader(buffer, FrameLayout.HEADER_OFFSET, header);
        delete.correlationId(0).itemId(itemId).deadlineUs(0);
        addFrame(delete.encodedLength());
    }

    private void addFrame(int bodyBytes) {
        int length = FrameLayout.finish(buffer, 0, bodyBytes, FrameLayout.CHANGE_VERSION);
        frames.write(buffer.byteArray(), 0, length);
    }
}
