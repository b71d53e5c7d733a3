package io.millrace.ranker.exchange;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What an ONNX file says, as far as networks of numbers need it.
 *
 * @param file where it was read from.
 * @param nodes operations, each behind those whose outputs it takes.
 * @param constants constant tensors by name.
 * @param inputs names of what the graph takes, constants left out.
 * @param outputs names of what it gives.
 */
record OnnxGraph(
        Path file,
        List<OnnxNode> nodes,
        Map<String, OnnxTensor> constants,
        List<String> inputs,
        List<String> outputs) {}
