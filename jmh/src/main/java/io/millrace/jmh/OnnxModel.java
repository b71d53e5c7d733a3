package io.millrace.jmh;

import com.google.protobuf.CodedOutputStream;

import io.millrace.ranker.dcn.network.CrossLayer;
import io.millrace.ranker.dcn.network.DcnNetwork;
import io.millrace.ranker.dcn.network.LowRankCrossLayer;
import io.millrace.ranker.model.DenseLayer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Writes a parallel network as an ONNX file, for the runtime that ours is measured beside. */
final class OnnxModel {
    private static final int IR_VERSION = 10;
    private static final int OPERATOR_SET = 17;
    private static final int FLOAT = 1;

    private final ByteArrayOutputStream graph = new ByteArrayOutputStream();
    private final CodedOutputStream out = CodedOutputStream.newInstance(graph);

    private OnnxModel() {}

    private interface Fields {
        void writeTo(CodedOutputStream fields) throws IOException;
    }

    /** A network of one logit whose deep part stands beside the cross layers, from X to logits. */
    static byte[] of(DcnNetwork network) throws IOException {
        OnnxModel model = new OnnxModel();
        String last = "X";
        for (int i = 0; i < network.cross().size(); i++) {
            last = model.cross(network.cross().get(i), i, last);
        }
        String deep = "X";
        for (int i = 0; i < network.deep().size(); i++) {
            String name = "deep" + i;
            model.gemm(network.deep().get(i), deep, name + ".product", name);
            model.node("Relu", name, name + ".product");
            deep = name;
        }
        model.node("Concat", "axis", 1, "top", last, deep);
        model.gemm(network.head(), "top", "logits", "head");
        model.value(11, "X", network.width());
        model.value(12, "logits", network.heads());
        return model.toBytes();
    }

    private String cross(CrossLayer layer, int index, String previous) throws IOException {
        String name = "cross" + index;
        String source = previous;
        if (layer instanceof LowRankCrossLayer) {
            gemm(layer.first(), previous, name + ".projected", name + ".v");
            source = name + ".projected";
        }
        gemm(layer.last(), source, name + ".product", name);
        node("Mul", name + ".scaled", "X", name + ".product");
        node("Add", name, name + ".scaled", previous);
        return name;
    }

    private void gemm(DenseLayer layer, String source, String target, String name)
            throws IOException {
        tensor(name + ".weight", layer.weights(), layer.outputs(), layer.inputs());
        tensor(name + ".bias", layer.bias(), layer.outputs());
        node("Gemm", "transB", 1, target, source, name + ".weight", name + ".bias");
    }

    private void node(String operator, String target, String... sources) throws IOException {
        node(operator, "", 0, target, sources);
    }

    private void node(
            String operator, String attribute, long value, String target, String... sources)
            throws IOException {
        message(
                out,
                1,
                node -> {
                    for (String source : sources) {
                        node.writeString(1, source);
                    }
                    node.writeString(2, target);
                    node.writeString(4, operator);
                    if (!attribute.isEmpty()) {
                        message(
                                node,
                                5,
                                fields -> {
                                    fields.writeString(1, attribute);
                                    fields.writeInt64(3, value);
                                    fields.writeEnum(20, 2);
                                });
                    }
                });
    }

    private void tensor(String name, float[] values, int... dimensions) throws IOException {
        ByteBuffer raw =
                ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        raw.asFloatBuffer().put(values);
        message(
                out,
                5,
                tensor -> {
                    for (int size : dimensions) {
                        tensor.writeInt64(1, size);
                    }
                    tensor.writeInt32(2, FLOAT);
                    tensor.writeString(8, name);
                    tensor.writeByteArray(9, raw.array());
                });
    }

    /** An input or output: so many floats a row, any number of rows. */
    private void value(int field, String name, int width) throws IOException {
        Fields rows = dimension -> dimension.writeString(2, "rows");
        Fields columns = dimension -> dimension.writeInt64(1, width);
        Fields shape =
                dimensions -> {
                    message(dimensions, 1, rows);
                    message(dimensions, 1, columns);
                };
        Fields tensorType =
                type -> {
                    type.writeEnum(1, FLOAT);
                    message(type, 2, shape);
                };
        message(
                out,
                field,
                value -> {
                    value.writeString(1, name);
                    message(value, 2, type -> message(type, 1, tensorType));
                });
    }

    private byte[] toBytes() throws IOException {
        out.writeString(2, "dcn");
        out.flush();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream model = CodedOutputStream.newInstance(bytes);
        model.writeInt64(1, IR_VERSION);
        model.writeByteArray(7, graph.toByteArray());
        message(model, 8, operators -> operators.writeInt64(2, OPERATOR_SET));
        model.flush();
        return bytes.toByteArray();
    }

    private static void message(CodedOutputStream out, int field, Fields fields)
            throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream inner = CodedOutputStream.newInstance(bytes);
        fields.writeTo(inner);
        inner.flush();
        out.writeByteArray(field, bytes.toByteArray());
    }
}
