package io.millrace.index.vectors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The head of a NumPy file, versions 1 to 3: magic, version, length of the text (2 bytes in version
 * 1, else 4), and the text {@code {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }}.
 */
final class NpyHead {
    static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

    private static final int LONGEST_TEXT = 1 << 16;
    private static final int NEWEST_VERSION = 3;
    private static final int LONGEST_SHOWN = 120;
    private static final Pattern TYPE = Pattern.compile("'descr'\\s*:\\s*'([<>|=])([a-z]\\d+)'");
    private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
    private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([\\d,\\s]*)\\)");
    private static final Map<String, NumberType> TYPES =
            Map.of(
                    "f4", NumberType.FLOAT32,
                    "f8", NumberType.FLOAT64,
                    "u1", NumberType.UNSIGNED_BYTE,
                    "i1", NumberType.SIGNED_BYTE);

    private NpyHead() {}

    /** Reads the head; the rows follow. */
    static RowReader read(ByteSource source) throws IOException {
        ByteBuffer start = ByteSource.buffer(MAGIC.length + 2, ByteOrder.LITTLE_ENDIAN);
        source.read(start, "the npy head");
        int version = start.get(MAGIC.length);
        if (version < 1 || version > NEWEST_VERSION) {
            throw source.bad(
                    "npy of an unknown version: version=" + version + ", newest=" + NEWEST_VERSION);
        }
        ByteBuffer length =
                ByteSource.buffer(
                        version == 1 ? Short.BYTES : Integer.BYTES, ByteOrder.LITTLE_ENDIAN);
        source.read(length, "the npy head");
        int textLength = version == 1 ? length.getShort(0) & 0xFFFF : length.getInt(0);
        if (textLength < 0 || textLength > LONGEST_TEXT) {
            throw source.bad("npy head too long: bytes=" + textLength + ", limit=" + LONGEST_TEXT);
        }
        ByteBuffer text = ByteSource.buffer(textLength, ByteOrder.LITTLE_ENDIAN);
        source.read(text, "the npy head");
        return parse(source, StandardCharsets.UTF_8.decode(text).toString());
    }

    private static RowReader parse(ByteSource source, String text) {
        Matcher type = TYPE.matcher(text);
        Matcher order = ORDER.matcher(text);
        Matcher shape = SHAPE.matcher(text);
        if (!type.find() || !order.find() || !shape.find()) {
            throw source.bad("npy head not understood: head=" + shown(text));
        }
        NumberType number = TYPES.get(type.group(2));
        if (number == null) {
            throw source.bad(
                    "npy of another type: descr="
                            + type.group(2)
                            + "; save it as float32, float64, uint8 or int8");
        }
        ByteOrder byteOrder =
                type.group(1).equals(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        long[] sizes = sizes(source, shape.group(1));
        // A single dimension is one row.
        long rows = sizes.length == 1 ? 1 : sizes[0];
        long dimension = sizes[sizes.length - 1];
        if (order.group(1).equals("True") && rows > 1 && dimension > 1) {
            throw source.bad("npy in columns: save it with order='C'");
        }
        return new TableReader(
                source, number, byteOrder, rows, VectorFiles.checkDimension(source, dimension));
    }

    private static long[] sizes(ByteSource source, String text) {
        String[] parts = text.strip().split("\\s*,\\s*", -1);
        int count = parts[parts.length - 1].isEmpty() ? parts.length - 1 : parts.length;
        if (count < 1 || count > 2) {
            throw source.bad(
                    "npy of another shape: shape=(" + shown(text) + "), expected rows x numbers");
        }
        long[] sizes = new long[count];
        for (int i = 0; i < count; i++) {
            try {
                sizes[i] = Long.parseLong(parts[i]);
            } catch (NumberFormatException e) {
                throw source.bad("npy of an unreadable shape: shape=(" + shown(text) + ")");
            }
        }
        return sizes;
    }

    /** Of alien text what fits into a message of one line. */
    private static String shown(String text) {
        String line = text.strip().replaceAll("[^ -~]", "?");
        return line.length() <= LONGEST_SHOWN ? line : line.substring(0, LONGEST_SHOWN) + "...";
    }
}
