package io.millrace.ranker.calibration;

import com.fasterxml.jackson.databind.JsonNode;

import io.millrace.core.error.MillraceException;
import io.millrace.core.json.Json;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How the probabilities of each head of a ranker are calibrated; {@code calibration.json}. Where
 * the click alone is, the file holds its calibration and nothing around it, as before there were
 * others.
 *
 * <p>Threading: immutable.
 *
 * @param heads calibrations by the names of the labels.
 */
public record HeadCalibrations(SortedMap<String, Calibration> heads) {
    /** Nothing is calibrated. */
    public static final HeadCalibrations NONE = new HeadCalibrations(new TreeMap<>());

    private static final String HEADS = "heads";
    private static final String CLICK = "click";

    /** Validates and copies. */
    public HeadCalibrations {
        // Keys that a file leaves out arrive as null.
        if ((Object) heads == null || heads.containsValue(null)) {
            throw MillraceException.badInput(
                    "a calibration is missing: key=%s; train the model again", HEADS);
        }
        heads = new TreeMap<>(heads);
    }

    /**
     * Calibrations of some heads.
     *
     * @param heads calibrations by the names of the labels.
     * @return the same.
     */
    public static HeadCalibrations of(Map<String, ? extends Calibration> heads) {
        return new HeadCalibrations(new TreeMap<>(heads));
    }

    /**
     * Reads a file.
     *
     * @param path the file.
     * @return what it holds.
     * @throws MillraceException when it is missing, not JSON or holds no calibrations.
     */
    public static HeadCalibrations read(Path path) {
        return Json.read(path, JsonNode.class).has(HEADS)
                ? Json.read(path, HeadCalibrations.class)
                : of(Map.of(CLICK, Json.read(path, Calibration.class)));
    }

    /**
     * Writes a file.
     *
     * @param path where to.
     */
    public void write(Path path) {
        Calibration click = heads.get(CLICK);
        Json.writeAtomically(path, click != null && heads.size() == 1 ? click : this);
    }

    /**
     * How a head is calibrated.
     *
     * @param label what it foretells.
     * @return null where it is not.
     */
    public @Nullable Calibration of(String label) {
        return heads.get(label);
    }
}
