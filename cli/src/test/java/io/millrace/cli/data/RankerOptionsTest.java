package io.millrace.cli.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.data.dataset.Label;
import io.millrace.data.train.ranker.LabelWeights;
import io.millrace.data.train.ranker.RankerTrainingPlan;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import picocli.CommandLine;

import java.util.Map;

final class RankerOptionsTest {
    private static final RankerTrainingPlan SUITING = RankerTrainingPlan.defaults(1_000, 9, 2);

    private static RankerOptions options(String... arguments) {
        return CommandLine.populateCommand(new RankerOptions(), arguments);
    }

    @Test
    void shouldKeepWhatSuitsTheDataSetWhenNothingIsChosen() {
        assertEquals(SUITING, options().plan(SUITING));
        assertEquals(1, SUITING.weights().of(Label.CLICK));
        assertEquals(0.3f, SUITING.weights().of(Label.LONG_VIEW));
        assertEquals(0.3f, SUITING.weights().of(Label.LIKE));
        assertEquals(0, SUITING.teachers());
        assertEquals(64, SUITING.matchDimension());
    }

    @Test
    void shouldTakeWhatIsChosen() {
        RankerOptions both = options("--label-weights=click=0.5,like=2", "--ensemble=4");
        assertEquals(
                SUITING.withWeights(LabelWeights.of(Map.of("click", 0.5f, "like", 2f)))
                        .withTeachers(4),
                both.plan(SUITING));
        LabelWeights one = options("--label-weights", "long_view=1").plan(SUITING).weights();
        assertEquals(1, one.of(Label.CLICK));
        assertEquals(1, one.of(Label.LONG_VIEW));
        assertEquals(SUITING.withLastDayHeldOut(), options("--hold-out-last-day").plan(SUITING));
        assertEquals(SUITING.withMatchDimension(0), options("--match-dimension=0").plan(SUITING));
        assertEquals(
                SUITING.withPasses(5, true),
                options("--passes=5", "--early-stopping").plan(SUITING));
        assertEquals(
                SUITING.withSteps(512, 0.01f, 0.5f, 0),
                options(
                                "--ranker-batch=512",
                                "--ranker-rate=0.01",
                                "--ranker-l2=0.5",
                                "--ranker-dropout=0")
                        .plan(SUITING));
    }

    @ParameterizedTest
    @CsvSource({
        "--label-weights=click=-1, click=-1.0",
        "--label-weights=long_view=NaN, long_view=NaN",
        "--ensemble=65, ensemble=65",
        "--passes=0, passes=0",
        "--early-stopping, nothing to stop early: passes=1",
        "--ranker-batch=15, change --ranker-batch",
        "--ranker-rate=0, --ranker-rate 0.0",
        "--ranker-l2=-1, --ranker-l2 -1.0",
        "--ranker-dropout=1, --ranker-dropout 1.0",
        "--match-dimension=-1, match-dimension=-1",
        "--match-dimension=1025, most=1024"
    })
    void shouldRefuseWhatCannotBeLearnt(String argument, String said) {
        RankerOptions options = options(argument);
        MillraceException e = assertThrows(MillraceException.class, () -> options.plan(SUITING));
        assertEquals(ErrorCode.USAGE, e.code());
        assertTrue(e.getMessage().contains(said), e.getMessage());
    }
}
