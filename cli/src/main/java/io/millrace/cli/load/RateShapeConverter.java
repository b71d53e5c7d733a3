package io.millrace.cli.load;

import io.millrace.core.error.MillraceException;
import io.millrace.loadgen.plan.RateShape;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

import java.util.List;
import java.util.Optional;

/** Reads {@code steady}, {@code ramp:FROM} and {@code bursts:FACTOR:SECONDS}. */
public final class RateShapeConverter implements ITypeConverter<RateShape> {
    /** Called by picocli. */
    public RateShapeConverter() {}

    @Override
    public RateShape convert(String text) {
        List<String> parts = List.of(text.split(":", -1));
        try {
            return shape(parts).orElseThrow(() -> noShape(text));
        } catch (NumberFormatException e) {
            throw noShape(text);
        } catch (MillraceException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }

    private static Optional<RateShape> shape(List<String> parts) {
        String kind = parts.getFirst();
        if (kind.equals("steady") && parts.size() == 1) {
            return Optional.of(RateShape.STEADY);
        }
        if (kind.equals("ramp") && parts.size() == 2) {
            return Optional.of(new RateShape.Ramp(Double.parseDouble(parts.get(1))));
        }
        if (kind.equals("bursts") && parts.size() == 3) {
            double factor = Double.parseDouble(parts.get(1));
            return Optional.of(new RateShape.Bursts(factor, Double.parseDouble(parts.get(2))));
        }
        return Optional.empty();
    }

    private static TypeConversionException noShape(String text) {
        return new TypeConversionException(
                "'"
                        + text
                        + "' is no shape of a load, as in steady, ramp:100 or bursts:5:2 (factor,"
                        + " seconds)");
    }
}
