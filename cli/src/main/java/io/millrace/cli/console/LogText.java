package io.millrace.cli.console;

import io.millrace.core.log.LogDamage;
import io.millrace.core.metrics.Figures;

/** What of a log was not read, for people and for programs. */
public final class LogText {
    private LogText() {}

    /**
     * Adds what there is to tell to a table.
     *
     * @param table of the results.
     * @param foreignFiles files of other bundles.
     * @param damage what could not be read.
     */
    public static void addTo(TextTable table, int foreignFiles, LogDamage damage) {
        if (foreignFiles > 0) {
            table.row("files of other bundles, left out", Texts.count(foreignFiles));
        }
        if (damage.lostRecords() > 0) {
            table.row("records lost", Texts.count(damage.lostRecords()));
        }
        if (damage.damagedBytes() > 0) {
            table.row("damaged", Texts.bytes(damage.damagedBytes()));
        }
        if (damage.tailBytes() > 0) {
            table.row("unfinished at the end of files", Texts.bytes(damage.tailBytes()));
        }
    }

    /**
     * Adds it to figures.
     *
     * @param figures of the command.
     * @param foreignFiles files of other bundles.
     * @param damage what could not be read.
     */
    public static void addTo(Figures figures, int foreignFiles, LogDamage damage) {
        figures.put("foreign_files", foreignFiles)
                .put("lost_records", damage.lostRecords())
                .put("damaged_bytes", damage.damagedBytes())
                .put("tail_bytes", damage.tailBytes());
    }
}
