package io.millrace.index.vectors;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;

/** Writes vector files byte by byte, from their specifications and not from the readers. */
final class FileBytes {
    static final int IDX_UNSIGNED_BYTE = 0x08;
    static final int IDX_SIGNED_BYTE = 0x09;
    static final int IDX_INT32 = 0x0C;
    static final int IDX_FLOAT32 = 0x0D;
    static final int IDX_FLOAT64 = 0x0E;

    private FileBytes() {}

    static byte[] fvecs(float[]... rows) {
        ByteBuffer bytes = little(1 << 20);
        for (float[] row : rows) {
            bytes.putInt(row.length);
            for (float number : row) {
                bytes.putFloat(number);
            }
        }
        return written(bytes);
    }

    static byte[] bvecs(int[]... rows) {
        ByteBuffer bytes = little(1 << 20);
        for (int[] row : rows) {
            bytes.putInt(row.length);
            for (int number : row) {
                bytes.put((byte) number);
            }
        }
        return written(bytes);
    }

    static byte[] ivecs(int[]... rows) {
        ByteBuffer bytes = little(1 << 20);
        for (int[] row : rows) {
            bytes.putInt(row.length);
            for (int number : row) {
                bytes.putInt(number);
            }
        }
        return written(bytes);
    }

    static byte[] ints(int... numbers) {
        ByteBuffer bytes = little(Integer.BYTES * numbers.length);
        for (int number : numbers) {
            bytes.putInt(number);
        }
        return written(bytes);
    }

    /** Numbers of a NumPy type such as {@code >f8}. */
    static byte[] numbers(String type, double... numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(Double.BYTES * numbers.length);
        bytes.order(type.startsWith(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        for (double number : numbers) {
            switch (type.substring(1)) {
                case "f4" -> bytes.putFloat((float) number);
                case "f8" -> bytes.putDouble(number);
                case "u1", "i1" -> bytes.put((byte) number);
                default -> throw new IllegalArgumentException(type);
            }
        }
        return written(bytes);
    }

    static byte[] npy(String type, String shape, byte[] data) {
        return npy(1, header(type, "False", shape), data);
    }

    static String header(String type, String isFortran, String shape) {
        return "{'descr': '"
                + type
                + "', 'fortran_order': "
                + isFortran
                + ", 'shape': ("
                + shape
                + "), }";
    }

    /** A NumPy file; the header is padded by blanks to a multiple of 64 as NumPy does. */
    static byte[] npy(int version, String header, byte[] data) {
        int lengthBytes = version == 1 ? Short.BYTES : Integer.BYTES;
        int before = 8 + lengthBytes;
        int end = Math.ceilDiv(before + header.length() + 1, 64) * 64;
        String padded = header + " ".repeat(end - before - header.length() - 1) + "\n";
        ByteBuffer bytes = little(end + data.length);
        bytes.put(npyMagic(version));
        if (version == 1) {
            bytes.putShort((short) padded.length());
        } else {
            bytes.putInt(padded.length());
        }
        bytes.put(padded.getBytes(StandardCharsets.US_ASCII)).put(data);
        return written(bytes);
    }

    static byte[] npyMagic(int version) {
        return new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', (byte) version, 0};
    }

    static byte[] idx(int type, int[] sizes, byte[] data) {
        ByteBuffer bytes = ByteBuffer.allocate(4 + Integer.BYTES * sizes.length + data.length);
        bytes.put((byte) 0).put((byte) 0).put((byte) type).put((byte) sizes.length);
        for (int size : sizes) {
            bytes.putInt(size);
        }
        return bytes.put(data).array();
    }

    static byte[] gzip(byte[] bytes) {
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        try (GZIPOutputStream stream = new GZIPOutputStream(target)) {
            stream.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return target.toByteArray();
    }

    static byte[] joined(byte[] first, byte[] second) {
        return ByteBuffer.allocate(first.length + second.length).put(first).put(second).array();
    }

    private static ByteBuffer little(int capacity) {
        return ByteBuffer.allocate(capacity).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] written(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.flip().remaining()];
        bytes.get(copy);
        return copy;
    }
}
