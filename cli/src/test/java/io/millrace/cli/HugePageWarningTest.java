package io.millrace.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.core.memory.HugePageSupport;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/** The system refuses huge pages to this process, as it may be asked to, until the test ends. */
@SuppressWarnings("restricted")
final class HugePageWarningTest {
    private static final int PR_SET_THP_DISABLE = 41;
    private static final String WARNING =
            "millrace: the system refuses huge pages, searches are slower: setting=off for this"
                    + " process; start it without prctl(PR_SET_THP_DISABLE)";

    @BeforeEach
    void refuse() throws Throwable {
        assumeTrue(HugePageSupport.ofThisMachine().isGranted(), "no huge pages to be refused");
        setRefused(1);
    }

    @AfterEach
    void grant() throws Throwable {
        setRefused(0);
    }

    @Test
    void shouldWarnInOneLineWhenACommandSearches() {
        CommandRun run = CommandRun.of("serve", "--bundle", "nowhere");
        assertEquals(1, run.code());
        assertEquals(WARNING, run.err().lines().findFirst().orElse(""));
        assertEquals(1, run.err().lines().filter(WARNING::equals).count());
    }

    @Test
    void shouldSaySoWhenAskedForTheVersion() {
        CommandRun run = CommandRun.of("--version");
        assertTrue(run.out().contains("pages      small (off for this process)"), run.out());
        assertEquals("", run.err());
    }

    private static void setRefused(int value) throws Throwable {
        Linker linker = Linker.nativeLinker();
        Optional<MemorySegment> prctl = linker.defaultLookup().find("prctl");
        assumeTrue(prctl.isPresent(), "no prctl on this system");
        ValueLayout.OfInt i32 = ValueLayout.JAVA_INT;
        ValueLayout.OfLong i64 = ValueLayout.JAVA_LONG;
        int result =
                (int)
                        linker.downcallHandle(
                                        prctl.get(),
                                        FunctionDescriptor.of(i32, i32, i64, i64, i64, i64),
                                        Linker.Option.firstVariadicArg(1))
                                .invokeExact(PR_SET_THP_DISABLE, (long) value, 0L, 0L, 0L);
        assertEquals(0, result);
    }
}
