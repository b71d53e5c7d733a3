package io.millrace.core.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.management.ThreadMXBean;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.memory.DirectMemory;
import io.millrace.core.random.SplitRandom;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/**
 * Gives a target one changed input after the other until its time is over. Each has to be read or
 * refused with a MillraceException that is no INTERNAL one, within a second of processor time,
 * without allocating more than is in proportion to it, on the heap or off it, and without keeping
 * direct memory, unless it is one that remembers.
 *
 * <p>The inputs follow from the seed, so a failure is found again by the same run. What failed is
 * left in {@code target/fuzz}, and printed where it is short; kept with the test, it is tried first
 * from then on.
 *
 * <p>Threading: one thread.
 */
public final class Fuzzing {
    /** How long each target is fuzzed; by default as long as the fast suite can bear. */
    private static final String SECONDS_KEY = "millrace.fuzz.seconds";

    private static final String SEED_KEY = "millrace.fuzz.seed";
    private static final double DEFAULT_SECONDS = 1.5;
    private static final long DEFAULT_SEED = 20_261_122;

    private static final Duration MOST_CPU = Duration.ofSeconds(1);
    private static final long FREE_BYTES = 8 << 20;
    private static final long FREE_DIRECT_BYTES = 32 << 20;
    private static final long BYTES_PER_BYTE = 256;
    private static final int LONGEST_PRINTED = 512;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final String name;
    private final List<byte[]> seeds = new ArrayList<>();
    private final List<byte[]> words = new ArrayList<>();
    private final List<byte[]> kept = new ArrayList<>();
    private UnaryOperator<byte[]> repair = UnaryOperator.identity();
    private Duration mostCpu = MOST_CPU;
    private long freeBytes = FREE_BYTES;
    private long rememberedBytes;
    private boolean isBlind;
    private long directBefore;
    private long rounds;
    private long refused;

    private Fuzzing(String name) {
        this.name = name;
    }

    /**
     * Fuzzing of something.
     *
     * @param name of the target, for messages and files
     */
    public static Fuzzing of(String name) {
        return new Fuzzing(name);
    }

    /** Sound inputs, which the target must read. */
    public Fuzzing seeds(byte[]... inputs) {
        seeds.addAll(List.of(inputs));
        return this;
    }

    /** Sound inputs of text. */
    public Fuzzing seeds(String... inputs) {
        for (String input : inputs) {
            seeds.add(input.getBytes(UTF_8));
        }
        return this;
    }

    /** Words of the format, put in where they do not belong. */
    public Fuzzing words(String... all) {
        for (String word : all) {
            words.add(word.getBytes(UTF_8));
        }
        return this;
    }

    /** Inputs that failed once. */
    public Fuzzing kept(byte[]... inputs) {
        kept.addAll(List.of(inputs));
        return this;
    }

    /** Makes the checksums of every other input fit, so that what is behind them is reached. */
    public Fuzzing repairing(UnaryOperator<byte[]> checksums) {
        repair = checksums;
        return this;
    }

    /** What is refused can't be seen from here; otherwise some has to be, and some must not. */
    public Fuzzing blind() {
        isBlind = true;
        return this;
    }

    /** As many bytes may be allocated for any input, for a library takes some at its word. */
    public Fuzzing free(long bytes) {
        freeBytes = bytes;
        return this;
    }

    /** So much processor time may be taken for any input, where some are meant to take long. */
    public Fuzzing patient(Duration most) {
        mostCpu = most;
        return this;
    }

    /**
     * The target is a server that is told things and remembers the sound ones: so many bytes off
     * the heap may be kept for all inputs together, where none may be for any otherwise.
     */
    public Fuzzing remembering(long bytes) {
        rememberedBytes = bytes;
        return this;
    }

    /**
     * Tries what was kept, then changed inputs until the time is over.
     *
     * @return how many inputs were tried
     */
    public long run(FuzzTarget target) {
        readSeeds(target);
        directBefore = DirectMemory.allocatedBytes();
        for (byte[] input : seeds) {
            if (attempt(target, input, "seed") != null) {
                throw failure("a sound input is refused", input, "seed", null);
            }
        }
        for (byte[] input : kept) {
            attempt(target, input, "kept");
        }
        long seed = Long.getLong(SEED_KEY, DEFAULT_SEED);
        SplitRandom random = new SplitRandom(seed ^ SplitRandom.mix64(name.hashCode()));
        Mutator mutator = new Mutator(random, seeds, words);
        long end = System.nanoTime() + (long) (seconds() * TimeUnit.SECONDS.toNanos(1));
        while (System.nanoTime() < end) {
            byte[] input = mutator.next();
            if (random.nextInt(2) == 0) {
                input = repair.apply(input);
            }
            if (attempt(target, input, "seed=" + seed + ", round=" + rounds) != null) {
                refused++;
            }
            rounds++;
        }
        if (!isBlind && (refused == 0 || refused == rounds)) {
            throw new AssertionError(
                    "changes are too small or too large: target="
                            + name
                            + ", inputs="
                            + rounds
                            + ", refused="
                            + refused);
        }
        return rounds;
    }

    /** What classes take when they are first used is not the input's. */
    private void readSeeds(FuzzTarget target) {
        for (byte[] input : seeds) {
            try {
                target.read(input);
            } catch (Exception e) {
                throw failure("a sound input is refused", input, "seed", e);
            }
        }
    }

    /** How long a target is fuzzed. */
    public static double seconds() {
        String given = System.getProperty(SECONDS_KEY);
        return given == null ? DEFAULT_SECONDS : Double.parseDouble(given);
    }

    /** Gives one input to the target; what it was refused with, or null. */
    private @Nullable MillraceException attempt(FuzzTarget target, byte[] input, String where) {
        long everDirect = DirectMemory.everAllocatedBytes();
        long cpuNs = THREADS.getCurrentThreadCpuTime();
        long allocated = THREADS.getCurrentThreadAllocatedBytes();
        MillraceException refusal = null;
        try {
            target.read(input);
        } catch (MillraceException e) {
            refusal = e;
        } catch (Throwable e) { // Whatever it is, the input has to be shown.
            throw failure("a reader threw", input, where, e);
        }
        allocated = THREADS.getCurrentThreadAllocatedBytes() - allocated;
        cpuNs = THREADS.getCurrentThreadCpuTime() - cpuNs;
        if (refusal != null && refusal.code() == ErrorCode.INTERNAL) {
            throw failure("a reader broke", input, where, refusal);
        }
        if (allocated > freeBytes + BYTES_PER_BYTE * input.length) {
            throw failure("too much allocated: bytes=" + allocated, input, where, refusal);
        }
        everDirect = DirectMemory.everAllocatedBytes() - everDirect;
        if (everDirect > FREE_DIRECT_BYTES + BYTES_PER_BYTE * input.length) {
            throw failure(
                    "too much allocated off heap: bytes=" + everDirect, input, where, refusal);
        }
        if (cpuNs > mostCpu.toNanos()) {
            throw failure("too slow: ns=" + cpuNs, input, where, refusal);
        }
        long keptBytes = DirectMemory.allocatedBytes() - directBefore;
        if (keptBytes > rememberedBytes) {
            throw failure("direct memory kept: bytes=" + keptBytes, input, where, refusal);
        }
        return refusal;
    }

    private AssertionError failure(
            String what, byte[] input, String where, @Nullable Throwable cause) {
        Path file = Path.of("target", "fuzz", name + ".input");
        try {
            Files.createDirectories(file.getParent());
            Files.write(file, input);
        } catch (IOException e) {
            what += " (not saved: " + e.getMessage() + ")";
        }
        String shown =
                input.length <= LONGEST_PRINTED ? HexFormat.of().formatHex(input) : "see the file";
        return new AssertionError(
                String.format(
                        Locale.ROOT,
                        "%s: target=%s, %s, length=%d, file=%s, input=%s",
                        what,
                        name,
                        where,
                        input.length,
                        file,
                        shown),
                cause);
    }
}
