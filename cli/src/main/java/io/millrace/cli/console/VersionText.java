package io.millrace.cli.console;

import io.millrace.core.memory.HugePageSupport;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.VectorKernels;
import io.millrace.server.config.ServerConfig.TransportChoice;
import io.millrace.server.transport.NetworkStack;

import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints: program, Java, and what of the machine is in use. */
public final class VersionText implements IVersionProvider {
    /** Called by picocli. */
    public VersionText() {}

    @Override
    public String[] getVersion() {
        VectorKernels kernels = Kernels.vector();
        return new String[] {
            "millrace " + BuildInfo.version(),
            "commit     " + BuildInfo.commit(),
            "jdk        " + Environment.jdk(),
            "vectors    " + kernels.vectorBits() + " bits (" + kernels.name() + ")",
            "pages      " + HugePageSupport.ofThisMachine().text(),
            "transport  " + NetworkStack.choose(TransportChoice.AUTO).label()
        };
    }
}
