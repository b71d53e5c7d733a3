package io.millrace.cli.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;

import io.millrace.cli.CommandRun;
import io.millrace.core.json.Json;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

final class ScoreCommandTest {
    private static final double TOLERANCE = 1e-5;

    /** One deep layer of weight 2 and bias 1 over one number, head 3 and 4; rows 5 and -7. */
    private static final String TENSORS =
            "{\"w\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[0,4]},"
                    + "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]},"
                    + "\"h\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":[8,16]},"
                    + "\"X\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":[16,24]}}";

    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"full_stacked", "full_parallel", "lowrank_stacked", "lowrank_parallel"})
    void shouldWriteTheKnownLogitsWhenAVariantIsNamed(String variant) {
        JsonNode figures =
                scored("--weights", fixture("dcnv2_parity.safetensors"), "--variant", variant);
        assertEquals(257, figures.get("rows").asInt());
        assertEquals(96, figures.get("input").asInt());
        assertEquals(257, figures.get("logits").size());
        assertEquals(figures.get("logits"), figures.get("logits." + variant));
        // How near they are in all rows; DcnParityTest compares one by one.
        assertTrue(figures.get("difference." + variant).asDouble() < 2e-4, figures.toString());
    }

    @Test
    void shouldScoreEveryVariantWhenNoneIsNamed() {
        JsonNode figures = scored("--weights", fixture("dcnv2_parity.safetensors"));
        assertFalse(figures.has("logits"), "of which network");
        for (String variant :
                List.of("full_stacked", "full_parallel", "lowrank_stacked", "lowrank_parallel")) {
            assertEquals(257, figures.get("logits." + variant).size());
        }
    }

    @Test
    void shouldGiveTheLogitsOfItsTwinWhenTheWeightsAreOnnx() {
        String twin = fixture("dcnv2_speed.safetensors");
        JsonNode expected = scored("--weights", twin).get("logits");
        JsonNode actual =
                scored("--weights", fixture("dcnv2_speed.onnx"), "--input", twin).get("logits");
        assertEquals(500, expected.size());
        for (int row = 0; row < expected.size(); row++) {
            double logit = expected.get(row).asDouble();
            assertEquals(logit, actual.get(row).asDouble(), TOLERANCE, "row " + row);
        }
    }

    @Test
    void shouldPutLogitsOfARowSideBySideWhenTheHeadHasSeveral() throws IOException {
        JsonNode figures = scored("--weights", tensors(TENSORS), "--description", description("w"));
        assertEquals(2, figures.get("heads").asInt());
        // relu(2 * 5 + 1) = 11, relu(2 * -7 + 1) = 0
        assertEquals("[33.0,44.0,0.0,0.0]", figures.get("logits").toString());
    }

    @Test
    void shouldShowATableWhenNoFileIsAskedFor() throws IOException {
        CommandRun run =
                CommandRun.of(
                        "score",
                        "--weights",
                        tensors(TENSORS),
                        "--description",
                        description("w"),
                        "--progress=lines");
        assertEquals(0, run.code(), run.err());
        assertTrue(run.out().contains("described"), run.out());
        assertTrue(run.out().contains("44.0000"), run.out());
        assertTrue(run.err().contains("score described"), run.err());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--weights W --variant ful_stacked | 2 | did you mean full_stacked; see",
                "--weights W --variant zzz | 2 | 'zzz' is none of full_stacked, full_parallel,",
                "--weights W --variant full_stacked --description D | 2 | no variants here:",
                "--weights W.onnx --description D | 2 | an onnx file describes itself:",
                "--weights W.onnx --variant full_stacked | 2 | no variants here:",
                "--weights W.onnx | 2 | no rows to score:",
                "--weights MISSING | 1 | no such file",
                "--weights W | 1 | no network of known names: file=",
                "--weights W --variant full_stacked | 1 | missing tensor: tensor=cross.0.weight",
                "--weights W --description NONE | 1 | missing tensor: tensor=none",
                "--weights W --description D --input NO_X | 1 | missing tensor: tensor=X",
                "--weights W --description D --input WIDE | 1 | tensor=X, expected=[1, 1]",
                "--weights D --description D | 1 | no safetensors header: header length="
            })
    void shouldSayInOneLineWhatToDoWhenSomethingIsWrong(String words, int code, String part)
            throws IOException {
        String noRows = TENSORS.replace("\"X\"", "\"Y\"");
        String wide =
                TENSORS.replace(
                        "\"X\":{\"dtype\":\"F32\",\"shape\":[2,1]",
                        "\"X\":{\"dtype\":\"F32\",\"shape\":[1,2]");
        String line =
                words.replace("W.onnx", folder.resolve("w.onnx").toString())
                        .replace("--weights W", "--weights " + tensors(TENSORS))
                        .replace("NO_X", tensors(noRows))
                        .replace("WIDE", tensors(wide))
                        .replace("NONE", description("none"))
                        .replace(" D", " " + description("w"))
                        .replace("MISSING", folder.resolve("missing").toString());
        CommandRun run = CommandRun.of(("score " + line).split(" ", -1));
        assertEquals(code, run.code(), run.err());
        assertTrue(run.err().startsWith("millrace: "), run.err());
        assertEquals(1, run.err().lines().count(), run.err());
        assertTrue(run.err().contains(part), run.err());
        assertFalse(run.err().contains("a defect"), run.err());
    }

    private JsonNode scored(String... words) {
        Path json = folder.resolve("scores.json");
        String[] line = new String[words.length + 4];
        line[0] = "score";
        System.arraycopy(words, 0, line, 1, words.length);
        line[words.length + 1] = "--progress=none";
        line[words.length + 2] = "--json";
        line[words.length + 3] = json.toString();
        CommandRun run = CommandRun.of(line);
        assertEquals(0, run.code(), run.err());
        return Json.read(json, JsonNode.class);
    }

    private String description(String weight) throws IOException {
        String text =
                "{\"format\": 1, \"structure\": \"stacked\", \"deep\": [{\"weight\": \""
                        + weight
                        + "\", \"bias\": \"b\"}], \"head\": {\"weight\": \"h\"}}";
        return Files.writeString(folder.resolve(weight + ".json"), text).toString();
    }

    private String tensors(String header) throws IOException {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer file = ByteBuffer.allocate(8 + text.length + 24).order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(text.length).put(text);
        for (float value : new float[] {2, 1, 3, 4, 5, -7}) {
            file.putFloat(value);
        }
        return Files.write(Files.createTempFile(folder, "w", ".safetensors"), file.array())
                .toString();
    }

    private static String fixture(String name) {
        Path data = Path.of(Objects.requireNonNullElse(System.getenv("MILLRACE_DATA"), "data"));
        Path path = data.resolveSibling("fixtures").resolve(name);
        assumeTrue(Files.exists(path), "no fixture at " + path + ": set MILLRACE_DATA");
        return path.toString();
    }
}
