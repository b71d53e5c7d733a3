package io.millrace.cli.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.ranker.dcn.network.DcnShape;
import io.millrace.ranker.dcn.network.DcnStructure;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import picocli.CommandLine;

import java.util.List;

final class RankerSizeOptionsTest {
    private static DcnShape shape(String... arguments) {
        return CommandLine.populateCommand(new RankerSizeOptions(), arguments)
                .shape(DcnShape.DEFAULT);
    }

    @Test
    void shouldKeepTheUsualSizesWhenNothingIsChosen() {
        assertEquals(DcnShape.DEFAULT, shape());
    }

    @Test
    void shouldTakeWhatIsChosen() {
        assertEquals(
                new DcnShape(16, 2, 32, 4, DcnStructure.STACKED, List.of(64)),
                shape(
                        "--ranker-embedding=16",
                        "--cross-layers=2",
                        "--cross-rank=32",
                        "--cross-experts=4",
                        "--structure=STACKED",
                        "--deep=64"));
        assertEquals(List.of(512, 256, 64), shape("--deep=512,256,64").deep());
        assertEquals(List.of(), shape("--deep=0").deep());
        assertEquals(DcnShape.DEFAULT.deep(), shape("--cross-layers=0").deep());
    }

    @ParameterizedTest
    @CsvSource({
        "--ranker-embedding=0, embedding=0",
        "--cross-layers=17, crossLayers=17",
        "--cross-experts=4, experts=4",
        "--deep=-5, deep=-5"
    })
    void shouldRefuseSizesThatNoRankerHas(String argument, String said) {
        MillraceException e = assertThrows(MillraceException.class, () -> shape(argument));
        assertEquals(ErrorCode.USAGE, e.code());
        assertTrue(e.getMessage().contains(said), e.getMessage());
    }
}
