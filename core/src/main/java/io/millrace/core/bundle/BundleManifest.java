package io.millrace.core.bundle;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.file.Checksums;
import io.millrace.core.file.SectionFile;
import io.millrace.core.json.Json;
import io.millrace.core.thread.WorkCrew;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;

/**
 * What a bundle is. It holds no time of making: the same data, models and seed give the same
 * manifest, byte for byte.
 *
 * <p>The fingerprint covers all the manifest says, names, lengths and checksums of the files among
 * it, so two servers that show the same one serve the same bytes.
 *
 * @param format version of the folder's form, {@link #FORMAT}.
 * @param fingerprint 16 hexadecimal digits over all the rest; see {@link #sealed}.
 * @param dataset name of the data set it was built from.
 * @param datasetKind kind of the data set.
 * @param datasetFingerprint fingerprint of the data set.
 * @param schemaFingerprint fingerprint of the feature schema, 16 hexadecimal digits.
 * @param items count of items.
 * @param users count of users.
 * @param dimension dimension of the vectors.
 * @param parameters how it was built, by name.
 * @param metrics what was measured of it off line, by name.
 * @param files every other file by name.
 */
public record BundleManifest(
        int format,
        String fingerprint,
        String dataset,
        String datasetKind,
        String datasetFingerprint,
        String schemaFingerprint,
        long items,
        long users,
        int dimension,
        SortedMap<String, String> parameters,
        SortedMap<String, Double> metrics,
        SortedMap<String, BundleFile> files) {
    /** The version of the folder's form that is written. */
    public static final int FORMAT = 1;

    /** Name of the parameter that {@link #recall} reads. */
    public static final String RECALL = "recall";

    /** Name of the parameter that says what a server orders by, where that is not the click. */
    public static final String VALUE = "value";

    /** Validates and copies. */
    public BundleManifest {
        if (format != FORMAT) {
            throw MillraceException.of(
                    ErrorCode.UNSUPPORTED_VERSION,
                    "unknown format of a bundle: format=%d, known=%d; use a newer millrace or build"
                            + " it again",
                    format,
                    FORMAT);
        }
        parameters = new TreeMap<>(parameters);
        metrics = new TreeMap<>(metrics);
        files = new TreeMap<>(files);
    }

    /**
     * Reads what a folder says of itself, without looking at the other files.
     *
     * @param bundle folder of the bundle.
     * @return the manifest.
     * @throws MillraceException NOT_FOUND when the folder is none or no bundle.
     */
    public static BundleManifest read(Path bundle) {
        if (!Files.isDirectory(bundle)) {
            throw MillraceException.of(
                    ErrorCode.NOT_FOUND,
                    "no such bundle: folder=%s; check the path or build one",
                    bundle);
        }
        if (Files.notExists(bundle.resolve(BundleLayout.MANIFEST))) {
            throw MillraceException.of(
                    ErrorCode.NOT_FOUND,
                    "not a bundle: folder=%s has no %s; make one with millrace build",
                    bundle,
                    BundleLayout.MANIFEST);
        }
        return parse(bundle.resolve(BundleLayout.MANIFEST));
    }

    /**
     * Reads the manifest and checks that every file is there, whole, and the one that was built,
     * and that there is no other.
     *
     * @param bundle folder of the bundle.
     * @return the manifest.
     * @throws MillraceException CORRUPT_FILE naming the first file, in the order of names, that is
     *     missing, of another length or of another content, or that does not belong there; also
     *     when as much as a blank of the manifest itself was changed.
     */
    public static BundleManifest verify(Path bundle) {
        return verify(bundle, Checksums::crc32c);
    }

    /**
     * The same for who opens all that it needs of the bundle, which checks the blocks of each file
     * against the table at its end: here only that table is held against the manifest, so no byte
     * is read twice.
     *
     * @param bundle folder of the bundle.
     * @return the manifest.
     * @throws MillraceException as {@link #verify(Path)}, but for damaged blocks.
     */
    public static BundleManifest verifyForOpening(Path bundle) {
        return verify(bundle, BundleManifest::checksumByTable);
    }

    private static int checksumByTable(Path part) {
        boolean isText = part.toString().endsWith(BundleLayout.TEXT);
        return isText ? Checksums.crc32c(part) : SectionFile.wholeChecksum(part);
    }

    private static BundleManifest verify(Path bundle, ToIntFunction<Path> checksum) {
        BundleManifest manifest = read(bundle);
        for (String part : manifest.requiredParts()) {
            if (!manifest.files().containsKey(part)) {
                throw MillraceException.corrupt(
                        bundle.resolve(BundleLayout.MANIFEST),
                        "a part of the bundle is not listed: part=%s",
                        part);
            }
        }
        String expected = manifest.expectedFingerprint();
        if (!expected.equals(manifest.fingerprint())) {
            throw MillraceException.corrupt(
                    bundle.resolve(BundleLayout.MANIFEST),
                    "fingerprint: expected=%s, actual=%s",
                    expected,
                    manifest.fingerprint());
        }
        manifest.checkForm(bundle.resolve(BundleLayout.MANIFEST));
        manifest.checkNames(bundle);
        List<Map.Entry<String, BundleFile>> files = List.copyOf(manifest.files().entrySet());
        String[] damages = new String[files.size()];
        try (WorkCrew crew = WorkCrew.here("verify")) {
            crew.run(
                    damages.length,
                    1,
                    (worker, from, to) -> {
                        Map.Entry<String, BundleFile> file = files.get(from);
                        damages[from] =
                                damageOf(bundle.resolve(file.getKey()), file.getValue(), checksum);
                    });
        }
        for (String damage : damages) {
            if (!damage.isEmpty()) {
                throw new MillraceException(ErrorCode.CORRUPT_FILE, damage, null);
            }
        }
        return manifest;
    }

    /**
     * Length and checksum of all parts of a bundle, to be put into its manifest.
     *
     * @param bundle folder of the bundle.
     * @return the parts that every bundle has and those of the others that are there, by name.
     */
    public static SortedMap<String, BundleFile> describeParts(Path bundle) {
        return describeParts(bundle, BundleLayout.PARTS, BundleLayout.OPTIONAL_PARTS);
    }

    /**
     * Length and checksum of all parts of a bundle of a ranker alone, to be put into its manifest.
     *
     * @param bundle folder of the bundle.
     * @return the parts that every such bundle has and those of the others that are there, by name.
     */
    public static SortedMap<String, BundleFile> describeRankerParts(Path bundle) {
        return describeParts(bundle, BundleLayout.RANKER_PARTS, BundleLayout.OPTIONAL_RANKER_PARTS);
    }

    private static SortedMap<String, BundleFile> describeParts(
            Path bundle, List<String> required, List<String> optional) {
        List<String> parts = new ArrayList<>(required);
        for (String part : optional) {
            if (Files.exists(bundle.resolve(part))) {
                parts.add(part);
            }
        }
        return describe(bundle, parts);
    }

    /**
     * Length and checksum of files, to be put into a manifest.
     *
     * @param folder where they stand.
     * @param names names of the files.
     * @return the files by name.
     */
    public static SortedMap<String, BundleFile> describe(Path folder, Iterable<String> names) {
        SortedMap<String, BundleFile> files = new TreeMap<>();
        for (String name : names) {
            Path file = folder.resolve(name);
            try {
                files.put(name, new BundleFile(Files.size(file), hex(Checksums.crc32c(file))));
            } catch (IOException e) {
                throw MillraceException.io("read part of a bundle", file, e);
            }
        }
        return files;
    }

    /**
     * The same manifest with the fingerprint that belongs to it.
     *
     * @return the manifest to be written.
     */
    public BundleManifest sealed() {
        return withFingerprint(expectedFingerprint());
    }

    /**
     * The fingerprint as the number that goes over the wire.
     *
     * @return the 64 bits of {@link #fingerprint}.
     */
    @JsonIgnore
    public long fingerprintBits() {
        return Long.parseUnsignedLong(fingerprint, 16);
    }

    /**
     * Whether the index holds factors, which items are retrieved by instead of the towers, or
     * together with them.
     *
     * @return true where the bundle lists a file of them.
     */
    @JsonIgnore
    public boolean hasFactors() {
        return files.containsKey(BundleLayout.FACTORS);
    }

    /**
     * Whether the index holds the vectors of the towers and factors together.
     *
     * @return true where the bundle says how they are joined.
     */
    @JsonIgnore
    public boolean hasBlend() {
        return files.containsKey(BundleLayout.BLEND);
    }

    /**
     * Whether candidates come from lists of what the same users watched, and not from the index.
     *
     * @return true where the bundle has such a list for each item.
     */
    @JsonIgnore
    public boolean hasNeighbours() {
        return files.containsKey(BundleLayout.NEIGHBOURS);
    }

    /**
     * Whether everybody's candidates come from one list, and not from the index.
     *
     * @return true where the bundle has that list.
     */
    @JsonIgnore
    public boolean hasPopular() {
        return files.containsKey(BundleLayout.POPULAR);
    }

    /**
     * Whether the bundle is of a ranker alone: without users and items, and so without anything to
     * retrieve.
     *
     * @return true where it lists none of the parts that only a whole funnel has.
     */
    @JsonIgnore
    public boolean isRankerAlone() {
        return BundleLayout.PARTS.stream()
                .filter(part -> !BundleLayout.RANKER_PARTS.contains(part))
                .noneMatch(part -> files.containsKey(part));
    }

    /**
     * Makes sure that the bundle is of a whole funnel.
     *
     * @param bundle its folder, for the message.
     * @throws MillraceException MISMATCH when it is of a ranker alone.
     */
    public void requireFunnel(Path bundle) {
        if (isRankerAlone()) {
            throw MillraceException.of(
                    ErrorCode.MISMATCH,
                    "the bundle is a ranker alone, without users and items: bundle=%s; give one"
                            + " with towers, or measure the ranker by millrace eval --models",
                    bundle);
        }
    }

    private List<String> requiredParts() {
        return isRankerAlone() ? BundleLayout.RANKER_PARTS : BundleLayout.PARTS;
    }

    private List<String> optionalParts() {
        return isRankerAlone() ? BundleLayout.OPTIONAL_RANKER_PARTS : BundleLayout.OPTIONAL_PARTS;
    }

    /**
     * What recall searches of the index are to reach, where the bundle was built to reach one.
     *
     * @return above 0 up to 1, or empty.
     * @throws MillraceException CORRUPT_FILE when it is no number.
     */
    @JsonIgnore
    public OptionalDouble recall() {
        String text = parameters.get(RECALL);
        if (text == null) {
            return OptionalDouble.empty();
        }
        try {
            return OptionalDouble.of(Double.parseDouble(text));
        } catch (NumberFormatException e) {
            throw new MillraceException(
                    ErrorCode.CORRUPT_FILE,
                    "parameter of a bundle is no number: %s=%s; build it again"
                            .formatted(RECALL, text),
                    e);
        }
    }

    /**
     * The format is looked at before the rest: a newer form may have keys that are not known here.
     */
    private static BundleManifest parse(Path path) {
        try {
            JsonNode tree = Json.read(path, JsonNode.class);
            if (tree.path("format").asInt(0) > FORMAT) {
                throw MillraceException.of(
                        ErrorCode.UNSUPPORTED_VERSION,
                        "unknown format of a bundle: file=%s, format=%d, newest known=%d; use a"
                                + " newer millrace or build it again",
                        path,
                        tree.path("format").asInt(0),
                        FORMAT);
            }
            return Json.mapper().treeToValue(tree, BundleManifest.class);
        } catch (JsonProcessingException e) {
            String reason = e.getOriginalMessage().lines().findFirst().orElse("not json");
            throw MillraceException.corrupt(path, "not a manifest of a bundle, reason=%s", reason);
        } catch (MillraceException e) {
            if (e.code() == ErrorCode.BAD_INPUT) {
                throw MillraceException.corrupt(path, "%s", e.getMessage());
            }
            throw e;
        }
    }

    private void checkForm(Path path) {
        try {
            byte[] expected =
                    (Json.mapper().writeValueAsString(this) + "\n")
                            .getBytes(StandardCharsets.UTF_8);
            int at = Arrays.mismatch(expected, Files.readAllBytes(path));
            if (at >= 0) {
                throw MillraceException.corrupt(path, "changed after it was written: byte=%d", at);
            }
        } catch (IOException e) {
            throw MillraceException.io("read the manifest of a bundle", path, e);
        }
    }

    private void checkNames(Path bundle) {
        for (String name : files.keySet()) {
            if (!requiredParts().contains(name) && !optionalParts().contains(name)) {
                throw MillraceException.corrupt(
                        bundle.resolve(BundleLayout.MANIFEST),
                        "it lists a file no bundle has: name=%s",
                        name);
            }
        }
        try (Stream<Path> entries = Files.list(bundle)) {
            for (Path entry : entries.sorted().toList()) {
                String name = String.valueOf(entry.getFileName());
                if (!name.equals(BundleLayout.MANIFEST) && !files.containsKey(name)) {
                    throw MillraceException.of(
                            ErrorCode.CORRUPT_FILE,
                            "a file that does not belong to the bundle: file=%s; remove it",
                            entry);
                }
            }
        } catch (IOException e) {
            throw MillraceException.io("list a bundle", bundle, e);
        }
    }

    /** The first 64 bits of the SHA-256 of everything the manifest says but the fingerprint. */
    private String expectedFingerprint() {
        try {
            byte[] json =
                    Json.mapper()
                            .writeValueAsString(withFingerprint(""))
                            .getBytes(StandardCharsets.UTF_8);
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(json);
            return String.format("%016x", ByteBuffer.wrap(digest).getLong());
        } catch (NoSuchAlgorithmException | JsonProcessingException e) {
            throw new MillraceException(
                    ErrorCode.INTERNAL, "cannot take the fingerprint of a manifest", e);
        }
    }

    private BundleManifest withFingerprint(String other) {
        return new BundleManifest(
                format,
                other,
                dataset,
                datasetKind,
                datasetFingerprint,
                schemaFingerprint,
                items,
                users,
                dimension,
                parameters,
                metrics,
                files);
    }

    private static String damageOf(Path path, BundleFile expected, ToIntFunction<Path> checksum) {
        try {
            if (!Files.isRegularFile(path)) {
                return damage(path, "missing");
            }
            if (Files.size(path) != expected.bytes()) {
                return damage(
                        path,
                        "length: expected="
                                + expected.bytes()
                                + " bytes, actual="
                                + Files.size(path)
                                + " bytes");
            }
            String actual = hex(checksum.applyAsInt(path));
            return actual.equals(expected.crc32c())
                    ? ""
                    : damage(
                            path, "checksum: expected=" + expected.crc32c() + ", actual=" + actual);
        } catch (IOException e) {
            throw MillraceException.io("read part of a bundle", path, e);
        }
    }

    private static String damage(Path path, String what) {
        return "damaged bundle: file="
                + path
                + ", "
                + what
                + "; restore it or build the bundle again";
    }

    private static String hex(int checksum) {
        return String.format("%08x", checksum);
    }
}
