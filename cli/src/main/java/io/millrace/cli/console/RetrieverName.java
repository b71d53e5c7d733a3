package io.millrace.cli.console;

import io.millrace.data.retrieve.Retriever;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

import java.util.Arrays;
import java.util.stream.Collectors;

/** Reads a way of retrieval as people write it: {@code two-tower}. */
public final class RetrieverName implements ITypeConverter<Retriever> {
    /** Made by picocli. */
    public RetrieverName() {}

    @Override
    public Retriever convert(String text) {
        return Arrays.stream(Retriever.values())
                .filter(way -> way.label().equalsIgnoreCase(text))
                .findFirst()
                .orElseThrow(() -> new TypeConversionException(refusal(text)));
    }

    private static String refusal(String text) {
        return Arrays.stream(Retriever.values())
                .map(Retriever::label)
                .collect(Collectors.joining(", ", "'" + text + "' is none of ", ""));
    }
}
