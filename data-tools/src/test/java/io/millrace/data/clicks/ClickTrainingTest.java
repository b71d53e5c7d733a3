package io.millrace.data.clicks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.bundle.BundleLayout;
import io.millrace.core.bundle.BundleManifest;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.metrics.Figures;
import io.millrace.core.progress.ProgressListener;
import io.millrace.data.bundle.BuildPlan;
import io.millrace.data.bundle.BundleBuilder;
import io.millrace.data.bundle.OfflineBundle;
import io.millrace.data.bundle.RankerBundleBuilder;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.eval.ClickEvaluation;
import io.millrace.data.eval.EvaluationPlan;
import io.millrace.data.importers.ImportTask;
import io.millrace.data.importers.criteo.CriteoImporter;
import io.millrace.data.importers.criteo.CriteoPlan;
import io.millrace.data.simulate.ClickLogPlan;
import io.millrace.data.simulate.ClickLogSimulator;
import io.millrace.data.train.ranker.LabelWeights;
import io.millrace.data.train.ranker.RankerTrainingPlan;
import io.millrace.ranker.dcn.ValueFormula;
import io.millrace.ranker.dcn.network.DcnShape;
import io.millrace.ranker.dcn.network.DcnStructure;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** From a simulated log to a calibrated ranker, on one small world. */
final class ClickTrainingTest {
    private static final int ROWS = 6_000;

    @TempDir private Path folder;

    @Test
    void shouldBeatOneProbabilityForAllAndMeanWhatItSays() {
        try (Dataset dataset = dataset(7)) {
            Path models = train(dataset, CalibrationMethod.PLATT, "models");
            Figures figures =
                    ClickEvaluation.run(
                                    models,
                                    dataset,
                                    EvaluationPlan.defaults().withThreads(2),
                                    ProgressListener.NONE)
                            .figures();
            assertEquals(ROWS / 7.0, figures.number("click.impressions"), 1);
            assertTrue(figures.number("click.auc") > 0.6, figures::toString);
            assertTrue(
                    figures.number("click.logloss")
                            < figures.number("baseline.constant.click.logloss"));
            // The order stays, so it is the same AUC but for roundings that make two equal.
            assertEquals(
                    figures.number("uncalibrated.click.auc"), figures.number("click.auc"), 1e-4);
            assertTrue(figures.number("click.ece") < 0.06, figures::toString);
        }
    }

    @Test
    void shouldGiveTheSameBytesWhenTrainedAgain() throws IOException {
        try (Dataset dataset = dataset(7)) {
            Path first = train(dataset, CalibrationMethod.ISOTONIC, "first");
            Path second = train(dataset, CalibrationMethod.ISOTONIC, "second");
            for (String name :
                    List.of(
                            BundleLayout.RANKER,
                            BundleLayout.CALIBRATION,
                            BundleLayout.MODELS_MANIFEST)) {
                assertArrayEquals(
                        Files.readAllBytes(first.resolve(name)),
                        Files.readAllBytes(second.resolve(name)));
            }
            assertTrue(
                    Files.readString(first.resolve(BundleLayout.CALIBRATION)).contains("isotonic"));
        }
    }

    @Test
    void shouldRefuseToBuildABundleWithoutTowers() {
        Path set = folder.resolve("set");
        try (Dataset dataset = dataset(7)) {
            Path models = train(dataset, CalibrationMethod.PLATT, "models");
            Path bundle = folder.resolve("bundle");
            MillraceException e =
                    assertThrows(
                            MillraceException.class,
                            () ->
                                    BundleBuilder.run(
                                            set,
                                            models,
                                            bundle,
                                            BuildPlan.defaults(),
                                            ProgressListener.NONE));
            assertTrue(e.getMessage().contains("no towers"), e.getMessage());
            assertFalse(Files.exists(bundle));
        }
    }

    @Test
    void shouldBuildABundleOfTheRankerAlone() throws IOException {
        try (Dataset dataset = dataset(7)) {
            Path models = train(dataset, CalibrationMethod.PLATT, "models");
            assertTrue(RankerBundleBuilder.isFor(models));
            Path bundle = folder.resolve("bundle");
            BundleManifest built =
                    RankerBundleBuilder.run(
                            dataset.path(), models, bundle, ValueFormula.CLICK, false);
            BundleManifest manifest = BundleManifest.verify(bundle);
            assertEquals(manifest, built);
            assertTrue(manifest.isRankerAlone());
            assertEquals(dataset.manifest().fingerprint(), manifest.datasetFingerprint());
            for (String name : List.of(BundleLayout.RANKER, BundleLayout.CALIBRATION)) {
                assertArrayEquals(
                        Files.readAllBytes(models.resolve(name)),
                        Files.readAllBytes(bundle.resolve(name)));
            }
            Path again = folder.resolve("again");
            RankerBundleBuilder.run(dataset.path(), models, again, ValueFormula.CLICK, false);
            assertArrayEquals(
                    Files.readAllBytes(bundle.resolve(BundleLayout.MANIFEST)),
                    Files.readAllBytes(again.resolve(BundleLayout.MANIFEST)));
            MillraceException e =
                    assertThrows(MillraceException.class, () -> OfflineBundle.open(bundle));
            assertTrue(e.getMessage().contains("a ranker alone"), e.getMessage());
        }
    }

    @Test
    void shouldRefuseToBuildOfModelsOfOtherData() {
        Path models;
        try (Dataset dataset = dataset(7)) {
            models = train(dataset, CalibrationMethod.PLATT, "models");
        }
        Path other = folder.resolve("other");
        CriteoImporter.run(
                folder.resolve("log.tsv"),
                new CriteoPlan(400, 7),
                new ImportTask(other, 0, ProgressListener.NONE));
        Path bundle = folder.resolve("bundle");
        MillraceException e =
                assertThrows(
                        MillraceException.class,
                        () ->
                                RankerBundleBuilder.run(
                                        other, models, bundle, ValueFormula.CLICK, false));
        assertEquals(ErrorCode.MISMATCH, e.code());
        assertFalse(Files.exists(bundle));
    }

    @Test
    void shouldRefuseWhenThereIsNoDayToCalibrateOn() {
        try (Dataset dataset = dataset(2)) {
            MillraceException e =
                    assertThrows(
                            MillraceException.class,
                            () -> train(dataset, CalibrationMethod.PLATT, "models"));
            assertTrue(e.getMessage().contains("too few days"), e.getMessage());
            assertFalse(Files.exists(folder.resolve("models")));
        }
    }

    private Dataset dataset(int days) {
        Path log = folder.resolve("log.tsv");
        ClickLogSimulator.run(new ClickLogPlan(ROWS, 1), log, ProgressListener.NONE);
        Path set = folder.resolve("set");
        CriteoImporter.run(
                log, new CriteoPlan(500, days), new ImportTask(set, 0, ProgressListener.NONE));
        return Dataset.open(set);
    }

    private Path train(Dataset dataset, CalibrationMethod method, String name) {
        DcnShape shape = new DcnShape(4, 1, 0, DcnStructure.STACKED, List.of(16));
        RankerTrainingPlan plan =
                new RankerTrainingPlan(
                        shape,
                        2,
                        false,
                        64,
                        3e-3f,
                        1e-5f,
                        0,
                        LabelWeights.DEFAULT,
                        0,
                        0,
                        true,
                        1,
                        2);
        Path models = folder.resolve(name);
        ClickTraining.run(dataset, models, plan, method, ProgressListener.NONE);
        return models;
    }
}
