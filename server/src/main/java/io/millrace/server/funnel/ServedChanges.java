package io.millrace.server.funnel;

import io.millrace.server.change.Change;
import io.millrace.server.change.ChangeJournal;
import io.millrace.server.change.Changes;
import io.millrace.server.metrics.Gauge;

import java.util.ArrayList;
import java.util.List;

/**
 * Brings changes into the journal of a bundle and from there into the bundle.
 *
 * <p>Threading: any thread. Ownership: the journal stays the caller's.
 *
 * @param journal brings them to the disk
 * @param target makes them
 */
record ServedChanges(ChangeJournal journal, LiveChanges target) implements Changes {
    @Override
    public boolean submit(Change change) {
        return journal.submit(change, target);
    }

    List<Gauge> gauges() {
        List<Gauge> gauges = new ArrayList<>(journal.gauges());
        gauges.add(
                Gauge.of(
                        "deleted_items",
                        "Items of the bundle that were deleted since.",
                        target.stored().living().deletedCount()));
        return gauges;
    }
}
