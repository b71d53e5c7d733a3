package io.millrace.ranker.exchange;

import static io.millrace.ranker.exchange.OnnxBytes.floats;
import static io.millrace.ranker.exchange.OnnxBytes.graph;
import static io.millrace.ranker.exchange.OnnxBytes.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.MillraceException;
import io.millrace.core.metrics.AllocationMeter;
import io.millrace.core.random.SplitRandom;
import io.millrace.ranker.model.SafetensorsFile;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Damaged files: a clear error or a network, never more memory than a small file can ask for. */
final class ImportDamageTest {
    private static final long MOST_BYTES = 2L << 20;
    private static final int RANDOM_FILES = 1_000;
    private static final long SEED = 20_261_121;

    @TempDir Path folder;

    private interface Reader {
        void read(Path path);
    }

    @Test
    void shouldSayWhatIsWrongWhenBytesOfAnOnnxFileAreFlipped() throws IOException {
        damage(onnx(), OnnxNetwork::read);
    }

    @Test
    void shouldSayWhatIsWrongWhenBytesOfASafetensorsFileAreFlipped() throws IOException {
        damage(safetensors(), ImportDamageTest::readSafetensors);
    }

    @Test
    void shouldRefuseWhenAnOnnxFileIsCutAnywhere() throws IOException {
        assertCut(onnx(), OnnxNetwork::read);
    }

    @Test
    void shouldRefuseWhenASafetensorsFileIsCutAnywhere() throws IOException {
        assertCut(safetensors(), ImportDamageTest::readSafetensors);
    }

    private void assertCut(byte[] whole, Reader reader) throws IOException {
        Path path = folder.resolve("cut");
        for (int length = 0; length < whole.length; length++) {
            Files.write(path, Arrays.copyOf(whole, length));
            MillraceException e = assertThrows(MillraceException.class, () -> reader.read(path));
            assertTrue(e.getMessage().contains(path.toString()), e.getMessage());
        }
    }

    /** Every byte to two other values, and random damage of several bytes. */
    private void damage(byte[] whole, Reader reader) throws IOException {
        Path path = folder.resolve("damaged");
        // What classes take when they are first used is not the file's.
        reader.read(Files.write(path, whole));
        int refused = 0;
        int files = 0;
        for (int at = 0; at < whole.length; at++) {
            for (int flip : new int[] {0x01, 0x80}) {
                byte[] bytes = whole.clone();
                bytes[at] ^= (byte) flip;
                refused += read(Files.write(path, bytes), reader) ? 0 : 1;
                files++;
            }
        }
        SplitRandom random = new SplitRandom(SEED);
        for (int file = 0; file < RANDOM_FILES; file++) {
            byte[] bytes = whole.clone();
            int from = random.nextInt(bytes.length);
            int to = Math.min(bytes.length, from + 1 + random.nextInt(6));
            for (int i = from; i < to; i++) {
                bytes[i] = (byte) random.nextInt(256);
            }
            refused += read(Files.write(path, bytes), reader) ? 0 : 1;
            files++;
        }
        assertTrue(refused > files / 4 && refused < files, refused + " refused of " + files);
    }

    /** Whether a file could be read. */
    private static boolean read(Path path, Reader reader) {
        long before = AllocationMeter.currentThreadAllocatedBytes();
        boolean isRead;
        try {
            reader.read(path);
            isRead = true;
        } catch (MillraceException e) {
            assertTrue(e.getMessage().contains(path.toString()), e.getMessage());
            assertEquals(1, e.getMessage().lines().count(), e.getMessage());
            isRead = false;
        }
        long bytes = AllocationMeter.currentThreadAllocatedBytes() - before;
        assertTrue(bytes < MOST_BYTES, "bytes of a damaged file: " + bytes);
        return isRead;
    }

    static void readSafetensors(Path path) {
        SafetensorsFile file = SafetensorsFile.read(path);
        DescribedNetwork.read(file, NetworkDescription.ofVariant(file, DcnVariant.LOWRANK_STACKED));
    }

    static byte[] onnx() {
        float[] square = new float[9];
        Arrays.fill(square, 0.5f);
        return OnnxBytes.model(
                graph(
                                node("a = Gemm x w b").attribute("transB", 1),
                                node("p = Mul x a"),
                                node("c = Add p x"),
                                node("h = MatMul c w"),
                                node("r = Relu h"),
                                node("y = Gemm r o").attribute("alpha", 1f))
                        .message(5, floats("w", new int[] {3, 3}, square))
                        .message(5, floats("b", new int[] {3}, 1, 2, 3))
                        .message(5, floats("o", new int[] {3, 1}, 4, 5, 6)));
    }

    static byte[] safetensors() {
        return new SafetensorsBytes()
                .random("lowrank.0.U", 3, 2)
                .random("lowrank.0.V", 3, 2)
                .random("lowrank.0.bias", 3)
                .random("deep.0.weight", 2, 3)
                .random("deep.0.bias", 2)
                .random("head.stacked.weight", 1, 2)
                .random("head.stacked.bias", 1)
                .toBytes();
    }
}
