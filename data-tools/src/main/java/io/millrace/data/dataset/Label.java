package io.millrace.data.dataset;

import io.millrace.core.error.MillraceException;
import io.millrace.core.file.SectionFile;
import io.millrace.core.file.SectionFileWriter;
import io.millrace.ranker.dcn.RankerHeads;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What may come of an impression, and a ranker foretells.
 *
 * @param key its name in files, figures, options and formulas, as in {@code long_view}.
 * @param bit which bit of an impression's labels says whether it came.
 */
public record Label(String key, int bit) {
    /** It is clicked. */
    public static final Label CLICK = new Label(RankerHeads.CLICK, 0);

    /** It is watched for long. */
    public static final Label LONG_VIEW = new Label("long_view", 1);

    /** It is liked. */
    public static final Label LIKE = new Label("like", 2);

    /** The bit of the first label that a data set may name as it likes. */
    public static final int FIRST_OTHER_BIT = 3;

    /** The most labels of a data set. */
    public static final int MOST = RankerHeads.MOST;

    /** Those of a data set that does not say which it has. */
    public static final List<Label> USUAL = List.of(CLICK, LONG_VIEW);

    private static final String SECTION = "label_names";

    /** Validates. */
    public Label {
        RankerHeads.validateName(key);
        if (bit < 0 || bit >= MOST) {
            throw MillraceException.badInput(
                    "bad label: name=%s, bit=%d, least=0, most=%d; declare fewer labels",
                    key, bit, MOST - 1);
        }
    }

    /**
     * The bit as a mask.
     *
     * @return a number with this bit and no other.
     */
    public int mask() {
        return 1 << bit;
    }

    /**
     * Whether it came.
     *
     * @param events the impressions.
     * @param index index of the impression.
     * @return the truth.
     */
    public boolean holds(InteractionTable events, long index) {
        return (events.labelBits(index) & mask()) != 0;
    }

    /**
     * The heads of a ranker that foretells labels.
     *
     * @param labels which, each once, the click first.
     * @return heads in the same order.
     */
    public static RankerHeads headsOf(List<Label> labels) {
        return new RankerHeads(labels.stream().map(Label::key).toList());
    }

    /** The labels of a file of impressions. */
    static List<Label> read(SectionFile file) {
        if (!file.names().contains(SECTION)) {
            return USUAL;
        }
        byte[] bytes = file.section(SECTION).toArray(ValueLayout.JAVA_BYTE);
        String lines = new String(bytes, StandardCharsets.UTF_8);
        List<Label> labels = new ArrayList<>();
        try {
            String[] names = lines.split("\n", -1);
            for (int bit = 0; bit < names.length; bit++) {
                if (!names[bit].isEmpty()) {
                    labels.add(new Label(names[bit], bit));
                }
            }
            headsOf(labels);
            return List.copyOf(labels);
        } catch (MillraceException e) {
            // The records blame the caller's choice; here it is the file that is wrong.
            throw MillraceException.corrupt(file.path(), "bad names of labels: %s", lines);
        }
    }

    /** Writes a line for each bit, an empty one where it stands for nothing. */
    static void write(List<Label> labels, SectionFileWriter writer) {
        if (labels.equals(USUAL)) {
            return;
        }
        String[] names = new String[labels.getLast().bit() + 1];
        Arrays.fill(names, "");
        labels.forEach(label -> names[label.bit()] = label.key());
        byte[] lines = String.join("\n", names).getBytes(StandardCharsets.UTF_8);
        writer.section(SECTION, MemorySegment.ofArray(lines));
    }
}
