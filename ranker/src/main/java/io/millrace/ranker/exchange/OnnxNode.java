package io.millrace.ranker.exchange;

import java.util.List;
import java.util.Map;

/**
 * An operation of an ONNX graph.
 *
 * @param name its name, or its place where it has none.
 * @param operator what it does, as in {@code Gemm}; with its domain when that is not ONNX's own.
 * @param inputs names of what it takes.
 * @param outputs names of what it gives.
 * @param numbers its attributes that are numbers.
 * @param tensors its attributes that are tensors.
 */
record OnnxNode(
        String name,
        String operator,
        List<String> inputs,
        List<String> outputs,
        Map<String, Double> numbers,
        Map<String, OnnxTensor> tensors) {
    double number(String attribute, double otherwise) {
        return numbers.getOrDefault(attribute, otherwise);
    }
}
