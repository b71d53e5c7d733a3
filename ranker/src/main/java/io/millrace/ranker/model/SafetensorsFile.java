package io.millrace.ranker.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.json.Json;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Reads the tensors of a {@code safetensors} file, the form in which models trained elsewhere
 * arrive.
 *
 * <pre>
 *   | uint64 length n | n bytes of JSON | tensors, row-major, little-endian |
 *   {"w": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, "__metadata__": {…}}
 * </pre>
 *
 * <p>Threading: immutable. Allocation: holds the whole file; each read copies a tensor.
 */
public final class SafetensorsFile {
    private static final String METADATA = "__metadata__";
    private static final long LARGEST_BYTES = 1L << 30;
    private static final int PREFIX_BYTES = Long.BYTES;

    private record Tensor(String type, List<Integer> shape, int from) {
        int elements() {
            return shape.stream().reduce(1, (a, b) -> a * b);
        }
    }

    private final Path path;
    private final ByteBuffer data;
    private final Map<String, Tensor> tensors = new TreeMap<>();
    private final Map<String, String> metadata = new TreeMap<>();

    private SafetensorsFile(Path path, ByteBuffer file) {
        this.path = path;
        if (file.remaining() < PREFIX_BYTES) {
            throw MillraceException.corrupt(
                    path, "no safetensors header: file length=%d bytes", file.remaining());
        }
        long headerBytes = file.getLong(0);
        if (headerBytes < 2 || headerBytes > file.remaining() - PREFIX_BYTES) {
            throw MillraceException.corrupt(
                    path,
                    "no safetensors header: header length=%s bytes, file length=%d",
                    Long.toUnsignedString(headerBytes),
                    file.remaining());
        }
        byte[] header = new byte[(int) headerBytes];
        file.get(PREFIX_BYTES, header);
        int dataAt = PREFIX_BYTES + header.length;
        this.data = file.slice(dataAt, file.remaining() - dataAt).order(ByteOrder.LITTLE_ENDIAN);
        readHeader(new String(header, StandardCharsets.UTF_8));
    }

    /**
     * Reads a file and checks its header.
     *
     * @param path the file.
     * @return its tensors.
     * @throws MillraceException CORRUPT_FILE when the header is none or contradicts the file, LIMIT
     *     when it is larger than 1 GiB.
     */
    public static SafetensorsFile read(Path path) {
        try {
            long bytes = Files.size(path);
            if (bytes > LARGEST_BYTES) {
                throw MillraceException.of(
                        ErrorCode.LIMIT,
                        "safetensors file too large: file=%s, length=%d bytes, limit=%d; split it",
                        path,
                        bytes,
                        LARGEST_BYTES);
            }
            return new SafetensorsFile(
                    path, ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN));
        } catch (IOException e) {
            throw MillraceException.io("read safetensors", path, e);
        }
    }

    /**
     * Where it was read from.
     *
     * @return the file.
     */
    public Path path() {
        return path;
    }

    /**
     * Names of all tensors.
     *
     * @return sorted names.
     */
    public Set<String> names() {
        return Collections.unmodifiableSet(tensors.keySet());
    }

    /**
     * What the file says of itself.
     *
     * @return texts by name, sorted.
     */
    public Map<String, String> metadata() {
        return Collections.unmodifiableMap(metadata);
    }

    /**
     * Sizes of a tensor.
     *
     * @param name name of the tensor.
     * @return its shape, outermost dimension first.
     */
    public int[] shape(String name) {
        return tensor(name).shape().stream().mapToInt(Integer::intValue).toArray();
    }

    /**
     * Sizes of a tensor of so many dimensions.
     *
     * @param name name of the tensor.
     * @param dimensions how many it must have.
     * @return its shape, outermost dimension first.
     * @throws MillraceException CORRUPT_FILE when it is missing or has another count.
     */
    public int[] shape(String name, int dimensions) {
        int[] shape = shape(name);
        if (shape.length != dimensions) {
            throw MillraceException.corrupt(
                    path,
                    "tensor of another form: tensor=%s, expected=%d dimensions, actual=%s",
                    name,
                    dimensions,
                    Arrays.toString(shape));
        }
        return shape;
    }

    /**
     * Checks a tensor without reading it.
     *
     * @param name name of the tensor.
     * @param shape the shape it must have.
     * @throws MillraceException CORRUPT_FILE when it is missing or of another shape.
     */
    public void requireShape(String name, int... shape) {
        if (!Arrays.equals(shape(name), shape)) {
            throw MillraceException.corrupt(
                    path,
                    "tensor of another form: tensor=%s, expected=%s, actual=%s",
                    name,
                    Arrays.toString(shape),
                    tensor(name).shape());
        }
    }

    /**
     * Copies a tensor of type F32, or of F64, F16 or BF16, brought to it.
     *
     * @param name name of the tensor.
     * @param shape the shape it must have.
     * @return its elements, row-major.
     * @throws MillraceException CORRUPT_FILE when it is missing, of another shape, or holds a
     *     number that is not finite as a float; BAD_INPUT when it is of another type.
     */
    public float[] floats(String name, int... shape) {
        TensorType type = checkedType(name, shape);
        Tensor tensor = tensor(name);
        float[] values = new float[tensor.elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) type.get(data, tensor.from() + i * type.bytes());
            requireFinite(name, i, values[i]);
        }
        return values;
    }

    /**
     * Copies a tensor of type F64, or of F32, F16 or BF16, brought to it.
     *
     * @param name name of the tensor.
     * @param shape the shape it must have.
     * @return its elements, row-major.
     * @throws MillraceException CORRUPT_FILE when it is missing, of another shape, or holds a
     *     number that is not finite; BAD_INPUT when it is of another type.
     */
    public double[] doubles(String name, int... shape) {
        TensorType type = checkedType(name, shape);
        Tensor tensor = tensor(name);
        double[] values = new double[tensor.elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = type.get(data, tensor.from() + i * type.bytes());
            requireFinite(name, i, values[i]);
        }
        return values;
    }

    private TensorType checkedType(String name, int[] shape) {
        requireShape(name, shape);
        String type = tensor(name).type();
        return TensorType.of(type)
                .orElseThrow(
                        () ->
                                MillraceException.badInput(
                                        "tensor of a type that is not read: file=%s, tensor=%s,"
                                                + " dtype=%s, known=%s; convert it",
                                        path, name, type, Arrays.toString(TensorType.values())));
    }

    private void readHeader(String text) {
        try {
            JsonNode header = Json.mapper().readTree(text);
            if (!header.isObject()) {
                throw MillraceException.corrupt(path, "header is no json object");
            }
            for (Map.Entry<String, JsonNode> entry : header.properties()) {
                if (entry.getKey().equals(METADATA)) {
                    entry.getValue()
                            .properties()
                            .forEach(item -> metadata.put(item.getKey(), item.getValue().asText()));
                } else {
                    tensors.put(entry.getKey(), tensor(entry.getKey(), entry.getValue()));
                }
            }
        } catch (JsonProcessingException e) {
            throw new MillraceException(
                    ErrorCode.CORRUPT_FILE,
                    "damaged file: file=" + path + ", header is not json; restore it",
                    e);
        }
    }

    private Tensor tensor(String name, JsonNode node) {
        JsonNode shapeNode = node.path("shape");
        long from = wholeNumber(node.path("data_offsets").path(0));
        long to = wholeNumber(node.path("data_offsets").path(1));
        if (!shapeNode.isArray() || from < 0 || to < from || to > data.capacity()) {
            throw MillraceException.corrupt(
                    path,
                    "tensor outside of the file: tensor=%s, from=%d, to=%d, data=%d bytes",
                    name,
                    from,
                    to,
                    data.capacity());
        }
        List<Integer> shape = new ArrayList<>();
        long elements = 1;
        for (JsonNode size : shapeNode) {
            long count = wholeNumber(size);
            if (count < 0 || count > Integer.MAX_VALUE) {
                throw MillraceException.corrupt(path, "bad shape: tensor=%s", name);
            }
            shape.add((int) count);
            elements = Math.min(elements * count, LARGEST_BYTES);
        }
        String type = node.path("dtype").asText();
        int width = TensorType.of(type).map(TensorType::bytes).orElse(0);
        if (width > 0 && elements * width != to - from) {
            throw MillraceException.corrupt(
                    path,
                    "shape and length differ: tensor=%s, elements=%d, length=%d bytes",
                    name,
                    elements,
                    to - from);
        }
        return new Tensor(type, List.copyOf(shape), (int) from);
    }

    private static long wholeNumber(JsonNode node) {
        return node.isIntegralNumber() && node.canConvertToLong() ? node.asLong() : -1;
    }

    private Tensor tensor(String name) {
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw MillraceException.corrupt(path, "missing tensor: tensor=%s", name);
        }
        return tensor;
    }

    private void requireFinite(String name, int index, double value) {
        if (!Double.isFinite(value)) {
            throw MillraceException.corrupt(
                    path, "weight is not finite: tensor=%s, index=%d", name, index);
        }
    }
}
