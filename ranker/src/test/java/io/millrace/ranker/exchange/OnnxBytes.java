package io.millrace.ranker.exchange;

import com.google.protobuf.CodedOutputStream;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;

/** Writes the bytes of ONNX files, field by field, to hold the reader against. */
final class OnnxBytes {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final CodedOutputStream out = CodedOutputStream.newInstance(bytes);

    /** Writes a field. */
    interface Write {
        void to(CodedOutputStream out) throws IOException;
    }

    /** A model of one graph. */
    static byte[] model(OnnxBytes graph) {
        return new OnnxBytes().number(1, 10).text(2, "test").message(7, graph).toBytes();
    }

    /** A graph from {@code x} to {@code y}. */
    static OnnxBytes graph(OnnxBytes... nodes) {
        OnnxBytes graph = new OnnxBytes();
        for (OnnxBytes node : nodes) {
            graph.message(1, node);
        }
        return graph.message(11, new OnnxBytes().text(1, "x"))
                .message(12, new OnnxBytes().text(1, "y"));
    }

    /** A node without attributes: {@code "h = Gemm x w b"}. */
    static OnnxBytes node(String formula) {
        String[] words = formula.split(" ", -1);
        OnnxBytes node = new OnnxBytes();
        Arrays.stream(words, 3, words.length).forEach(input -> node.text(1, input));
        return node.text(2, words[0]).text(4, words[2]);
    }

    OnnxBytes attribute(String name, long value) {
        return message(5, new OnnxBytes().text(1, name).number(3, value));
    }

    OnnxBytes attribute(String name, float value) {
        return message(5, new OnnxBytes().text(1, name).write(out -> out.writeFloat(2, value)));
    }

    OnnxBytes attribute(String name, OnnxBytes tensor) {
        // The name behind the value, as a writer is free to do.
        return message(5, new OnnxBytes().message(5, tensor).text(1, name));
    }

    /** A tensor of a data type, without elements. */
    static OnnxBytes tensor(String name, int dataType, int... dimensions) {
        OnnxBytes tensor = new OnnxBytes();
        for (int size : dimensions) {
            tensor.number(1, size);
        }
        return tensor.number(2, dataType).text(8, name);
    }

    /** A tensor of floats in the field of their type. */
    static OnnxBytes floats(String name, int[] dimensions, float... values) {
        OnnxBytes tensor = tensor(name, 1, dimensions);
        for (float value : values) {
            tensor.write(out -> out.writeFloat(4, value));
        }
        return tensor;
    }

    OnnxBytes number(int field, long value) {
        return write(out -> out.writeInt64(field, value));
    }

    OnnxBytes text(int field, String value) {
        return write(out -> out.writeString(field, value));
    }

    OnnxBytes raw(int field, byte[] value) {
        return write(out -> out.writeByteArray(field, value));
    }

    OnnxBytes message(int field, OnnxBytes message) {
        return raw(field, message.toBytes());
    }

    OnnxBytes write(Write write) {
        try {
            write.to(out);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    byte[] toBytes() {
        try {
            out.flush();
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
