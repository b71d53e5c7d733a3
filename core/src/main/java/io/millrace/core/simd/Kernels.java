package io.millrace.core.simd;

/**
 * Picks the kernels of this process: those of the Vector API where its module is loaded, else their
 * scalar twins.
 *
 * <p>Threading: any thread; keep the answer in a static final field, so that calls can be inlined.
 */
public final class Kernels {
    private static final String VECTOR_MODULE = "jdk.incubator.vector";
    private static final VectorKernels SCALAR_VECTOR = new ScalarVectorKernels();
    private static final VectorKernels VECTOR =
            isVectorModuleLoaded() ? new PanamaVectorKernels() : SCALAR_VECTOR;

    private Kernels() {}

    /**
     * The fastest vector kernels here.
     *
     * @return shared and stateless.
     */
    public static VectorKernels vector() {
        return VECTOR;
    }

    /**
     * The plain loops that the fast kernels are held against.
     *
     * @return shared and stateless.
     */
    public static VectorKernels scalarVector() {
        return SCALAR_VECTOR;
    }

    private static boolean isVectorModuleLoaded() {
        return ModuleLayer.boot().findModule(VECTOR_MODULE).isPresent();
    }
}
