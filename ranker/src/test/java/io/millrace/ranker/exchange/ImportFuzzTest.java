package io.millrace.ranker.exchange;

import io.millrace.core.fuzz.Fuzzing;
import io.millrace.core.json.Json;
import io.millrace.ranker.model.SafetensorsFile;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
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

    @Test
    void shouldReadOrRefuseWhenBytesOfADescriptionAreChanged() throws IOException {
        Path tensors = folder.resolve("model.safetensors");
        SafetensorsFile file =
                SafetensorsFile.read(Files.write(tensors, ImportDamageTest.safetensors()));
        Path description = folder.resolve("description.json");
        Json.writeAtomically(
                description, NetworkDescription.ofVariant(file, DcnVariant.LOWRANK_STACKED));
        Fuzzing.of("description")
                .seeds(Files.readAllBytes(description))
                .words("{", "}", "[", "]", ",", ":", "\"", "null", "[null]", "-1", "\"\"", "1e9")
                .words("\"deep.0.weight\"", "\"lowrank.0.U\"", "\"lowrank.0.bias\"", "\"c\":")
                .run(
                        input ->
                                DescribedNetwork.read(
                                        file,
                                        NetworkDescription.read(Files.write(description, input))));
    }
}
