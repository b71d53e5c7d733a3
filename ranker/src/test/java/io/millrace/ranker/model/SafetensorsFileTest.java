package io.millrace.ranker.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;

final class SafetensorsFileTest {
    private static final String HEADER =
            "{\"__metadata__\":{\"rows\":\"2\"},"
                    + "\"w\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":[0,8]},"
                    + "\"d\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[8,16]}}";

    @TempDir Path folder;

    @Test
    void shouldReadTensorsWhenTheFileIsWhole() throws IOException {
        SafetensorsFile file = SafetensorsFile.read(write(HEADER, 1.5f, -2f, Math.PI));
        assertEquals(Set.of("d", "w"), file.names());
        assertEquals("2", file.metadata().get("rows"));
        assertArrayEquals(new int[] {2, 1}, file.shape("w"));
        assertArrayEquals(new float[] {1.5f, -2f}, file.floats("w", 2, 1));
        assertArrayEquals(new double[] {Math.PI}, file.doubles("d", 1));
    }

    @Test
    void shouldNameTheTensorWhenItIsNotWhatIsAskedFor() throws IOException {
        SafetensorsFile file = SafetensorsFile.read(write(HEADER, 1, Float.NaN, 3));
        assertCorrupt("tensor=v", () -> file.floats("v", 2));
        assertCorrupt("expected=[1, 2], actual=[2, 1]", () -> file.floats("w", 1, 2));
        assertCorrupt("expected=1 dimensions, actual=[2, 1]", () -> file.shape("w", 1));
        assertCorrupt("tensor=w, index=1", () -> file.floats("w", 2, 1));
    }

    @Test
    void shouldRefuseWhenTheHeaderContradictsTheFile() throws IOException {
        for (String header :
                new String[] {
                    "{\"w\":",
                    "[1]",
                    "{\"w\":7}",
                    "{\"w\":{\"dtype\":\"F32\",\"shape\":[2.5],\"data_offsets\":[0,8]}}",
                    "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0.5,8.5]}}",
                    "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,99]}}",
                    "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}",
                    "{\"w\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}",
                    "{\"w\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}",
                    "{\"w\":{\"dtype\":\"F32\"}}",
                    "{\"w\":{\"dtype\":\"F32\",\"shape\":[2147483647,2147483647,4],"
                            + "\"data_offsets\":[0,8]}}",
                }) {
            Path path = write(header, 1, 2, 3);
            assertCorrupt(path.getFileName().toString(), () -> SafetensorsFile.read(path));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"F64", "F32", "F16", "BF16"})
    void shouldWidenWhenElementsAreOfAnotherType(String type) throws IOException {
        float[] values = {1.5f, -0.25f, 1024};
        ByteBuffer data = ByteBuffer.allocate(3 * Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            switch (type) {
                case "F64" -> data.putDouble(value);
                case "F32" -> data.putFloat(value);
                case "F16" -> data.putShort(Float.floatToFloat16(value));
                default -> data.putShort((short) (Float.floatToIntBits(value) >>> 16));
            }
        }
        String header =
                "{\"w\":{\"dtype\":\"%s\",\"shape\":[3],\"data_offsets\":[0,%d]}}"
                        .formatted(type, data.position());
        SafetensorsFile file = SafetensorsFile.read(write(header, data.array()));
        assertArrayEquals(values, file.floats("w", 3));
        assertArrayEquals(new double[] {1.5, -0.25, 1024}, file.doubles("w", 3));
    }

    @Test
    void shouldNameTheTypeWhenItIsNotRead() throws IOException {
        String header = "{\"w\":{\"dtype\":\"I8\",\"shape\":[2],\"data_offsets\":[0,2]}}";
        SafetensorsFile file = SafetensorsFile.read(write(header, new byte[2]));
        MillraceException e = assertThrows(MillraceException.class, () -> file.floats("w", 2));
        assertEquals(ErrorCode.BAD_INPUT, e.code());
        assertTrue(e.getMessage().contains("tensor=w, dtype=I8"), e.getMessage());
    }

    @Test
    void shouldSayHowLongWhenTheHeaderIsLongerThanTheFile() throws IOException {
        for (long length : new long[] {1, 17, Integer.MAX_VALUE, -1}) {
            ByteBuffer bytes = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
            Path path = Files.write(folder.resolve("long"), bytes.putLong(length).array());
            assertCorrupt(
                    "header length=" + Long.toUnsignedString(length),
                    () -> SafetensorsFile.read(path));
        }
    }

    @Test
    void shouldRefuseWhenTheFileIsCutAnywhere() throws IOException {
        byte[] whole = Files.readAllBytes(write(HEADER, 1, 2, 3));
        Path path = folder.resolve("cut.safetensors");
        for (int length = 0; length < whole.length; length++) {
            Files.write(path, Arrays.copyOf(whole, length));
            assertCorrupt("cut.safetensors", () -> SafetensorsFile.read(path));
        }
    }

    private static void assertCorrupt(String part, Executable call) {
        MillraceException e = assertThrows(MillraceException.class, call);
        assertEquals(ErrorCode.CORRUPT_FILE, e.code(), e.getMessage());
        assertTrue(e.getMessage().contains(part), e.getMessage());
    }

    private Path write(String header, float a, float b, double c) throws IOException {
        ByteBuffer data = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        return write(header, data.putFloat(a).putFloat(b).putDouble(c).array());
    }

    private Path write(String header, byte[] data) throws IOException {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer file =
                ByteBuffer.allocate(8 + text.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(text.length).put(text).put(data);
        return Files.write(Files.createTempFile(folder, "t", ".safetensors"), file.array());
    }
}
