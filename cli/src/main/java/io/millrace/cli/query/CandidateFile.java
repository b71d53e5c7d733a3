package io.millrace.cli.query;

import io.millrace.client.message.RankColumn;
import io.millrace.client.message.RankColumns;
import io.millrace.core.error.MillraceException;
import io.millrace.core.wire.codec.FormCode;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.LongStream;

/**
 * Reads candidates from a text file: names of features first, then a candidate a line, called by
 * its number from 1. Between the values stand tabs in a file whose name ends with {@code .tsv},
 * commas in any other, and between tags of a candidate {@code |}. No value is quoted.
 */
final class CandidateFile {
    private static final Pattern BETWEEN_TAGS = Pattern.compile("|", Pattern.LITERAL);

    private final Path file;
    private final String separator;
    private final List<String[]> rows = new ArrayList<>();

    private CandidateFile(Path file) {
        this.file = file;
        this.separator = file.toString().toLowerCase(Locale.ROOT).endsWith(".tsv") ? "\t" : ",";
    }

    /**
     * Reads a file.
     *
     * @throws MillraceException BAD_INPUT when it holds no candidate, or rows of other lengths.
     */
    static CandidateFile read(Path file) {
        CandidateFile candidates = new CandidateFile(file);
        try {
            for (String line : Files.readAllLines(file)) {
                candidates.add(line);
            }
        } catch (CharacterCodingException e) {
            throw MillraceException.badInput("not utf-8: file=%s; give a text file", file);
        } catch (IOException e) {
            throw MillraceException.io("read the candidates", file, e);
        }
        if (candidates.rows.size() < 2) {
            throw MillraceException.badInput(
                    "no candidates: file=%s; write the names of their features into the first line,"
                            + " and a candidate into each of the next",
                    file);
        }
        return candidates;
    }

    private void add(String line) {
        String[] values = line.split(separator, -1);
        if (!rows.isEmpty() && values.length != rows.getFirst().length) {
            throw MillraceException.badInput(
                    "a line of another length: file=%s, line=%d, values=%d, expected=%d; correct"
                            + " it",
                    file, rows.size() + 1, values.length, rows.getFirst().length);
        }
        rows.add(values);
    }

    /** What the candidates are called: 1, 2, 3 and on. */
    List<Long> names() {
        return LongStream.range(1, rows.size()).boxed().toList();
    }

    /**
     * The columns of the file.
     *
     * @param known what the server takes.
     * @throws MillraceException BAD_INPUT when a feature is none of those, or a value no number.
     */
    List<RankColumn> columns(RankColumns known) {
        List<RankColumn> columns = new ArrayList<>();
        for (int i = 0; i < rows.getFirst().length; i++) {
            RankColumns.Column column = column(known, rows.getFirst()[i]);
            if (column.form() == FormCode.NUMBERS) {
                columns.add(new RankColumn.Numbers(column.name(), numbers(i)));
            } else if (column.maxValues() == 1) {
                columns.add(new RankColumn.Texts(column.name(), texts(i)));
            } else {
                addTags(column, texts(i), columns);
            }
        }
        return columns;
    }

    private RankColumns.Column column(RankColumns known, String name) {
        return known.columns().stream()
                .filter(column -> column.name().equals(name))
                .findFirst()
                .orElseThrow(
                        () ->
                                MillraceException.badInput(
                                        "no such feature: file=%s, name=%s; millrace query columns"
                                                + " lists them",
                                        file, name));
    }

    private List<String> texts(int column) {
        return rows.stream().skip(1).map(row -> row[column]).toList();
    }

    private double[] numbers(int column) {
        double[] numbers = new double[rows.size() - 1];
        for (int i = 0; i < numbers.length; i++) {
            String text = rows.get(i + 1)[column];
            try {
                numbers[i] = text.isEmpty() ? Double.NaN : Double.parseDouble(text);
            } catch (NumberFormatException e) {
                throw MillraceException.badInput(
                        "not a number: file=%s, line=%d, name=%s, text='%s'; correct it",
                        file, i + 2, rows.getFirst()[column], text);
            }
        }
        return numbers;
    }

    /** As many columns as the most tags of a candidate, each with one of them. */
    private void addTags(RankColumns.Column column, List<String> texts, List<RankColumn> columns) {
        List<String[]> tags = texts.stream().map(BETWEEN_TAGS::split).toList();
        for (int i = 0; i < tags.size(); i++) {
            // A column for each of one candidate's would be as long as all candidates.
            if (tags.get(i).length > column.maxValues()) {
                throw MillraceException.badInput(
                        "too many tags: file=%s, line=%d, name=%s, tags=%d, most=%d; leave some"
                                + " out",
                        file, i + 2, column.name(), tags.get(i).length, column.maxValues());
            }
        }
        int most = tags.stream().mapToInt(each -> each.length).max().orElse(0);
        for (int i = 0; i < most; i++) {
            int place = i;
            columns.add(
                    new RankColumn.Texts(
                            column.name(),
                            tags.stream()
                                    .map(each -> place < each.length ? each[place] : "")
                                    .toList()));
        }
    }
}
