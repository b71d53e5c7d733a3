package io.millrace.cli.demo;

import io.millrace.cli.console.CommonOptions;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code millrace demo}. */
@Command(name = "demo", footerHeading = "%nExamples:%n", footer = "  millrace demo")
public final class DemoCommand implements Runnable {
    @Mixin CommonOptions common;

    /** Filled by picocli. */
    public DemoCommand() {}

    @Override
    public void run() {
        common.validate();
    }
}
