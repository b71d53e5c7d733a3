package io.millrace.core.file;

import static io.millrace.core.file.SectionFileLayout.INT;
import static io.millrace.core.file.SectionFileLayout.LONG;

import io.millrace.core.error.MillraceException;
import io.millrace.core.memory.DirectMemory;
import io.millrace.core.progress.ProgressListener;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * An open section file (see {@link SectionFileLayout}), read into memory or mapped. Opening checks
 * header, table and the checksum of every block, so what is handed out afterwards is what was
 * written.
 *
 * <p>Threading: sections may be read from any thread until {@link #close}.
 *
 * <p>Ownership: owns the memory its sections lie in.
 */
public final class SectionFile implements AutoCloseable {
    private final SectionTable table;
    private final Map<String, SectionTable.Section> sections = new LinkedHashMap<>();
    private final MemorySegment image;
    private final Runnable owner;

    private SectionFile(SectionTable table, MemorySegment image, Runnable owner) {
        this.table = table;
        this.image = image;
        this.owner = owner;
        for (SectionTable.Section section : table.sections()) {
            sections.put(section.name(), section);
        }
    }

    /**
     * Reads a file into memory, with a thread for each processor.
     *
     * @param path the file.
     * @param kind the kind it must be of.
     * @param newestVersion the newest version of that kind the caller can read.
     * @return the open file.
     * @throws MillraceException as {@link #open(Path, String, int, ReadPlan)}.
     */
    public static SectionFile open(Path path, String kind, int newestVersion) {
        return open(path, kind, newestVersion, ReadPlan.with(ProgressListener.NONE));
    }

    /**
     * Reads a file into memory on huge pages, each block straight to its place and summed while it
     * is in the cache. All of it is resident afterwards, and what becomes of the file does not
     * matter any more.
     *
     * @param path the file.
     * @param kind the kind it must be of.
     * @param newestVersion the newest version of that kind the caller can read.
     * @param plan how to read it.
     * @return the open file; its sections may be written to, which changes the memory only.
     * @throws MillraceException CORRUPT_FILE when it is damaged or of another kind,
     *     UNSUPPORTED_VERSION when it is newer, NOT_FOUND when it is missing, LIMIT when there is
     *     no memory for it, IO when the system refuses or the thread is interrupted.
     */
    public static SectionFile open(Path path, String kind, int newestVersion, ReadPlan plan) {
        return open(path, kind, newestVersion, plan, 0);
    }

    /**
     * The same with room for more behind the last section ({@link #sectionWithRoom}).
     *
     * @param path the file.
     * @param kind the kind it must be of.
     * @param newestVersion the newest version of that kind the caller can read.
     * @param plan how to read it.
     * @param roomBytes how much room; what is not written to takes no memory where the system gives
     *     it page by page.
     * @return the open file.
     * @throws MillraceException as {@link #open(Path, String, int, ReadPlan)}.
     */
    public static SectionFile open(
            Path path, String kind, int newestVersion, ReadPlan plan, long roomBytes) {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            SectionTable table = SectionTable.read(path, channel, kind, newestVersion);
            DirectMemory memory = DirectMemory.allocate(table.end() + roomBytes);
            MemorySegment image = memory.segment();
            return checked(
                    table, plan, image, memory::close, block -> read(table, channel, block, image));
        } catch (IOException e) {
            throw MillraceException.io("read " + kind.strip() + " file", path, e);
        }
    }

    /**
     * Maps a file: its sections are pages of the file, which the system may drop and read again.
     *
     * @param path the file; must not change while it is open.
     * @param kind the kind it must be of.
     * @param newestVersion the newest version of that kind the caller can read.
     * @return the open file; its sections are read-only.
     * @throws MillraceException as {@link #open(Path, String, int, ReadPlan)}.
     */
    public static SectionFile map(Path path, String kind, int newestVersion) {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            SectionTable table = SectionTable.read(path, channel, kind, newestVersion);
            Arena arena = Arena.ofShared();
            MemorySegment image = map(channel, table.end(), arena);
            return checked(
                    table,
                    ReadPlan.with(ProgressListener.NONE),
                    image,
                    arena::close,
                    block -> Checksums.crc32c(slice(table, image, block)));
        } catch (IOException e) {
            throw MillraceException.io("map " + kind.strip() + " file", path, e);
        }
    }

    /**
     * The checksum that a whole file has if its blocks are what its table says, which is checked
     * when it is opened. Reads header and table alone, so it takes no time, however long the file
     * is.
     *
     * @param path a section file of any kind.
     * @return CRC32C of all its bytes.
     * @throws MillraceException CORRUPT_FILE when it is no section file, or header or table is
     *     damaged, UNSUPPORTED_VERSION when the container is newer, IO when the system refuses.
     */
    public static int wholeChecksum(Path path) {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            return SectionTable.wholeChecksum(path, channel);
        } catch (IOException e) {
            throw MillraceException.io("read table of file", path, e);
        }
    }

    private static MemorySegment map(FileChannel channel, long length, Arena arena)
            throws IOException {
        try {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, length, arena);
        } catch (IOException | RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    /** The file when all its blocks are good, else the owner of its memory is run. */
    private static SectionFile checked(
            SectionTable table,
            ReadPlan plan,
            MemorySegment image,
            Runnable owner,
            BlockCheck.Source source)
            throws IOException {
        try {
            new BlockCheck(table, source).run(plan);
            return new SectionFile(table, image, owner);
        } catch (IOException | RuntimeException | Error e) {
            owner.run();
            throw e;
        }
    }

    private static int read(SectionTable table, FileChannel channel, int block, MemorySegment image)
            throws IOException {
        MemorySegment place = slice(table, image, block);
        SectionTable.readFully(
                table.path(), channel, place.asByteBuffer(), table.blockOffset(block));
        return Checksums.crc32c(place);
    }

    private static MemorySegment slice(SectionTable table, MemorySegment image, int block) {
        return image.asSlice(table.blockOffset(block), table.blockLength(block));
    }

    /**
     * Version of the kind's format.
     *
     * @return from 1.
     */
    public int version() {
        return table.version();
    }

    /**
     * Where the file stands.
     *
     * @return its path as given.
     */
    public Path path() {
        return table.path();
    }

    /**
     * Names of all sections.
     *
     * @return the names in the order of the file.
     */
    public Set<String> names() {
        return sections.keySet();
    }

    /**
     * Whether all of it is in RAM now, so that no search waits for a disk. A file that was opened
     * is, unless the system swaps; of a mapped one the system is asked.
     *
     * @return whether it is.
     */
    public boolean isResident() {
        return !image.isMapped() || image.isLoaded();
    }

    /**
     * A section as it lies in the file.
     *
     * @param name name of the section.
     * @return its bytes, valid until {@link #close}; starts on a cache line.
     * @throws MillraceException CORRUPT_FILE when there is no such section.
     */
    public MemorySegment section(String name) {
        SectionTable.Section section = sections.get(name);
        if (section == null) {
            throw MillraceException.corrupt(path(), "missing section: section=%s", name);
        }
        return image.asSlice(section.offset(), section.length());
    }

    /**
     * The last section and the room behind it, in one piece.
     *
     * @param name its name.
     * @param roomBytes how much of the room that the file was opened with.
     * @return memory of the section's length and so much more, which is zero.
     * @throws MillraceException CORRUPT_FILE when there is no such section, or another behind it.
     */
    public MemorySegment sectionWithRoom(String name, long roomBytes) {
        MemorySegment section = section(name);
        long offset = section.address() - image.address();
        if (SectionFileLayout.align(offset + section.byteSize()) != table.end()) {
            throw MillraceException.corrupt(path(), "not the last section: section=%s", name);
        }
        return image.asSlice(offset, section.byteSize() + roomBytes);
    }

    /**
     * Copies a section of raw bytes to the heap.
     *
     * @param name name of the section.
     * @return its bytes.
     */
    public byte[] readBytes(String name) {
        return elements(name, 1).toArray(ValueLayout.JAVA_BYTE);
    }

    /**
     * Copies a section of 32-bit numbers to the heap.
     *
     * @param name name of the section.
     * @return the numbers.
     */
    public int[] readInts(String name) {
        return elements(name, Integer.BYTES).toArray(INT);
    }

    /**
     * Copies a section of 64-bit numbers to the heap.
     *
     * @param name name of the section.
     * @return the numbers.
     */
    public long[] readLongs(String name) {
        return elements(name, Long.BYTES).toArray(LONG);
    }

    /**
     * The one number of a section.
     *
     * @param name name of the section.
     * @return the number.
     * @throws MillraceException CORRUPT_FILE when there is none, or another one.
     */
    public long readLong(String name) {
        long[] numbers = readLongs(name);
        if (numbers.length != 1) {
            throw MillraceException.corrupt(
                    path(), "not one number: section=%s, numbers=%d", name, numbers.length);
        }
        return numbers[0];
    }

    /**
     * Copies a section of single-precision numbers to the heap.
     *
     * @param name name of the section.
     * @return the numbers.
     */
    public float[] readFloats(String name) {
        return elements(name, Float.BYTES).toArray(SectionFileLayout.FLOAT);
    }

    /** Frees the memory or unmaps the file; no section may be used afterwards. */
    @Override
    public void close() {
        if (image.scope().isAlive()) {
            owner.run();
        }
    }

    private MemorySegment elements(String name, int elementBytes) {
        MemorySegment section = section(name);
        if (section.byteSize() % elementBytes != 0) {
            throw MillraceException.corrupt(
                    path(),
                    "section is no whole number of elements: section=%s, length=%d, element=%d"
                            + " bytes",
                    name,
                    section.byteSize(),
                    elementBytes);
        }
        return section;
    }
}
