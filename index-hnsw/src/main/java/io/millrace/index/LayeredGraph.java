package io.millrace.index;

import io.millrace.core.HotPath;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Links of all levels. A node has a block of fixed length on level 0, and one for each level above
 * it has; unused places hold -1.
 *
 * <pre>
 *   links        n x 2M int32      level 0
 *   levels       n int8            highest level of a node
 *   upperStart   n int32           first of a node's upper blocks, -1 without any
 *   upperLinks   blocks x M int32  block upperStart + l - 1 holds level l
 * </pre>
 *
 * <p>Threading: blocks of distinct nodes may be written by distinct threads; readers must come
 * after.
 */
final class LayeredGraph {
    static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final int NONE = -1;

    private final int maxConnections;
    private final MemorySegment links;
    private final MemorySegment levels;
    private final MemorySegment upperStart;
    private final MemorySegment upperLinks;
    private final int entry;

    LayeredGraph(
            int maxConnections,
            MemorySegment links,
            MemorySegment levels,
            MemorySegment upperStart,
            MemorySegment upperLinks,
            int entry) {
        this.maxConnections = maxConnections;
        this.links = links;
        this.levels = levels;
        this.upperStart = upperStart;
        this.upperLinks = upperLinks;
        this.entry = entry;
    }

    int entry() {
        return entry;
    }

    int topLevel() {
        return entry == NONE ? NONE : level(entry);
    }

    int maxConnections() {
        return maxConnections;
    }

    @HotPath
    int level(int node) {
        return levels.get(ValueLayout.JAVA_BYTE, node);
    }

    /** Most links of a node on a level. */
    int capacity(int level) {
        return level == 0 ? 2 * maxConnections : maxConnections;
    }

    MemorySegment links() {
        return links;
    }

    MemorySegment levels() {
        return levels;
    }

    MemorySegment upperStart() {
        return upperStart;
    }

    MemorySegment upperLinks() {
        return upperLinks;
    }

    /** Copies the links of a node; returns how many. */
    @HotPath
    int linksInto(int node, int level, int[] target) {
        MemorySegment segment = level == 0 ? links : upperLinks;
        long at = blockOf(node, level);
        int capacity = capacity(level);
        int count = 0;
        while (count < capacity) {
            int link = segment.get(INT, at + 4L * count);
            if (link == NONE) {
                break;
            }
            target[count++] = link;
        }
        return count;
    }

    /** Replaces the links of a node. */
    void setLinks(int node, int level, int[] source, int count) {
        MemorySegment segment = level == 0 ? links : upperLinks;
        long at = blockOf(node, level);
        int capacity = capacity(level);
        for (int i = 0; i < capacity; i++) {
            segment.set(INT, at + 4L * i, i < count ? source[i] : NONE);
        }
    }

    private long blockOf(int node, int level) {
        if (level == 0) {
            return 8L * maxConnections * node;
        }
        return 4L * maxConnections * (upperStart.get(INT, 4L * node) + level - 1);
    }
}
