package io.millrace.core.file;

import static io.millrace.core.file.SectionFileLayout.ALIGNMENT;
import static io.millrace.core.file.SectionFileLayout.INT;
import static io.millrace.core.file.SectionFileLayout.LONG;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * An open section file (see {@link SectionFileLayout}), mapped read-only. Opening checks header,
 * table, lengths and every section's checksum, so what is handed out afterwards is what was
 * written.
 *
 * <p>Threading: sections may be read from any thread until {@link #close}.
 */
public final class SectionFile implements AutoCloseable {
    private record Section(long offset, long length, int checksum) {}

    private final Path path;
    private final Arena arena;
    private final MemorySegment file;
    private final int version;
    private final Map<String, Section> sections;

    private SectionFile(
            Path path,
            Arena arena,
            MemorySegment file,
            int version,
            Map<String, Section> sections) {
        this.path = path;
        this.arena = arena;
        this.file = file;
        this.version = version;
        this.sections = sections;
    }

    /**
     * Opens and checks a file.
     *
     * @param path the file.
     * @param kind the kind it must be of.
     * @param newestVersion the newest version of that kind the caller can read.
     * @return the open file.
     * @throws MillraceException CORRUPT_FILE when it is damaged or of another kind,
     *     UNSUPPORTED_VERSION when it is newer, NOT_FOUND when it is missing.
     */
    public static SectionFile open(Path path, String kind, int newestVersion) {
        Arena arena = Arena.ofShared();
        try {
            MemorySegment file;
            try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
                file = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            }
            int version = checkHeader(path, file, kind, newestVersion);
            Map<String, Section> sections = readTable(path, file);
            checkSections(path, file, sections);
            return new SectionFile(path, arena, file, version, sections);
        } catch (IOException e) {
            arena.close();
            throw MillraceException.io("open " + kind.strip() + " file", path, e);
        } catch (MillraceException e) {
            arena.close();
            throw e;
        }
    }

    /**
     * Version of the kind's format.
     *
     * @return from 1.
     */
    public int version() {
        return version;
    }

    /**
     * Where the file stands.
     *
     * @return its path as given.
     */
    public Path path() {
        return path;
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
     * A section as it lies in the mapped file.
     *
     * @param name name of the section.
     * @return its bytes, read-only, valid until {@link #close}; starts on a multiple of 4096.
     * @throws MillraceException when there is no such section.
     */
    public MemorySegment section(String name) {
        Section section = sections.get(name);
        if (section == null) {
            throw MillraceException.corrupt(path, "missing section: section=%s", name);
        }
        return file.asSlice(section.offset(), section.length());
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
                    path, "not one number: section=%s, numbers=%d", name, numbers.length);
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

    /** Unmaps the file; no section may be used afterwards. */
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }

    private MemorySegment elements(String name, int elementBytes) {
        MemorySegment section = section(name);
        if (section.byteSize() % elementBytes != 0) {
            throw MillraceException.corrupt(
                    path,
                    "section is no whole number of elements: section=%s, length=%d, element=%d"
                            + " bytes",
                    name,
                    section.byteSize(),
                    elementBytes);
        }
        return section;
    }

    private static int checkHeader(Path path, MemorySegment file, String kind, int newestVersion) {
        if (file.byteSize() < ALIGNMENT) {
            throw MillraceException.corrupt(
                    path, "shorter than a header: length=%d, least=%d", file.byteSize(), ALIGNMENT);
        }
        if (file.get(LONG, 0) != SectionFileLayout.MAGIC) {
            throw MillraceException.corrupt(path, "not a file of millrace (no magic at its start)");
        }
        int expected = file.get(INT, SectionFileLayout.HEADER_CHECKSUM_OFFSET);
        int actual = Checksums.crc32c(file.asSlice(0, SectionFileLayout.HEADER_CHECKSUM_OFFSET));
        if (expected != actual) {
            throw MillraceException.corrupt(
                    path, "header checksum: expected=%08x, actual=%08x", expected, actual);
        }
        String found =
                ascii(file.asSlice(SectionFileLayout.KIND_OFFSET, SectionFileLayout.KIND_LENGTH));
        if (!found.equals(kind.strip())) {
            throw MillraceException.corrupt(
                    path, "another kind of file: expected=%s, actual=%s", kind.strip(), found);
        }
        int version = file.get(INT, SectionFileLayout.VERSION_OFFSET);
        if (version < 1 || version > newestVersion) {
            throw MillraceException.of(
                    ErrorCode.UNSUPPORTED_VERSION,
                    "unknown version of a %s file: file=%s, version=%d, newest known=%d; use a"
                            + " newer millrace",
                    found,
                    path,
                    version,
                    newestVersion);
        }
        long length = file.get(LONG, SectionFileLayout.FILE_LENGTH_OFFSET);
        if (length != file.byteSize()) {
            throw MillraceException.corrupt(
                    path, "length: expected=%d bytes, actual=%d bytes", length, file.byteSize());
        }
        return version;
    }

    private static Map<String, Section> readTable(Path path, MemorySegment file) {
        int count = file.get(INT, SectionFileLayout.SECTION_COUNT_OFFSET);
        if (count < 0 || count > SectionFileLayout.MAX_SECTIONS) {
            throw MillraceException.corrupt(
                    path,
                    "count of sections: count=%d, limit=%d",
                    count,
                    SectionFileLayout.MAX_SECTIONS);
        }
        MemorySegment table =
                file.asSlice(
                        SectionFileLayout.HEADER_LENGTH,
                        (long) count * SectionFileLayout.ENTRY_LENGTH);
        int expected = file.get(INT, SectionFileLayout.TABLE_CHECKSUM_OFFSET);
        int actual = Checksums.crc32c(table);
        if (expected != actual) {
            throw MillraceException.corrupt(
                    path, "table checksum: expected=%08x, actual=%08x", expected, actual);
        }
        Map<String, Section> sections = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            MemorySegment entry =
                    table.asSlice(
                            (long) i * SectionFileLayout.ENTRY_LENGTH,
                            SectionFileLayout.ENTRY_LENGTH);
            String name = ascii(entry.asSlice(0, SectionFileLayout.ENTRY_NAME_LENGTH));
            long offset = entry.get(LONG, SectionFileLayout.ENTRY_OFFSET_OFFSET);
            long length = entry.get(LONG, SectionFileLayout.ENTRY_LENGTH_OFFSET);
            if (offset < ALIGNMENT
                    || length < 0
                    || (length > 0 && offset > file.byteSize() - length)) {
                throw MillraceException.corrupt(
                        path,
                        "section outside of the file: section=%s, offset=%d, length=%d, file=%d"
                                + " bytes",
                        name,
                        offset,
                        length,
                        file.byteSize());
            }
            int checksum = entry.get(INT, SectionFileLayout.ENTRY_CHECKSUM_OFFSET);
            sections.put(name, new Section(length == 0 ? ALIGNMENT : offset, length, checksum));
        }
        return sections;
    }

    /**
     * Sections are checked side by side: the largest file is read at the speed of memory, not of
     * one core.
     */
    private static void checkSections(
            Path path, MemorySegment file, Map<String, Section> sections) {
        List<String> damaged =
                sections.entrySet().parallelStream()
                        .map(
                                entry -> {
                                    Section section = entry.getValue();
                                    int actual =
                                            Checksums.crc32c(
                                                    file.asSlice(
                                                            section.offset(), section.length()));
                                    return actual == section.checksum()
                                            ? ""
                                            : String.format(
                                                    "section checksum: section=%s, expected=%08x,"
                                                            + " actual=%08x",
                                                    entry.getKey(), section.checksum(), actual);
                                })
                        .filter(problem -> !problem.isEmpty())
                        .collect(Collectors.toList());
        if (!damaged.isEmpty()) {
            throw MillraceException.corrupt(path, "%s", String.join(", ", damaged));
        }
    }

    private static String ascii(MemorySegment bytes) {
        return new String(bytes.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.US_ASCII).strip();
    }
}
