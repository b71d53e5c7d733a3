package io.millrace.cli.data;

import io.millrace.cli.console.CommonOptions;
import io.millrace.cli.console.OptionValues;
import io.millrace.data.importers.ImportTask;
import io.millrace.data.importers.kuairand.KuaiRandImporter;
import io.millrace.data.importers.kuairand.KuaiRandPlan;
import io.millrace.data.importers.table.RatePlan;
import io.millrace.ranker.features.FeatureRate;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code millrace import kuairand}. */
@Command(
        name = "kuairand",
        header = "make a data set of KuaiRand-Pure",
        description = {
            "%nReads watch histories, impressions, user and video attributes of KuaiRand-Pure. The"
                + " impressions of April are to train on, those of May to test on; what is known"
                + " only after an impression becomes a label, never a feature of it. Rates count"
                + " what came of earlier impressions.%n"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  millrace import kuairand data/kuairand-pure --out kuairand",
            "  millrace import kuairand data/kuairand-pure --rates none --out kuairand",
            "  millrace import kuairand data/kuairand-pure --pooling watched=attention --out"
                    + " kuairand"
        })
public final class ImportKuaiRandCommand implements Runnable {
    private static final String NONE = "none";

    @Mixin CommonOptions common;
    @Mixin ImportOptions options;
    @Mixin PoolingOptions pooling;

    @Option(
            names = "--rates",
            split = ",",
            paramLabel = "FIELD",
            description =
                    "Fields of the videos whose rates of clicks and watches of late become"
                            + " features, as in item_id,creator,tags; none leaves them out."
                            + " Default: item_id.")
    private List<String> rates = List.of("item_id");

    @Option(
            names = "--half-life",
            paramLabel = "MINUTES",
            description = "After which an event counts half in them. Default: ${DEFAULT-VALUE}.")
    private int halfLifeMinutes = 4_320;

    @Option(
            names = "--untold",
            description =
                    "Let rates in the test days be those of a server that is told nothing in these"
                            + " days, to compare with models that do not look at them.")
    private boolean isUntold;

    @Parameters(paramLabel = "SRC", description = "Folder that holds the five files.")
    private Path source;

    /** Filled by picocli. */
    public ImportKuaiRandCommand() {}

    @Override
    public void run() {
        ImportTask task = options.task(common);
        OptionValues.requireRange(
                "--half-life", halfLifeMinutes, 1, FeatureRate.MOST_HALF_LIFE_MINUTES);
        List<RatePlan> plans = new ArrayList<>();
        for (String field : rates.equals(List.of(NONE)) ? List.<String>of() : rates) {
            plans.add(plan(field, "_click_rate_now", FeatureRate.Event.CLICK));
            plans.add(plan(field, "_watch_rate_now", FeatureRate.Event.WATCH));
        }
        KuaiRandPlan plan = new KuaiRandPlan(plans, pooling.pooling(), !isUntold);
        ImportOptions.print(KuaiRandImporter.run(source, plan, task), common);
    }

    private RatePlan plan(String field, String ending, FeatureRate.Event event) {
        return new RatePlan(field + ending, event, field, halfLifeMinutes, null, null);
    }
}
