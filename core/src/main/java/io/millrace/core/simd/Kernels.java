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
    private static final MatrixKernels SCALAR_MATRIX = new ScalarMatrixKernels();
    private static final MatrixKernels MATRIX =
            isVectorModuleLoaded() ? new PanamaMatrixKernels() : SCALAR_MATRIX;
    private static final ElementKernels SCALAR_ELEMENT = new ScalarElementKernels();
    private static final ElementKernels ELEMENT =
            isVectorModuleLoaded() ? new PanamaElementKernels() : SCALAR_ELEMENT;
    private static final CodeKernels SCALAR_CODE = new ScalarCodeKernels();
    private static final CodeKernels CODE =
            isVectorModuleLoaded() ? new PanamaCodeKernels() : SCALAR_CODE;
    private static final KeyKernels SCALAR_KEY = new ScalarKeyKernels();
    private static final KeyKernels KEY =
            isVectorModuleLoaded() ? new PanamaKeyKernels() : SCALAR_KEY;
    private static final ScanKernels SCALAR_SCAN = new ScalarScanKernels();
    private static final ScanKernels SCAN =
            isVectorModuleLoaded() ? new PanamaScanKernels() : SCALAR_SCAN;

    private static final CompactKernels SCALAR_BFLOAT16 = new ScalarCompactKernels.Bfloat16();
    private static final CompactKernels BFLOAT16 =
            isVectorModuleLoaded() ? new PanamaBfloat16Kernels() : SCALAR_BFLOAT16;
    private static final CompactKernels SCALAR_INT8 = new ScalarCompactKernels.Int8();
    private static final CompactKernels INT8 =
            isVectorModuleLoaded() ? new PanamaInt8Kernels() : SCALAR_INT8;

    private static final TableKernels SCALAR_BFLOAT16_TABLES = new ScalarTableKernels.Bfloat16();
    private static final TableKernels BFLOAT16_TABLES =
            isVectorModuleLoaded() ? new PanamaBfloat16TableKernels() : SCALAR_BFLOAT16_TABLES;
    private static final TableKernels SCALAR_INT8_TABLES = new ScalarTableKernels.Int8();
    private static final TableKernels INT8_TABLES =
            isVectorModuleLoaded() ? new PanamaInt8TableKernels() : SCALAR_INT8_TABLES;

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

    /**
     * The fastest matrix products here.
     *
     * @return shared and stateless.
     */
    public static MatrixKernels matrix() {
        return MATRIX;
    }

    /**
     * The plain loops that the fast products are held against.
     *
     * @return shared and stateless.
     */
    public static MatrixKernels scalarMatrix() {
        return SCALAR_MATRIX;
    }

    /**
     * The fastest element-wise kernels here.
     *
     * @return shared and stateless.
     */
    public static ElementKernels element() {
        return ELEMENT;
    }

    /**
     * The plain loops that the fast element-wise kernels are held against.
     *
     * @return shared and stateless.
     */
    public static ElementKernels scalarElement() {
        return SCALAR_ELEMENT;
    }

    /**
     * The fastest kernels for codes here.
     *
     * @return shared and stateless.
     */
    public static CodeKernels code() {
        return CODE;
    }

    /**
     * The plain loops that the fast kernels for codes are held against.
     *
     * @return shared and stateless.
     */
    public static CodeKernels scalarCode() {
        return SCALAR_CODE;
    }

    /**
     * The fastest kernels for sorted keys here.
     *
     * @return shared and stateless.
     */
    public static KeyKernels key() {
        return KEY;
    }

    /**
     * The plain loop that the fast kernels for sorted keys are held against.
     *
     * @return shared and stateless.
     */
    public static KeyKernels scalarKey() {
        return SCALAR_KEY;
    }

    /**
     * The fastest kernels for columns here.
     *
     * @return shared and stateless.
     */
    public static ScanKernels scan() {
        return SCAN;
    }

    /**
     * The plain loops that the fast kernels are held against.
     *
     * @return shared and stateless.
     */
    public static ScanKernels scalarScan() {
        return SCALAR_SCAN;
    }

    /**
     * The fastest kernels for rows of bfloat16 here.
     *
     * @return shared and stateless.
     */
    public static CompactKernels bfloat16() {
        return BFLOAT16;
    }

    /**
     * The plain loops that the fast kernels for rows of bfloat16 are held against.
     *
     * @return shared and stateless.
     */
    public static CompactKernels scalarBfloat16() {
        return SCALAR_BFLOAT16;
    }

    /**
     * The fastest kernels for rows of int8 here.
     *
     * @return shared and stateless.
     */
    public static CompactKernels int8() {
        return INT8;
    }

    /**
     * The plain loops that the fast kernels for rows of int8 are held against.
     *
     * @return shared and stateless.
     */
    public static CompactKernels scalarInt8() {
        return SCALAR_INT8;
    }

    /**
     * The fastest kernels for embedding tables of bfloat16 here.
     *
     * @return shared and stateless.
     */
    public static TableKernels bfloat16Tables() {
        return BFLOAT16_TABLES;
    }

    /**
     * The plain loops that the fast kernels for embedding tables of bfloat16 are held against.
     *
     * @return shared and stateless.
     */
    public static TableKernels scalarBfloat16Tables() {
        return SCALAR_BFLOAT16_TABLES;
    }

    /**
     * The fastest kernels for embedding tables of int8 here.
     *
     * @return shared and stateless.
     */
    public static TableKernels int8Tables() {
        return INT8_TABLES;
    }

    /**
     * The plain loops that the fast kernels for embedding tables of int8 are held against.
     *
     * @return shared and stateless.
     */
    public static TableKernels scalarInt8Tables() {
        return SCALAR_INT8_TABLES;
    }

    private static boolean isVectorModuleLoaded() {
        return ModuleLayer.boot().findModule(VECTOR_MODULE).isPresent();
    }
}
