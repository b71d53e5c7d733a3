package io.millrace.index;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.core.memory.DirectMemory;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Fails a test that leaves memory off the heap allocated, as errors on the way may. */
public final class FreesMemory implements BeforeEachCallback, AfterEachCallback {
    private static final ExtensionContext.Namespace OWN =
            ExtensionContext.Namespace.create(FreesMemory.class);

    @Override
    public void beforeEach(ExtensionContext context) {
        context.getStore(OWN).put(context.getUniqueId(), DirectMemory.allocatedBytes());
    }

    @Override
    public void afterEach(ExtensionContext context) {
        long before = context.getStore(OWN).get(context.getUniqueId(), Long.class);
        assertEquals(before, DirectMemory.allocatedBytes(), "bytes off the heap");
    }
}
