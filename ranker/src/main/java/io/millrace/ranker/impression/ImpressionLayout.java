package io.millrace.ranker.impression;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;

import io.millrace.core.HotPath;
import io.millrace.core.error.MillraceException;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Where things stand in the record of an impression. Little-endian throughout; every part begins on
 * a multiple of eight bytes.
 *
 * <pre>
 *      0   8  when it was answered, milliseconds since 1970 UTC
 *      8   8  correlation id of the request
 *     16   8  user id; of a similar request the item id
 *     24   8  the time that the context row was made for, milliseconds since 1970 UTC
 *     32   8  time to answer in, from arrival, in microseconds; 0 for as long as it takes
 *     40   4  k
 *     44   4  flags of the request, as on the wire
 *     48   4  what was given up, bits as on the wire
 *     52   4  candidates retrieved
 *     56   4  candidates ranked
 *     60   1  kind: 0 recommend, 1 similar, 2 search, 3 rank; 4 is feedback ({@link FeedbackLayout})
 *     61   1  reason, as on the wire
 *     62   1  1: there are rows of user and context; 2: the user was known; 4: rows of items are of
 *             the request
 *     63   1  zero
 *     64   4  count of context codes
 *     68   4  count of excluded items, of a rank request of candidates
 *     72   4  count of answered items
 *     76   2  length of the filter in bytes
 *     78   2  length of the experiment key in bytes
 *     80      context codes, 8 bytes each: int32 number of the field, int32 raw code
 *             excluded items or candidates, 8 bytes each
 *             query vector, 4 bytes a component, filled up to eight
 *             row of the user, row of the context; only with bit 1
 *             answered items, best first: 8 id, 4 score, 4 source as on the wire, row of the item,
 *             and where there are rates, those of the item, 4 bytes each, filled up to eight
 *             rates of all candidates that were ranked, in the order in which they were; 4 bytes
 *             each, filled up to eight at the end; only where there are rates
 *             filter, experiment key, UTF-8, filled up to eight at the end
 * </pre>
 *
 * An answer of one item to a request with one context code, a vector of 3, and rows of 64 bytes
 * each: code 80..87, vector 88..99, zeros to 103, user 104..167, context 168..231, item 232..311.
 *
 * @param dimension components of a query vector; 0 where nothing is retrieved
 * @param userRowBytes length of a user's row
 * @param contextRowBytes length of a context row
 * @param itemRowBytes length of an item's row
 * @param rates how many rates an impression has; 0, and left out of the file, for none
 */
public record ImpressionLayout(
        int dimension,
        int userRowBytes,
        int contextRowBytes,
        int itemRowBytes,
        @JsonInclude(JsonInclude.Include.NON_DEFAULT) int rates) {
    /** Kind of a recommend request. */
    public static final int RECOMMEND = 0;

    /** Kind of a similar request. */
    public static final int SIMILAR = 1;

    /** Kind of a search request. */
    public static final int SEARCH = 2;

    /** Kind of a rank request. */
    public static final int RANK = 3;

    /** Bit: there are rows of user and context. */
    public static final int HAS_ROWS = 1;

    /** Bit: the user was known. */
    public static final int IS_USER_KNOWN = 2;

    /** Bit: rows of items are those that the request brought, not those of the catalogue. */
    public static final int HAS_OWN_ITEMS = 4;

    /** {@value}: when it was answered. */
    public static final int ANSWERED_OFFSET = 0;

    /** {@value}: correlation id. */
    public static final int CORRELATION_OFFSET = 8;

    /** {@value}: user or item asked for. */
    public static final int SUBJECT_OFFSET = 16;

    /** {@value}: time of the context row. */
    public static final int MOMENT_OFFSET = 24;

    /** {@value}: time to answer in. */
    public static final int DEADLINE_OFFSET = 32;

    /** {@value}: how many were asked for. */
    public static final int K_OFFSET = 40;

    /** {@value}: flags of the request. */
    public static final int FLAGS_OFFSET = 44;

    /** {@value}: what was given up. */
    public static final int DEGRADED_OFFSET = 48;

    /** {@value}: candidates retrieved. */
    public static final int RETRIEVED_OFFSET = 52;

    /** {@value}: candidates ranked. */
    public static final int RANKED_OFFSET = 56;

    /** {@value}: kind of the request. */
    public static final int KIND_OFFSET = 60;

    /** {@value}: reason of the answer. */
    public static final int REASON_OFFSET = 61;

    /** {@value}: {@link #HAS_ROWS}, {@link #IS_USER_KNOWN} and {@link #HAS_OWN_ITEMS}. */
    public static final int BITS_OFFSET = 62;

    /** {@value}: a zero. */
    public static final int FILLING_OFFSET = 63;

    /** {@value}: count of context codes. */
    public static final int CONTEXT_COUNT_OFFSET = 64;

    /** {@value}: count of excluded items, or of candidates. */
    public static final int EXCLUDED_COUNT_OFFSET = 68;

    /** {@value}: count of answered items. */
    public static final int ITEM_COUNT_OFFSET = 72;

    /** {@value}: length of the filter; zero in logs of before version 3. */
    public static final int FILTER_BYTES_OFFSET = 76;

    /** {@value}: length of the experiment key; zero in logs of before version 3. */
    public static final int KEY_BYTES_OFFSET = 78;

    /** {@value}: the context codes, 8 bytes each. */
    public static final int CONTEXT_OFFSET = 80;

    /** {@value}: length of a context code and of an excluded item or candidate. */
    public static final int ENTRY_BYTES = 8;

    /** {@value}: score of an item, from the item. */
    public static final int ITEM_SCORE_OFFSET = 8;

    /** {@value}: source of an item, from the item. */
    public static final int ITEM_SOURCE_OFFSET = 12;

    /** {@value}: row of an item, from the item. */
    public static final int ITEM_ROW_OFFSET = 16;

    /** How a byte is read. */
    public static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

    /** How two bytes are read, which have no sign. */
    public static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** How four bytes are read. */
    public static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** How eight bytes are read. */
    public static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** How a score is read. */
    public static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final int MAX_DIMENSION = 1 << 16;
    private static final int MAX_ROW_BYTES = 1 << 20;
    private static final int MAX_RATES = 1 << 10;

    /** Validates. */
    public ImpressionLayout {
        requireLength("dimension", dimension, 0, MAX_DIMENSION);
        requireLength("userRowBytes", userRowBytes, 1, MAX_ROW_BYTES);
        requireLength("contextRowBytes", contextRowBytes, 1, MAX_ROW_BYTES);
        requireLength("itemRowBytes", itemRowBytes, 1, MAX_ROW_BYTES);
        requireLength("rates", rates, 0, MAX_RATES);
    }

    /** As it stands in a file, which leaves out rates where there are none. */
    @JsonCreator
    static ImpressionLayout of(
            @JsonProperty("dimension") int dimension,
            @JsonProperty("userRowBytes") int userRowBytes,
            @JsonProperty("contextRowBytes") int contextRowBytes,
            @JsonProperty("itemRowBytes") int itemRowBytes,
            @JsonProperty("rates") @Nullable Integer rates) {
        return new ImpressionLayout(
                dimension, userRowBytes, contextRowBytes, itemRowBytes, rates == null ? 0 : rates);
    }

    private static void requireLength(String name, int value, int least, int limit) {
        if (value < least || value > limit) {
            throw MillraceException.badInput(
                    "impressions of impossible size: %s=%d, least=%d, limit=%d",
                    name, value, least, limit);
        }
    }

    /**
     * Where the excluded items begin.
     *
     * @param contextCount count of context codes.
     * @return offset in the record.
     */
    @HotPath
    public int excludedAt(int contextCount) {
        return CONTEXT_OFFSET + contextCount * ENTRY_BYTES;
    }

    /**
     * Where the query vector begins.
     *
     * @param contextCount count of context codes.
     * @param excludedCount count of excluded items.
     * @return offset in the record.
     */
    @HotPath
    public int vectorAt(int contextCount, int excludedCount) {
        return excludedAt(contextCount) + excludedCount * ENTRY_BYTES;
    }

    /**
     * Length of the query vector with its filling.
     *
     * @return bytes.
     */
    @HotPath
    public int vectorBytes() {
        return (dimension * Float.BYTES + ENTRY_BYTES - 1) & -ENTRY_BYTES;
    }

    /**
     * Length of an answered item with its row and its rates.
     *
     * @return bytes.
     */
    @HotPath
    public int itemBytes() {
        return itemRatesOffset() + (int) ratesBytes(1);
    }

    /**
     * Rates of an item, from the item.
     *
     * @return offset in bytes.
     */
    @HotPath
    public int itemRatesOffset() {
        return ITEM_ROW_OFFSET + itemRowBytes;
    }

    /**
     * Length of the rates of some items with their filling.
     *
     * @param items how many.
     * @return bytes.
     */
    @HotPath
    public long ratesBytes(int items) {
        return ((long) items * rates * Float.BYTES + ENTRY_BYTES - 1) & -ENTRY_BYTES;
    }

    /**
     * Length of the texts at the end of a record with their filling.
     *
     * @param bytes of all of them.
     * @return bytes.
     */
    @HotPath
    public static int textBytes(int bytes) {
        return (bytes + ENTRY_BYTES - 1) & -ENTRY_BYTES;
    }

    /**
     * Length of a record.
     *
     * @param contextCount count of context codes.
     * @param excludedCount count of excluded items.
     * @param hasRows whether there are rows of user and context.
     * @param itemCount count of answered items.
     * @param ranked count of candidates that were ranked.
     * @param texts bytes of filter and experiment key.
     * @return bytes; long, so that no counts read from a file overflow it.
     */
    @HotPath
    public long recordBytes(
            int contextCount,
            int excludedCount,
            boolean hasRows,
            int itemCount,
            int ranked,
            int texts) {
        return CONTEXT_OFFSET
                + ((long) contextCount + excludedCount) * ENTRY_BYTES
                + vectorBytes()
                + (hasRows ? userRowBytes + contextRowBytes : 0)
                + (long) itemCount * itemBytes()
                + ratesBytes(ranked)
                + textBytes(texts);
    }
}
