package io.millrace.data.simulate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.progress.ProgressListener;
import io.millrace.core.random.SplitRandom;
import io.millrace.data.importers.criteo.CriteoColumns;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

final class ClickLogSimulatorTest {
    private static final int ROWS = 5_000;

    @TempDir private Path folder;

    @Test
    void shouldGiveTheSameBytesBySeedAndTheFirstRowsWhenShorter() throws IOException {
        byte[] log = Files.readAllBytes(simulate("a", ROWS, 3));
        assertArrayEquals(log, Files.readAllBytes(simulate("b", ROWS, 3)));
        byte[] shorter = Files.readAllBytes(simulate("c", 100, 3));
        assertArrayEquals(shorter, Arrays.copyOf(log, shorter.length));
        assertNotEquals(
                Files.readAllLines(simulate("d", 1, 4)).getFirst(),
                Files.readAllLines(folder.resolve("a")).getFirst());
    }

    @Test
    void shouldHaveTheShapeOfTheRealLog() throws IOException {
        List<String> lines = Files.readAllLines(simulate("a", ROWS, 1));
        int clicks = 0;
        int missing = 0;
        int largest = 0;
        Map<String, Integer> values = new HashMap<>();
        for (String line : lines) {
            String[] fields = line.split("\t", -1);
            assertEquals(CriteoColumns.all().size(), fields.length, line);
            clicks += fields[0].equals("1") ? 1 : 0;
            for (int i = 1; i < fields.length; i++) {
                if (fields[i].isEmpty()) {
                    missing++;
                } else if (i <= CriteoColumns.NUMBERS.size()) {
                    largest = Math.max(largest, Integer.parseInt(fields[i]));
                } else {
                    assertTrue(fields[i].matches("[0-9a-f]{8}"), fields[i]);
                }
            }
            values.merge(fields[1 + CriteoColumns.NUMBERS.size()], 1, Integer::sum);
        }
        assertEquals(ROWS, lines.size());
        assertEquals(0.26, (double) clicks / ROWS, 0.05);
        assertTrue(missing > ROWS, "more than one of 39 values is missing: " + missing);
        assertTrue(largest > 1_000, "heavy tails: " + largest);
        // Zipf's law over 1,000 values gives the first more than a tenth.
        assertTrue(values.values().stream().mapToInt(n -> n).max().orElse(0) > ROWS / 10);
        assertTrue(values.size() > 200, "and many others: " + values.size());
    }

    /** The law can be learnt: its logits foretell clicks as their probabilities say. */
    @Test
    void shouldClickAsOftenAsTheHiddenLawSays() {
        ClickLogLaw law = new ClickLogLaw(1);
        ClickLogLaw.Row row = new ClickLogLaw.Row();
        SplitRandom random = new SplitRandom(5);
        double expected = 0;
        double variance = 0;
        double spread = 0;
        int clicks = 0;
        for (int i = 0; i < ROWS; i++) {
            law.drawInto(row, random);
            double probability = 1 / (1 + Math.exp(-row.logit));
            expected += probability;
            variance += probability * (1 - probability);
            spread += Math.abs(probability - 0.26);
            clicks += row.isClick ? 1 : 0;
        }
        assertEquals(expected, clicks, 4 * Math.sqrt(variance));
        assertTrue(spread / ROWS > 0.1, "probabilities differ: " + spread / ROWS);
    }

    private Path simulate(String name, int rows, long seed) {
        Path path = folder.resolve(name);
        ClickLogSimulator.run(new ClickLogPlan(rows, seed), path, ProgressListener.NONE);
        return path;
    }
}
