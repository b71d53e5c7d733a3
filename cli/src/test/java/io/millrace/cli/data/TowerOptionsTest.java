package io.millrace.cli.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.data.train.tower.HardNegatives;
import io.millrace.data.train.tower.TowerTrainingPlan;
import io.millrace.ranker.tower.TowerShape;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import picocli.CommandLine;

final class TowerOptionsTest {
    private static final TowerTrainingPlan SUITING =
            new TowerTrainingPlan(
                    new TowerShape(64, 128, 8),
                    5,
                    1_024,
                    16,
                    0.003f,
                    0.6f,
                    HardNegatives.NONE,
                    9,
                    2);

    private static TowerOptions options(String... arguments) {
        return CommandLine.populateCommand(new TowerOptions(), arguments);
    }

    @Test
    void shouldKeepWhatSuitsTheDataSetWhenNothingIsChosen() {
        assertEquals(SUITING, options().plan(SUITING));
        options().requireNone();
    }

    @Test
    void shouldTakeWhatIsChosen() {
        assertEquals(
                new TowerTrainingPlan(
                        new TowerShape(128, 256, 8),
                        3,
                        512,
                        8,
                        0.001f,
                        0.25f,
                        HardNegatives.NONE.withCount(64),
                        9,
                        2),
                options(
                                "--tower-dimension=128",
                                "--tower-hidden=256",
                                "--tower-epochs=3",
                                "--tower-batch=512",
                                "--positives-per-user=8",
                                "--tower-rate=0.001",
                                "--tower-trend=0.25",
                                "--hard-negatives=64")
                        .plan(SUITING));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--tower-dimension=2",
                "--tower-hidden=5000",
                "--tower-epochs=0",
                "--tower-batch=10",
                "--positives-per-user=600",
                "--tower-rate=NaN",
                "--tower-trend=-1",
                "--tower-trend=NaN",
                "--tower-trend=11",
                "--hard-negatives=-1",
                "--hard-negatives=5000"
            })
    void shouldRefuseWhatCannotBeTrainedOrHasNoTowers(String argument) {
        TowerOptions options = options(argument);
        String value = argument.substring(argument.indexOf('=') + 1);
        MillraceException e = assertThrows(MillraceException.class, () -> options.plan(SUITING));
        assertTrue(e.getMessage().contains("=" + value), e.getMessage());
        MillraceException none = assertThrows(MillraceException.class, options::requireNone);
        assertEquals(ErrorCode.USAGE, none.code());
    }
}
