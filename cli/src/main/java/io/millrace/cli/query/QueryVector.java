package io.millrace.cli.query;

import io.millrace.core.error.MillraceException;
import io.millrace.index.VectorSet;
import io.millrace.index.vectors.VectorFiles;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Reads the vector of a search. */
final class QueryVector {
    private static final List<String> BINARY = List.of(".fvecs", ".bvecs", ".npy");
    private static final Pattern BETWEEN = Pattern.compile("[\\s,;\\[\\]]+");
    private static final int SHOWN = 40;
    private static final long LARGEST_TEXT_BYTES = 1 << 20;

    private QueryVector() {}

    /** The first row of a file of vectors, or the numbers of a text. */
    static float[] read(Path file) {
        String name = file.toString().toLowerCase(Locale.ROOT);
        return BINARY.stream().anyMatch(name::endsWith) ? firstRow(file) : numbers(file);
    }

    private static float[] firstRow(Path file) {
        try (VectorSet rows = VectorFiles.read(file, 1)) {
            if (rows.count() == 0) {
                throw MillraceException.badInput("no vector: file=%s; give one with a row", file);
            }
            float[] row = new float[rows.dimension()];
            rows.get(0, row, 0);
            return row;
        }
    }

    private static float[] numbers(Path file) {
        List<String> words =
                BETWEEN.splitAsStream(text(file)).filter(word -> !word.isEmpty()).toList();
        if (words.isEmpty()) {
            throw MillraceException.badInput("no numbers: file=%s; write a vector", file);
        }
        float[] numbers = new float[words.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = number(file, i + 1, words.get(i));
        }
        return numbers;
    }

    private static float number(Path file, int place, String word) {
        try {
            return Float.parseFloat(word);
        } catch (NumberFormatException e) {
            throw MillraceException.badInput(
                    "not a number: file=%s, place=%d, text='%s'; write numbers with blanks or"
                            + " commas between them",
                    file, place, word.length() > SHOWN ? word.substring(0, SHOWN) + "…" : word);
        }
    }

    private static String text(Path file) {
        try {
            if (Files.size(file) > LARGEST_TEXT_BYTES) {
                throw MillraceException.badInput(
                        "too long for one vector: file=%s, bytes=%d, limit=%d; give one vector",
                        file, Files.size(file), LARGEST_TEXT_BYTES);
            }
            return Files.readString(file);
        } catch (CharacterCodingException e) {
            throw MillraceException.badInput(
                    "neither text nor %s: file=%s; give numbers as text or such a file",
                    BINARY, file);
        } catch (IOException e) {
            throw MillraceException.io("read the vector", file, e);
        }
    }
}
