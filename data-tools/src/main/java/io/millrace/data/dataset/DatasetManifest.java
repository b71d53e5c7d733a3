package io.millrace.data.dataset;

import com.fasterxml.jackson.annotation.JsonIgnore;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

import org.jspecify.annotations.Nullable;

import java.util.Map;
import java.util.TreeMap;

/**
 * What a data set is. Holds no time of making, so that the same input gives the same bytes.
 *
 * @param format version of the folder's form, {@link #FORMAT}.
 * @param name name for people.
 * @param kind {@code simulated}, {@code kuairand}, ….
 * @param users count of users.
 * @param items count of items.
 * @param trainEvents count of impressions to train on.
 * @param testEvents count of impressions to test on.
 * @param seed seed of a simulated world, or null.
 * @param files CRC32C of every other file, as 8 hexadecimal digits, by its name.
 */
public record DatasetManifest(
        int format,
        String name,
        String kind,
        long users,
        long items,
        long trainEvents,
        long testEvents,
        @Nullable Long seed,
        Map<String, String> files) {
    /** The version of the folder's form that is written. */
    public static final int FORMAT = 1;

    /** Validates. */
    public DatasetManifest {
        if (format != FORMAT) {
            throw MillraceException.of(
                    ErrorCode.UNSUPPORTED_VERSION,
                    "unknown format of a data set: format=%d, known=%d; make it again",
                    format,
                    FORMAT);
        }
        FileNames.validate(files);
        files = new TreeMap<>(files);
    }

    /**
     * A number that two data sets share only if all their files are the same.
     *
     * @return 16 hexadecimal digits over names and checksums of the files.
     */
    @JsonIgnore
    public String fingerprint() {
        long hash = 0xCBF2_9CE4_8422_2325L;
        for (Map.Entry<String, String> file : files.entrySet()) {
            String line = file.getKey() + ' ' + file.getValue() + '\n';
            for (int i = 0; i < line.length(); i++) {
                hash = (hash ^ line.charAt(i)) * 0x0000_0100_0000_01B3L;
            }
        }
        return String.format("%016x", hash);
    }
}
