package io.millrace.server.funnel;

import io.millrace.core.random.SplitRandom;
import io.millrace.core.wire.ColumnBytes;
import io.millrace.core.wire.codec.FormCode;
import io.millrace.server.request.Request;
import io.millrace.server.request.RequestLimits;

import org.agrona.concurrent.UnsafeBuffer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Rank requests that nobody has sent, to warm up with.
 *
 * <p>Threading: one thread. Allocation: where columns come for the first time.
 */
final class MadeUpCandidates {
    private static final int MOST = 100;

    private final List<Long> itemIds;
    private final List<Long> userIds;
    private final int count;
    private final SplitRandom random = new SplitRandom(2);
    private final List<Column> columns = new ArrayList<>();

    /** A column as it is on the wire: name and values. */
    private record Column(FormCode form, UnsafeBuffer bytes, int nameLength) {}

    MadeUpCandidates(Catalogue catalogue, RequestLimits limits) {
        itemIds = catalogue.sampleItems();
        userIds = catalogue.sampleUsers();
        count = Math.min(MOST, limits.candidates());
        for (Catalogue.Column column : catalogue.columns()) {
            columns.add(madeUp(column));
        }
    }

    /** Every field takes 0, 1 and what is missing, and any text. */
    private Column madeUp(Catalogue.Column column) {
        double[] numbers = new double[count];
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            numbers[i] = i % 3 == 2 ? Double.NaN : i % 3;
            texts.add(i % 3 == 2 ? "" : Integer.toHexString(random.nextInt(1 << 16)));
        }
        byte[] values =
                column.form() == FormCode.NUMBERS ? ColumnBytes.of(numbers) : ColumnBytes.of(texts);
        byte[] name = column.name().getBytes(StandardCharsets.UTF_8);
        UnsafeBuffer bytes = new UnsafeBuffer(new byte[name.length + values.length]);
        bytes.putBytes(0, name);
        bytes.putBytes(name.length, values);
        return new Column(column.form(), bytes, name.length);
    }

    /** Some items of the catalogue, by turns with the rules. */
    void askByItems(Request request, int number) {
        rank(request, number, number / 16 % 2);
        for (int i = 0; i < count; i++) {
            request.candidates().add(pick(itemIds));
        }
    }

    /** Candidates with all columns that fit into a request. */
    void askByRows(Request request, int number) {
        rank(request, number, 0);
        for (int i = 0; i < count; i++) {
            request.candidates().add(i);
        }
        // By number: an iterator would be an object, and whoever counts what requests take on the
        // heap counts this as well.
        for (int i = 0; i < columns.size(); i++) {
            Column column = columns.get(i);
            int length = column.bytes.capacity();
            if (length <= request.candidates().columns().room()) {
                request.candidates()
                        .columns()
                        .add(
                                column.form,
                                column.bytes,
                                0,
                                column.nameLength,
                                column.nameLength,
                                length - column.nameLength);
            }
        }
    }

    private void rank(Request request, int number, int flags) {
        long userId = userIds.isEmpty() ? Request.NO_USER : pick(userIds);
        request.rank(number, userId, 0, Request.ALL, flags);
    }

    private long pick(List<Long> ids) {
        return ids.get(random.nextInt(ids.size()));
    }
}
