package io.millrace.cli.console;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** What the build wrote down about itself. */
public final class BuildInfo {
    private static final String RESOURCE = "/io/millrace/cli/build.properties";

    private BuildInfo() {}

    /**
     * The version.
     *
     * @return as in the POM.
     */
    public static String version() {
        return read("version");
    }

    /**
     * The commit it was built from.
     *
     * @return short hash, with {@code -dirty} behind it where files were changed; or {@code
     *     unknown}.
     */
    public static String commit() {
        return read("commit");
    }

    private static String read(String key) {
        try (InputStream stream = BuildInfo.class.getResourceAsStream(RESOURCE)) {
            Properties properties = new Properties();
            if (stream != null) {
                properties.load(stream);
            }
            return properties.getProperty(key, "unknown");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
