package io.millrace.core.metrics;

import com.fasterxml.jackson.databind.node.NullNode;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.json.Json;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The figures of one command: an ordered map of flat keys, as in {@code latency.p99_us}, to numbers
 * and, where said so, texts or lists of numbers or of such maps. {@code docs/figures.md} describes
 * every key.
 *
 * <p>Numbers that are not finite are written as {@code null}, which JSON can hold.
 *
 * <p>Threading: one thread.
 */
public final class Figures {
    private final Map<String, Object> values = new LinkedHashMap<>();

    /**
     * Sets a whole number.
     *
     * @param key flat key.
     * @param value the number.
     * @return these figures.
     */
    public Figures put(String key, long value) {
        values.put(key, value);
        return this;
    }

    /**
     * Sets a real number.
     *
     * @param key flat key.
     * @param value the number.
     * @return these figures.
     */
    public Figures put(String key, double value) {
        values.put(key, value);
        return this;
    }

    /**
     * Sets a text.
     *
     * @param key flat key.
     * @param value the text.
     * @return these figures.
     */
    public Figures put(String key, String value) {
        values.put(key, value);
        return this;
    }

    /**
     * Sets a list of figures, one for each run of a series.
     *
     * @param key flat key.
     * @param list the figures of each run.
     * @return these figures.
     */
    public Figures put(String key, List<Figures> list) {
        List<Map<String, Object>> maps = new ArrayList<>();
        for (Figures figures : list) {
            maps.add(figures.values);
        }
        values.put(key, maps);
        return this;
    }

    /**
     * Sets a list of numbers.
     *
     * @param key flat key.
     * @param list the numbers.
     * @return these figures.
     */
    public Figures put(String key, float[] list) {
        List<Float> numbers = new ArrayList<>(list.length);
        for (float number : list) {
            numbers.add(number);
        }
        values.put(key, numbers);
        return this;
    }

    /**
     * Takes over all figures of another command's part.
     *
     * @param other the figures to add; on equal keys theirs win.
     * @return these figures.
     */
    public Figures putAll(Figures other) {
        values.putAll(other.values);
        return this;
    }

    /**
     * Whether a key is set.
     *
     * @param key flat key.
     * @return true when it is.
     */
    public boolean has(String key) {
        return values.containsKey(key);
    }

    /**
     * A number.
     *
     * @param key flat key.
     * @return its value.
     * @throws MillraceException INTERNAL when there is no such number.
     */
    public double number(String key) {
        if (values.get(key) instanceof Number number) {
            return number.doubleValue();
        }
        throw MillraceException.of(ErrorCode.INTERNAL, "no such figure: key=%s", key);
    }

    /**
     * Whether a figure is a number.
     *
     * @param key flat key.
     * @return false also when it is not set.
     */
    public boolean isNumber(String key) {
        return values.get(key) instanceof Number;
    }

    /**
     * Whether a figure is a text.
     *
     * @param key flat key.
     * @return false also when it is not set.
     */
    public boolean isText(String key) {
        return values.get(key) instanceof String;
    }

    /**
     * A text.
     *
     * @param key flat key.
     * @return its value.
     * @throws MillraceException INTERNAL when there is no such text.
     */
    public String text(String key) {
        if (values.get(key) instanceof String text) {
            return text;
        }
        throw MillraceException.of(ErrorCode.INTERNAL, "no such text: key=%s", key);
    }

    /**
     * All keys in the order they were set.
     *
     * @return the keys.
     */
    public List<String> keys() {
        return List.copyOf(values.keySet());
    }

    /**
     * Writes the figures as one JSON object.
     *
     * @param path where to; appears whole or not at all.
     */
    public void write(Path path) {
        Json.writeAtomically(path, toJsonValue(values));
    }

    private static Map<String, Object> toJsonValue(Map<String, Object> figures) {
        Map<String, Object> result = new LinkedHashMap<>();
        figures.forEach((key, value) -> result.put(key, finite(value)));
        return result;
    }

    private static Object finite(Object value) {
        if (value instanceof Number number && !Double.isFinite(number.doubleValue())) {
            return NullNode.getInstance();
        }
        if (value instanceof List<?> list) {
            List<Object> result = new ArrayList<>();
            for (Object element : list) {
                result.add(element instanceof Map<?, ?> map ? finiteMap(map) : finite(element));
            }
            return result;
        }
        return value;
    }

    private static Map<String, Object> finiteMap(Map<?, ?> map) {
        Map<String, Object> result = new LinkedHashMap<>();
        map.forEach((key, value) -> result.put(String.valueOf(key), finite(value)));
        return result;
    }
}
