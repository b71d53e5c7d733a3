package io.millrace.ranker.exchange;

import io.millrace.core.fuzz.Fuzzing;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;

final class ImportFuzzTest {
    @TempDir private Path folder;

    @Test
    void shouldReadOrRefuseWhenBytesOfAnOnnxFileAreChanged() {
        Path file = folder.resolve("model.onnx");
        Fuzzing.of("onnx")
                .seeds(ImportDamageTest.onnx())
                .words("Gemm", "MatMul", "Add", "Concat", "axis", "input", "\b")
                .run(input -> OnnxNetwork.read(Files.write(file, input)));
    }

    @Test
    void shouldReadOrRefuseWhenBytesOfASafetensorsFileAreChanged() {
        Path file = folder.resolve("model.safetensors");
        Fuzzing.of("safetensors")
                .seeds(ImportDamageTest.safetensors())
                .words("{", "}", "[", "]", ",", ":", "\"", "F32", "BF16", "I64", "shape", "-1")
                .words("data_offsets", "__metadata__", "9223372036854775807", "1e9", "0,")
                .run(input -> ImportDamageTest.readSafetensors(Files.write(file, input)));
    }
}
