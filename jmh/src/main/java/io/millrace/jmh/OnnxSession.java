package io.millrace.jmh;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Map;
import java.util.Set;

/** A network in ONNX Runtime on one thread, its input and output at fixed places off heap. */
final class OnnxSession implements AutoCloseable {
    private final OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    private final OrtSession session;
    private final OnnxTensor input;
    private final OnnxTensor output;
    private final FloatBuffer logits;

    OnnxSession(byte[] model, float[] rows, int count) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        options.setIntraOpNumThreads(1);
        options.setInterOpNumThreads(1);
        options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
        session = environment.createSession(model, options);
        FloatBuffer x = floats(rows.length).put(rows).rewind();
        logits = floats(count);
        input = OnnxTensor.createTensor(environment, x, new long[] {count, rows.length / count});
        output = OnnxTensor.createTensor(environment, logits, new long[] {count, 1});
    }

    private static FloatBuffer floats(int count) {
        return ByteBuffer.allocateDirect(Float.BYTES * count)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
    }

    /** Scores all rows. */
    FloatBuffer run() throws OrtException {
        session.run(Map.of("X", input), Set.of(), Map.of("logits", output)).close();
        return logits;
    }

    @Override
    public void close() throws OrtException {
        output.close();
        input.close();
        session.close();
        options.close();
    }
}
