package io.millrace.cli.wire;

import uk.co.real_logic.sbe.generation.TargetCodeGenerator;
import uk.co.real_logic.sbe.generation.TargetCodeGeneratorLoader;
import uk.co.real_logic.sbe.generation.csharp.CSharp;

import java.util.Locale;

/** Languages that codecs can be made for. */
enum CodecLanguage {
    /** C, headers alone. */
    C,
    /** C++, headers alone. */
    CPP,
    /** C#. */
    CSHARP,
    /** Go. */
    GO,
    /** Java. */
    JAVA,
    /** Rust, a crate. */
    RUST;

    /** What makes the sources. */
    TargetCodeGenerator generator() {
        return switch (this) {
            case C -> TargetCodeGeneratorLoader.C;
            case CPP -> TargetCodeGeneratorLoader.CPP;
            case CSHARP -> new CSharp();
            case GO -> TargetCodeGeneratorLoader.GOLANG;
            case JAVA -> TargetCodeGeneratorLoader.JAVA;
            case RUST -> TargetCodeGeneratorLoader.RUST;
        };
    }

    /** As it is written in a command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
