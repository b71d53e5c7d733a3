package io.millrace.data.importers.kuairand;

import io.millrace.core.fuzz.Fuzzing;
import io.millrace.data.importers.FuzzedFolder;
import io.millrace.data.importers.table.HistoryPooling;
import io.millrace.data.importers.table.RatePlan;
import io.millrace.ranker.features.FeatureRate;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

final class KuaiRandFuzzTest {
    @TempDir private Path folder;

    @Test
    void shouldImportOrRefuseWhenBytesAreChanged() throws IOException {
        Path source = new KuaiRandFolder().write(folder.resolve("source"));
        List<String> files =
                List.of(
                        KuaiRandColumns.USERS,
                        KuaiRandColumns.VIDEOS,
                        KuaiRandColumns.HISTORY,
                        KuaiRandColumns.TRAIN,
                        KuaiRandColumns.TEST);
        RatePlan clicks =
                new RatePlan("clicks", FeatureRate.Event.CLICK, "creator", 60, null, null);
        RatePlan watches = new RatePlan("watches", FeatureRate.Event.WATCH, "tags", 60, null, null);
        KuaiRandPlan plan = new KuaiRandPlan(List.of(clicks, watches), HistoryPooling.MEAN, true);
        new FuzzedFolder(source, files)
                .fuzz(Fuzzing.of("kuairand"), task -> KuaiRandImporter.run(source, plan, task));
    }
}
