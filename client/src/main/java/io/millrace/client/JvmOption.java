package io.millrace.client;

import io.millrace.core.error.MillraceException;

import org.agrona.DirectBuffer;

/** The one option of the JVM that frames are read and written by. */
final class JvmOption {
    private static final String PACKAGE = "jdk.internal.misc";

    private JvmOption() {}

    /** Says what is missing before the first frame would say it in many lines. */
    static void require() {
        Module base = Object.class.getModule();
        Module user = DirectBuffer.class.getModule();
        if (!base.isExported(PACKAGE, user)) {
            throw MillraceException.usage(
                    "an option of the JVM is missing: option=--add-opens=%s/%s=%s; add it to the"
                            + " command line",
                    base.getName(), PACKAGE, user.isNamed() ? user.getName() : "ALL-UNNAMED");
        }
    }
}
