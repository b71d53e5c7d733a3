package io.millrace.server;

import io.millrace.core.wire.ColumnBytes;
import io.millrace.core.wire.codec.FormCode;
import io.millrace.server.request.Request;

import org.agrona.concurrent.UnsafeBuffer;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** Puts columns into requests that did not come over the wire. */
public final class Columns {
    private Columns() {}

    public static void add(Request request, String name, double... numbers) {
        add(request, FormCode.NUMBERS, name, ColumnBytes.of(numbers));
    }

    public static void add(Request request, String name, List<String> texts) {
        add(request, FormCode.TEXTS, name, ColumnBytes.of(texts));
    }

    private static void add(Request request, FormCode form, String name, byte[] values) {
        byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
        UnsafeBuffer bytes = new UnsafeBuffer(new byte[utf8.length + values.length]);
        bytes.putBytes(0, utf8);
        bytes.putBytes(utf8.length, values);
        request.candidates().columns().add(form, bytes, 0, utf8.length, utf8.length, values.length);
    }
}
