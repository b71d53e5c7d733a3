package io.millrace.server;

import com.sun.management.UnixOperatingSystemMXBean;

import io.millrace.core.metrics.ProcessUsage;
import io.millrace.server.metrics.Gauge;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.util.ArrayList;
import java.util.List;

/** What the process takes of its machine, for the metrics. */
final class ProcessGauges {
    private ProcessGauges() {}

    static List<Gauge> of(ProcessUsage usage) {
        List<Gauge> gauges = new ArrayList<>();
        gauges.add(
                Gauge.of(
                        "resident_memory_bytes",
                        "Memory of the process that is in RAM.",
                        (double) usage.residentBytes()));
        MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        gauges.add(
                Gauge.of(
                        "heap_used_bytes",
                        "Heap in use, what nobody needs any more among it.",
                        (double) heap.getUsed()));
        gauges.add(
                Gauge.of(
                        "heap_limit_bytes", "The most the heap may take.", (double) heap.getMax()));
        gauges.add(
                Gauge.of(
                        "process_allocated_bytes_total",
                        "Heap bytes allocated by all threads.",
                        (double) usage.allocatedBytes()));
        gauges.add(
                Gauge.of(
                        "process_cpu_seconds_total",
                        "Processor time of all threads.",
                        usage.cpuSeconds()));
        gauges.add(
                Gauge.of(
                        "stolen_seconds_total",
                        "Processor time of the machine that its host gave to others.",
                        usage.stolenSeconds()));
        gauges.add(
                Gauge.of(
                        "process_major_faults_total",
                        "Pages that were read from a disk because memory was touched.",
                        (double) usage.majorFaults()));
        gauges.add(
                Gauge.of(
                        "collections_total",
                        "Collections of garbage, concurrent ones among them.",
                        (double) usage.collections()));
        gauges.add(
                Gauge.of(
                        "collection_seconds_total",
                        "Time those took, beside the program or instead of it.",
                        usage.collectionSeconds()));
        if (ManagementFactory.getOperatingSystemMXBean()
                instanceof UnixOperatingSystemMXBean unix) {
            gauges.add(
                    Gauge.of(
                            "open_files",
                            "Files and sockets that are open.",
                            (double) unix.getOpenFileDescriptorCount()));
            gauges.add(
                    Gauge.of(
                            "open_files_limit",
                            "The most that may be.",
                            (double) unix.getMaxFileDescriptorCount()));
        }
        return gauges;
    }
}
