package io.millrace.ranker.exchange;

import com.google.protobuf.CodedInputStream;

import io.millrace.core.error.MillraceException;
import io.millrace.ranker.model.TensorType;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a {@code TensorProto} of ONNX. Its elements lie in {@code raw_data}, in a field of their
 * type, or in a file beside the model.
 *
 * <p>Threading: one thread, one tensor.
 */
final class OnnxTensorReader {
    private static final int DIMS = 1;
    private static final int DATA_TYPE = 2;
    private static final int FLOAT_DATA = 4;
    private static final int INT32_DATA = 5;
    private static final int NAME = 8;
    private static final int RAW_DATA = 9;
    private static final int DOUBLE_DATA = 10;
    private static final int EXTERNAL_DATA = 13;
    private static final int DATA_LOCATION = 14;
    private static final int KEY = 1;
    private static final int VALUE = 2;
    private static final int MOST_DIMENSIONS = 8;
    private static final long LARGEST_BYTES = 1L << 30;

    private final Path file;
    private final List<Integer> dimensions = new ArrayList<>();
    private final Map<String, String> external = new HashMap<>();
    private String name = "";
    private int dataType;
    private boolean isExternal;
    private @Nullable ByteBuffer elements;

    private OnnxTensorReader(Path file) {
        this.file = file;
    }

    /** Reads a tensor that is a message within a message of that file. */
    static OnnxTensor read(Path file, CodedInputStream in) throws IOException {
        OnnxTensorReader reader = new OnnxTensorReader(file);
        ProtoMessage.readMessage(in, reader::readField);
        return reader.tensor();
    }

    private boolean readField(int field, CodedInputStream in) throws IOException {
        switch (field) {
            case DIMS -> ProtoMessage.readLongs(in, this::addDimension);
            case DATA_TYPE -> dataType = in.readInt32();
            case NAME -> name = ProtoMessage.readText(in);
            case RAW_DATA -> elements = littleEndian(in.readByteArray());
            case FLOAT_DATA -> addNumbers(in, Float.BYTES);
            case DOUBLE_DATA -> addNumbers(in, Double.BYTES);
            case INT32_DATA -> ProtoMessage.readLongs(in, this::addHalf);
            case EXTERNAL_DATA -> readExternal(in);
            case DATA_LOCATION -> isExternal = in.readEnum() == 1;
            default -> {
                return false;
            }
        }
        return true;
    }

    /** Numbers of a fixed length, packed or one of many. */
    private void addNumbers(CodedInputStream in, int bytes) throws IOException {
        append(ProtoMessage.isPacked(in) ? in.readByteArray() : in.readRawBytes(bytes));
    }

    private void addDimension(long size) {
        if (size < 0 || size > Integer.MAX_VALUE || dimensions.size() == MOST_DIMENSIONS) {
            throw MillraceException.corrupt(
                    file,
                    "bad shape: tensor=%s, shape=%s and %d, most=%d dimensions",
                    name,
                    dimensions,
                    size,
                    MOST_DIMENSIONS);
        }
        dimensions.add((int) size);
    }

    /** Floats of 16 bits are written as whole numbers of 32. */
    private void addHalf(long number) {
        append(new byte[] {(byte) number, (byte) (number >> Byte.SIZE)});
    }

    private void append(byte[] bytes) {
        if (elements == null) {
            elements = littleEndian(bytes);
            return;
        }
        // Fields that are not packed come one by one: room grows by doubling.
        ByteBuffer room = elements;
        int length = room.limit();
        if (room.capacity() - length < bytes.length) {
            room = littleEndian(new byte[Math.max(2 * length, length + bytes.length)]);
            room.put(0, elements, 0, length);
        }
        room.limit(length + bytes.length);
        room.put(length, bytes);
        elements = room;
    }

    private void readExternal(CodedInputStream in) throws IOException {
        String[] entry = {"", ""};
        ProtoMessage.readMessage(
                in,
                (field, part) -> {
                    if (field != KEY && field != VALUE) {
                        return false;
                    }
                    entry[field - KEY] = ProtoMessage.readText(part);
                    return true;
                });
        external.put(entry[0], entry[1]);
    }

    private OnnxTensor tensor() {
        TensorType type = OnnxTensor.type(dataType);
        int[] shape = dimensions.stream().mapToInt(Integer::intValue).toArray();
        if (type == null) {
            return new OnnxTensor(name, dataType, shape, new float[0]);
        }
        long count = 1;
        for (int size : shape) {
            count = Math.min(count * size, Integer.MAX_VALUE);
        }
        ByteBuffer bytes = isExternal ? readFile(count * type.bytes()) : elements;
        long length = bytes == null ? 0 : bytes.limit();
        if (bytes == null || length != count * type.bytes()) {
            throw MillraceException.corrupt(
                    file,
                    "shape and length differ: tensor=%s, elements=%d, length=%d bytes",
                    name,
                    count,
                    length);
        }
        float[] values = new float[(int) count];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) type.get(bytes, i * type.bytes());
            if (!Float.isFinite(values[i])) {
                throw MillraceException.corrupt(
                        file, "weight is not finite: tensor=%s, index=%d", name, i);
            }
        }
        return new OnnxTensor(name, dataType, shape, values);
    }

    /** The bytes of a tensor that lie in a file beside the model, never elsewhere. */
    private ByteBuffer readFile(long bytes) {
        String location = external.getOrDefault("location", "");
        Path path = beside(location);
        long offset = wholeNumber("offset", 0);
        long length = wholeNumber("length", bytes);
        try (FileChannel channel = FileChannel.open(path)) {
            if (bytes > LARGEST_BYTES
                    || offset > channel.size()
                    || length > channel.size() - offset
                    || length != bytes) {
                throw MillraceException.corrupt(
                        path,
                        "no such part: tensor=%s, offset=%d, length=%d, needed=%d, file length=%d",
                        name,
                        offset,
                        length,
                        bytes,
                        channel.size());
            }
            ByteBuffer buffer = littleEndian(new byte[(int) length]);
            while (buffer.hasRemaining() && channel.read(buffer, offset + buffer.position()) > 0) {
                // Goes on until all is there or the file ends.
            }
            return buffer.flip();
        } catch (IOException e) {
            throw MillraceException.io("read external data of " + name, path, e);
        }
    }

    private Path beside(String location) {
        try {
            Path path = file.resolveSibling(location).toAbsolutePath().normalize();
            Path folder = file.toAbsolutePath().normalize().getParent();
            if (folder != null && path.startsWith(folder) && !path.equals(folder)) {
                return path;
            }
        } catch (InvalidPathException e) {
            // No name of a file is outside as well.
        }
        throw MillraceException.corrupt(
                file,
                "tensor outside of the model's folder: tensor=%s, location=%s",
                name,
                location);
    }

    private long wholeNumber(String key, long otherwise) {
        String text = external.getOrDefault(key, String.valueOf(otherwise));
        if (!text.matches("\\d{1,18}")) {
            throw MillraceException.corrupt(
                    file, "bad external data: tensor=%s, %s=%s", name, key, text);
        }
        return Long.parseLong(text);
    }

    private static ByteBuffer littleEndian(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
