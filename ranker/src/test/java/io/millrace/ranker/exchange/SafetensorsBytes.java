package io.millrace.ranker.exchange;

import io.millrace.core.random.SplitRandom;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes the bytes of safetensors files of random floats. */
final class SafetensorsBytes {
    private final SplitRandom random = new SplitRandom(31);
    private final Map<String, int[]> shapes = new LinkedHashMap<>();
    private final Map<String, float[]> tensors = new LinkedHashMap<>();

    /** Adds a tensor of random numbers, or replaces it. */
    SafetensorsBytes random(String name, int... shape) {
        float[] values = new float[Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
        for (int i = 0; i < values.length; i++) {
            values[i] = 0.4f * (float) random.nextGaussian();
        }
        shapes.put(name, shape);
        tensors.put(name, values);
        return this;
    }

    SafetensorsBytes without(String name) {
        shapes.remove(name);
        tensors.remove(name);
        return this;
    }

    /** The live values of a tensor. */
    float[] values(String name) {
        float[] values = tensors.get(name);
        if (values == null) {
            throw new AssertionError("no tensor " + name);
        }
        return values;
    }

    int[] shape(String name) {
        values(name);
        return shapes.getOrDefault(name, new int[0]);
    }

    byte[] toBytes() {
        List<String> entries = new ArrayList<>();
        int at = 0;
        for (Map.Entry<String, float[]> tensor : tensors.entrySet()) {
            int end = at + Float.BYTES * tensor.getValue().length;
            entries.add(
                    "\"%s\":{\"dtype\":\"F32\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
                            .formatted(
                                    tensor.getKey(),
                                    Arrays.toString(shapes.get(tensor.getKey())),
                                    at,
                                    end));
            at = end;
        }
        byte[] header =
                entries.stream()
                        .collect(Collectors.joining(",", "{", "}"))
                        .getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes =
                ByteBuffer.allocate(Long.BYTES + header.length + at).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(header.length).put(header);
        tensors.values()
                .forEach(
                        values -> {
                            for (float value : values) {
                                bytes.putFloat(value);
                            }
                        });
        return bytes.array();
    }
}
