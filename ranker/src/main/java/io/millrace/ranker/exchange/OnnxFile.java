package io.millrace.ranker.exchange;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the graph of an ONNX file: a protobuf message, of which only the fields that networks of
 * numbers need are looked at (onnx.proto of ONNX IR 3 and later).
 *
 * <pre>
 *   ModelProto { graph = 7 }
 *   GraphProto { node = 1, initializer = 5, input = 11, output = 12 }
 *   NodeProto { input = 1, output = 2, name = 3, op_type = 4, attribute = 5, domain = 7 }
 *   AttributeProto { name = 1, f = 2, i = 3, t = 5 },  ValueInfoProto { name = 1 }
 * </pre>
 *
 * <p>Threading: one thread, one file.
 */
final class OnnxFile {
    private static final long LARGEST_BYTES = 1L << 30;

    private final Path path;
    private final List<OnnxNode> nodes = new ArrayList<>();
    private final Map<String, OnnxTensor> constants = new HashMap<>();
    private final List<String> inputs = new ArrayList<>();
    private final List<String> outputs = new ArrayList<>();

    private OnnxFile(Path path) {
        this.path = path;
    }

    /**
     * Reads a file.
     *
     * @param path the file.
     * @return its graph.
     * @throws MillraceException CORRUPT_FILE when it is no whole ONNX file, LIMIT when it is larger
     *     than 1 GiB.
     */
    static OnnxGraph read(Path path) {
        byte[] bytes;
        try {
            long length = Files.size(path);
            if (length > LARGEST_BYTES) {
                throw MillraceException.of(
                        ErrorCode.LIMIT,
                        "onnx file too large: file=%s, length=%d bytes, limit=%d; move its tensors"
                                + " to external data",
                        path,
                        length,
                        LARGEST_BYTES);
            }
            bytes = Files.readAllBytes(path);
        } catch (IOException e) {
            throw MillraceException.io("read onnx", path, e);
        }
        return new OnnxFile(path).read(CodedInputStream.newInstance(bytes));
    }

    private OnnxGraph read(CodedInputStream in) {
        try {
            ProtoMessage.readFields(
                    in,
                    (field, model) ->
                            field == 7 && ProtoMessage.readMessage(model, this::readGraphField));
        } catch (InvalidProtocolBufferException e) {
            throw new MillraceException(
                    ErrorCode.CORRUPT_FILE,
                    "damaged file: file="
                            + path
                            + ", no whole onnx file, position="
                            + in.getTotalBytesRead()
                            + "; restore it",
                    e);
        } catch (IOException e) {
            throw MillraceException.io("read onnx", path, e);
        }
        if (nodes.isEmpty()) {
            throw MillraceException.corrupt(path, "no onnx graph");
        }
        inputs.removeAll(constants.keySet());
        return new OnnxGraph(path, nodes, constants, inputs, outputs);
    }

    private boolean readGraphField(int field, CodedInputStream in) throws IOException {
        switch (field) {
            case 1 -> nodes.add(readNode(in));
            case 5 -> {
                OnnxTensor tensor = OnnxTensorReader.read(path, in);
                constants.put(tensor.name(), tensor);
            }
            case 11 -> inputs.add(readName(in));
            case 12 -> outputs.add(readName(in));
            default -> {
                return false;
            }
        }
        return true;
    }

    private OnnxNode readNode(CodedInputStream in) throws IOException {
        NodeFields node = new NodeFields();
        ProtoMessage.readMessage(in, node::read);
        String ownDomain =
                node.domain.isEmpty() || node.domain.equals("ai.onnx") ? "" : node.domain;
        return new OnnxNode(
                node.name.isEmpty() ? "#" + nodes.size() : node.name,
                ownDomain.isEmpty() ? node.operator : ownDomain + "." + node.operator,
                node.inputs,
                node.outputs,
                node.numbers,
                node.tensors);
    }

    private static String readName(CodedInputStream in) throws IOException {
        String[] name = {""};
        ProtoMessage.readMessage(
                in,
                (field, value) -> {
                    if (field != 1) {
                        return false;
                    }
                    name[0] = ProtoMessage.readText(value);
                    return true;
                });
        return name[0];
    }

    /** A node on the way of being read. */
    private final class NodeFields {
        private final List<String> inputs = new ArrayList<>();
        private final List<String> outputs = new ArrayList<>();
        private final Map<String, Double> numbers = new HashMap<>();
        private final Map<String, OnnxTensor> tensors = new HashMap<>();
        private String name = "";
        private String operator = "";
        private String domain = "";

        boolean read(int field, CodedInputStream in) throws IOException {
            switch (field) {
                case 1 -> inputs.add(ProtoMessage.readText(in));
                case 2 -> outputs.add(ProtoMessage.readText(in));
                case 3 -> name = ProtoMessage.readText(in);
                case 4 -> operator = ProtoMessage.readText(in);
                case 5 -> readAttribute(in);
                case 7 -> domain = ProtoMessage.readText(in);
                default -> {
                    return false;
                }
            }
            return true;
        }

        /** The name may come behind the value. */
        private void readAttribute(CodedInputStream in) throws IOException {
            String[] attribute = {""};
            List<Double> number = new ArrayList<>();
            List<OnnxTensor> tensor = new ArrayList<>();
            ProtoMessage.readMessage(
                    in,
                    (field, value) -> {
                        switch (field) {
                            case 1 -> attribute[0] = ProtoMessage.readText(value);
                            case 2 -> number.add((double) value.readFloat());
                            case 3 -> number.add((double) value.readInt64());
                            case 5 -> tensor.add(OnnxTensorReader.read(path, value));
                            default -> {
                                return false;
                            }
                        }
                        return true;
                    });
            number.forEach(each -> numbers.put(attribute[0], each));
            tensor.forEach(each -> tensors.put(attribute[0], each));
        }
    }
}
