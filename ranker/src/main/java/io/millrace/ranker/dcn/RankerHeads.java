package io.millrace.ranker.dcn;

import io.millrace.core.error.MillraceException;
import io.millrace.core.file.SectionFile;
import io.millrace.core.file.SectionFileWriter;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What the heads of a ranker foretell, in their order. The first is the click, which a server
 * orders by when nothing else is said.
 *
 * <p>Threading: immutable.
 *
 * @param names names of the labels, each once.
 */
public record RankerHeads(List<String> names) {
    /** The most heads of a ranker. */
    public static final int MOST = 8;

    /** What the first head foretells. */
    public static final String CLICK = "click";

    private static final String SECTION = "heads";
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,31}");

    /** The heads of a ranker whose file does not say which it has. */
    public static final RankerHeads USUAL = new RankerHeads(List.of(CLICK, "long_view"));

    /** Validates and copies. */
    public RankerHeads {
        names = List.copyOf(names);
        names.forEach(RankerHeads::validateName);
        boolean isClickFirst = !names.isEmpty() && names.getFirst().equals(CLICK);
        if (!isClickFirst || names.size() > MOST || new HashSet<>(names).size() < names.size()) {
            throw MillraceException.badInput(
                    "bad heads of a ranker: heads=%s, most=%d; name each once, %s first",
                    names, MOST, CLICK);
        }
    }

    /** The heads of a ranker's file. */
    static RankerHeads read(SectionFile file) {
        if (!file.names().contains(SECTION)) {
            return USUAL;
        }
        byte[] bytes = file.section(SECTION).toArray(ValueLayout.JAVA_BYTE);
        String lines = new String(bytes, StandardCharsets.UTF_8);
        try {
            return new RankerHeads(List.of(lines.split("\n", -1)));
        } catch (MillraceException e) {
            // The record blames the caller's choice; here it is the file that is wrong.
            throw MillraceException.corrupt(file.path(), "bad heads of the ranker: %s", lines);
        }
    }

    void write(SectionFileWriter writer) {
        byte[] lines = String.join("\n", names).getBytes(StandardCharsets.UTF_8);
        writer.section(SECTION, MemorySegment.ofArray(lines));
    }

    /**
     * Makes sure that a label can be named in files, options and formulas.
     *
     * @param name name of the label.
     * @throws MillraceException BAD_INPUT when it cannot.
     */
    public static void validateName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw MillraceException.badInput(
                    "bad name of a label: name=%s; take 1 to 32 small letters, digits and"
                            + " underscores, a letter first",
                    name);
        }
    }

    /**
     * Which head foretells a label.
     *
     * @param name name of the label.
     * @return its index, below 0 where there is none.
     */
    public int indexOf(String name) {
        return names.indexOf(name);
    }

    /**
     * How many heads.
     *
     * @return from 1 to {@link #MOST}.
     */
    public int count() {
        return names.size();
    }
}
