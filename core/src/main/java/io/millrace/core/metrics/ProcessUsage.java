package io.millrace.core.metrics;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;

/**
 * What a process has used of its machine, and what that was not given itself. All but {@code
 * residentBytes} only grow; what the system does not tell stays 0.
 *
 * @param cpuSeconds processor time of all threads.
 * @param stolenSeconds processor time of the whole machine that its host gave to others while it
 *     was wanted here; part of it may be counted nowhere.
 * @param voluntarySwitches times that a thread gave its processor up, as to wait.
 * @param involuntarySwitches times that a thread was made to give it up.
 * @param minorFaults pages that were mapped without reading a disk.
 * @param majorFaults pages that were read from a disk.
 * @param residentBytes memory that is in RAM now.
 * @param allocatedBytes allocated on the heap by all threads.
 * @param collections of garbage, those of concurrent collectors included.
 * @param collectionSeconds time those took, be it beside the program or instead of it.
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonIgnoreProperties(ignoreUnknown = true) // Of a later server.
public record ProcessUsage(
        double cpuSeconds,
        double stolenSeconds,
        long voluntarySwitches,
        long involuntarySwitches,
        long minorFaults,
        long majorFaults,
        long residentBytes,
        long allocatedBytes,
        long collections,
        double collectionSeconds) {
    /**
     * What was used between two moments.
     *
     * @param before the earlier one.
     * @return differences, and the memory of the later one.
     */
    public ProcessUsage since(ProcessUsage before) {
        return new ProcessUsage(
                cpuSeconds - before.cpuSeconds,
                stolenSeconds - before.stolenSeconds,
                voluntarySwitches - before.voluntarySwitches,
                involuntarySwitches - before.involuntarySwitches,
                minorFaults - before.minorFaults,
                majorFaults - before.majorFaults,
                residentBytes,
                allocatedBytes - before.allocatedBytes,
                collections - before.collections,
                collectionSeconds - before.collectionSeconds);
    }
}
