package io.millrace.core.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.json.Json;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;

final class BundleManifestTest {
    @TempDir private Path bundle;

    @BeforeEach
    void writeBundle() throws IOException {
        for (String part : BundleLayout.PARTS) {
            Files.writeString(bundle.resolve(part), "content of " + part);
        }
        writeManifest(BundleManifest.describe(bundle, BundleLayout.PARTS));
    }

    @Test
    void shouldComeBackAsWrittenWhenUndamaged() {
        BundleManifest manifest = BundleManifest.verify(bundle);
        assertEquals(7, manifest.items());
        assertEquals(BundleLayout.PARTS.size(), manifest.files().size());
        assertEquals(manifest.fingerprint(), String.format("%016x", manifest.fingerprintBits()));
    }

    @Test
    void shouldNameTheFileWhenAnyByteOfAnyPartIsChanged() throws IOException {
        for (String part : BundleLayout.PARTS) {
            Path file = bundle.resolve(part);
            byte[] whole = Files.readAllBytes(file);
            for (int at = 0; at < whole.length; at++) {
                byte[] damaged = whole.clone();
                damaged[at] ^= 1;
                Files.write(file, damaged);
                assertDamaged(part, "checksum");
            }
            Files.write(file, whole);
        }
        BundleManifest.verify(bundle);
    }

    @Test
    void shouldTakeTheOptionalPartsThatAreThere() throws IOException {
        for (String part : BundleLayout.OPTIONAL_PARTS) {
            Files.writeString(bundle.resolve(part), "content of " + part);
        }
        writeManifest(BundleManifest.describeParts(bundle));
        assertEquals(
                BundleLayout.PARTS.size() + BundleLayout.OPTIONAL_PARTS.size(),
                BundleManifest.verify(bundle).files().size());
        for (String part : BundleLayout.OPTIONAL_PARTS) {
            Files.delete(bundle.resolve(part));
            assertDamaged(part, "missing");
            writeManifest(BundleManifest.describeParts(bundle));
        }
        assertEquals(BundleLayout.PARTS.size(), BundleManifest.verify(bundle).files().size());
    }

    @Test
    void shouldTakeARankerAloneForWhole() throws IOException {
        for (String part : BundleLayout.PARTS) {
            if (!BundleLayout.RANKER_PARTS.contains(part)) {
                Files.delete(bundle.resolve(part));
            }
        }
        writeManifest(BundleManifest.describeRankerParts(bundle));
        BundleManifest manifest = BundleManifest.verify(bundle);
        assertTrue(manifest.isRankerAlone());
        assertEquals(BundleLayout.RANKER_PARTS.size(), manifest.files().size());
        MillraceException e =
                assertThrows(MillraceException.class, () -> manifest.requireFunnel(bundle));
        assertEquals(ErrorCode.MISMATCH, e.code());
        Files.writeString(bundle.resolve(BundleLayout.CALIBRATION), "a curve");
        assertDamaged(BundleLayout.CALIBRATION, "does not belong");
        writeManifest(BundleManifest.describeRankerParts(bundle));
        assertTrue(BundleManifest.verify(bundle).files().containsKey(BundleLayout.CALIBRATION));
        Files.delete(bundle.resolve(BundleLayout.CALIBRATION));
        writeManifest(BundleManifest.describe(bundle, java.util.List.of(BundleLayout.SCHEMA)));
        assertDamaged(BundleLayout.MANIFEST, "part=" + BundleLayout.RANKER);
    }

    /** Nobody reads the calibration there, so it would promise what is not done. */
    @Test
    void shouldRefuseACalibrationInTheBundleOfAWholeFunnel() throws IOException {
        assertFalse(BundleManifest.verify(bundle).isRankerAlone());
        BundleManifest.verify(bundle).requireFunnel(bundle);
        Files.writeString(bundle.resolve(BundleLayout.CALIBRATION), "a curve");
        SortedMap<String, BundleFile> files = BundleManifest.describe(bundle, BundleLayout.PARTS);
        files.putAll(BundleManifest.describe(bundle, java.util.List.of(BundleLayout.CALIBRATION)));
        writeManifest(files);
        assertDamaged(BundleLayout.MANIFEST, "name=" + BundleLayout.CALIBRATION);
    }

    @Test
    void shouldNameTheFileWhenAPartIsMissingOrShort() throws IOException {
        for (String part : BundleLayout.PARTS) {
            Path file = bundle.resolve(part);
            byte[] whole = Files.readAllBytes(file);
            Files.write(file, new byte[3]);
            assertDamaged(part, "length");
            Files.delete(file);
            assertDamaged(part, "missing");
            Files.write(file, whole);
        }
    }

    @Test
    void shouldRefuseWhenAPartWasExchangedTogetherWithItsEntry() throws IOException {
        BundleManifest before = BundleManifest.read(bundle);
        Files.writeString(bundle.resolve(BundleLayout.TOWERS), "towers of another bundle");
        Json.writeAtomically(
                bundle.resolve(BundleLayout.MANIFEST),
                manifest(
                        before.fingerprint(), BundleManifest.describe(bundle, BundleLayout.PARTS)));
        assertDamaged(BundleLayout.MANIFEST, "fingerprint");
    }

    @Test
    void shouldRefuseWhenAFigureOfTheManifestIsChanged() throws IOException {
        Path path = bundle.resolve(BundleLayout.MANIFEST);
        Files.writeString(path, Files.readString(path).replace("\"items\" : 7", "\"items\" : 8"));
        assertDamaged(BundleLayout.MANIFEST, "fingerprint");
    }

    @Test
    void shouldRefuseWhenAPartIsNotListed() {
        SortedMap<String, BundleFile> files = BundleManifest.describe(bundle, BundleLayout.PARTS);
        files.remove(BundleLayout.RULES);
        writeManifest(files);
        assertDamaged(BundleLayout.MANIFEST, "part=rules.json");
    }

    @Test
    void shouldNameTheManifestWhenAnyByteOfItIsChanged() throws IOException {
        Path path = bundle.resolve(BundleLayout.MANIFEST);
        byte[] whole = Files.readAllBytes(path);
        for (int at = 0; at < whole.length; at++) {
            byte[] damaged = whole.clone();
            damaged[at] ^= 1;
            Files.write(path, damaged);
            MillraceException e =
                    assertThrows(
                            MillraceException.class,
                            () -> BundleManifest.verify(bundle),
                            "byte=" + at);
            assertTrue(
                    e.code() == ErrorCode.CORRUPT_FILE
                            || e.getMessage().contains("format=0, known=1"),
                    e.getMessage());
            assertEquals(1, e.getMessage().lines().count(), e.getMessage());
        }
    }

    @Test
    void shouldRefuseAChangedManifestWhenItMeansTheSame() throws IOException {
        Path path = bundle.resolve(BundleLayout.MANIFEST);
        Files.writeString(path, Files.readString(path) + " ");
        assertDamaged(BundleLayout.MANIFEST, "changed after");
    }

    @ParameterizedTest
    @ValueSource(strings = {"notes.txt", "index.hnsw.old", ".towers.weights.tmp-1-1"})
    void shouldNameTheFileWhenItDoesNotBelong(String name) throws IOException {
        Files.writeString(bundle.resolve(name), "x");
        assertDamaged(name, "does not belong");
        Files.delete(bundle.resolve(name));
        Files.createDirectory(bundle.resolve(name));
        assertDamaged(name, "does not belong");
    }

    @Test
    void shouldRefuseWhenAFileOutsideIsListed() throws IOException {
        Files.writeString(bundle.resolve("extra"), "x");
        SortedMap<String, BundleFile> files = BundleManifest.describe(bundle, BundleLayout.PARTS);
        files.putAll(BundleManifest.describe(bundle, java.util.List.of("extra")));
        writeManifest(files);
        assertDamaged(BundleLayout.MANIFEST, "name=extra");
    }

    @Test
    void shouldNameTheFileWhenAPartIsAFolder() throws IOException {
        Files.delete(bundle.resolve(BundleLayout.USERS));
        Files.createDirectory(bundle.resolve(BundleLayout.USERS));
        assertDamaged(BundleLayout.USERS, "missing");
    }

    @Test
    void shouldSayThatItIsNewerWhenItsFormIsNotKnown() throws IOException {
        Files.writeString(
                bundle.resolve(BundleLayout.MANIFEST), "{\"format\": 2, \"shards\": [1, 2]}");
        MillraceException e =
                assertThrows(MillraceException.class, () -> BundleManifest.verify(bundle));
        assertEquals(ErrorCode.UNSUPPORTED_VERSION, e.code());
        assertTrue(e.getMessage().contains("format=2"), e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "[]", "", "{\"format\": 1}", "not json"})
    void shouldSayWhatIsWrongWhenTheManifestIsBroken(String text) throws IOException {
        Files.writeString(bundle.resolve(BundleLayout.MANIFEST), text);
        MillraceException e =
                assertThrows(MillraceException.class, () -> BundleManifest.verify(bundle));
        assertTrue(
                e.getMessage().contains(BundleLayout.MANIFEST)
                        || e.code() == ErrorCode.UNSUPPORTED_VERSION);
        assertEquals(1, e.getMessage().lines().count());
    }

    @Test
    void shouldSayNotFoundWhenThereIsNoBundle() throws IOException {
        Files.delete(bundle.resolve(BundleLayout.MANIFEST));
        assertEquals(
                ErrorCode.NOT_FOUND,
                assertThrows(MillraceException.class, () -> BundleManifest.verify(bundle)).code());
        assertEquals(
                ErrorCode.NOT_FOUND,
                assertThrows(
                                MillraceException.class,
                                () -> BundleManifest.verify(bundle.resolve("none")))
                        .code());
    }

    private void assertDamaged(String part, String what) {
        MillraceException e =
                assertThrows(MillraceException.class, () -> BundleManifest.verify(bundle));
        assertEquals(ErrorCode.CORRUPT_FILE, e.code());
        assertTrue(e.getMessage().contains(part) && e.getMessage().contains(what), e.getMessage());
    }

    private void writeManifest(SortedMap<String, BundleFile> files) {
        Json.writeAtomically(bundle.resolve(BundleLayout.MANIFEST), manifest("", files).sealed());
    }

    private static BundleManifest manifest(
            String fingerprint, SortedMap<String, BundleFile> files) {
        return new BundleManifest(
                BundleManifest.FORMAT,
                fingerprint,
                "world",
                "simulated",
                "0",
                "0",
                7,
                3,
                64,
                new TreeMap<>(),
                new TreeMap<>(),
                files);
    }
}
