package io.millrace.jmh.peers.driver;

import io.millrace.index.VectorSet;

import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene104.Lucene104Codec;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.TieredMergePolicy;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.store.MMapDirectory;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Lucene's vector field, searched through {@link IndexSearcher} as its users do, over one segment
 * that is mapped to memory. More effort is a larger k of the query, of which the nearest are kept.
 */
final class LuceneEngine implements SearchEngine {
    private static final String VECTOR = "vector";
    private static final String ORDINAL = "ordinal";
    private static final int LARGEST_FLUSH = 10_000;
    private static final int LEAST_FLUSHES = 8;

    private final MMapDirectory directory;
    private final DirectoryReader reader;
    private final IndexSearcher searcher;
    private final int[] ordinalOfDocument;
    private final float[][] queries;
    private final KernelLog kernelLog;
    private final int k;
    private int ef;

    private LuceneEngine(MMapDirectory directory, float[][] queries, KernelLog kernelLog, int k)
            throws IOException {
        this.directory = directory;
        this.kernelLog = kernelLog;
        this.queries = queries;
        this.k = k;
        ef = k;
        reader = DirectoryReader.open(directory);
        searcher = new IndexSearcher(reader);
        if (reader.leaves().size() != 1) {
            throw new IllegalStateException("not one segment: " + reader.leaves().size());
        }
        ordinalOfDocument = ordinals(reader.leaves().getFirst().reader());
    }

    static LuceneEngine build(VectorSet base, float[][] queries, DriverSettings settings)
            throws IOException {
        KernelLog kernelLog = KernelLog.listen("org.apache.lucene.internal.vectorization");
        MMapDirectory directory = new MMapDirectory(settings.work().resolve("index"));
        directory.setPreload(MMapDirectory.ALL_FILES);
        addRows(directory, base, settings);
        mergeToOne(directory, settings);
        return new LuceneEngine(directory, queries, kernelLog, settings.k());
    }

    /**
     * Writes the rows without any graph: those of small segments would only be thrown away by the
     * merge.
     */
    private static void addRows(MMapDirectory directory, VectorSet base, DriverSettings settings)
            throws IOException {
        VectorSimilarityFunction similarity =
                settings.space() == Space.L2
                        ? VectorSimilarityFunction.EUCLIDEAN
                        : VectorSimilarityFunction.DOT_PRODUCT;
        IndexWriterConfig config =
                new IndexWriterConfig()
                        .setCodec(new VectorCodec(1, null, Integer.MAX_VALUE))
                        .setMergePolicy(NoMergePolicy.INSTANCE)
                        .setUseCompoundFile(false)
                        .setMaxBufferedDocs(
                                Math.clamp(base.count() / LEAST_FLUSHES, 2, LARGEST_FLUSH))
                        .setRAMBufferSizeMB(IndexWriterConfig.DISABLE_AUTO_FLUSH);
        try (IndexWriter writer = new IndexWriter(directory, config)) {
            for (int i = 0; i < base.count(); i++) {
                float[] row = new float[base.dimension()];
                base.get(i, row, 0);
                Document document = new Document();
                document.add(new KnnFloatVectorField(VECTOR, row, similarity));
                document.add(new NumericDocValuesField(ORDINAL, i));
                writer.addDocument(document);
            }
        }
    }

    /** Merges all into one segment, whose graph is built by all threads. */
    private static void mergeToOne(MMapDirectory directory, DriverSettings settings)
            throws IOException {
        int threads = settings.threads();
        try (ExecutorService crew = threads > 1 ? Executors.newFixedThreadPool(threads) : null) {
            TieredMergePolicy merges = new TieredMergePolicy();
            merges.setNoCFSRatio(0);
            IndexWriterConfig config =
                    new IndexWriterConfig()
                            .setCodec(new VectorCodec(threads, crew, 0))
                            .setMergePolicy(merges);
            try (IndexWriter writer = new IndexWriter(directory, config)) {
                writer.forceMerge(1);
            }
        }
    }

    private static int[] ordinals(LeafReader segment) throws IOException {
        NumericDocValues values = segment.getNumericDocValues(ORDINAL);
        int[] ordinals = new int[segment.maxDoc()];
        for (int document = 0; document < ordinals.length; document++) {
            if (!values.advanceExact(document)) {
                throw new IllegalStateException("document without ordinal: " + document);
            }
            ordinals[document] = (int) values.longValue();
        }
        return ordinals;
    }

    @Override
    public String kernels() {
        return kernelLog.text();
    }

    @Override
    public double bytesPerVector() {
        long bytes = 0;
        try {
            for (String file : directory.listAll()) {
                bytes += directory.fileLength(file);
            }
        } catch (IOException e) {
            return 0;
        }
        return (double) bytes / ordinalOfDocument.length;
    }

    @Override
    public void setEffort(int effort) {
        ef = effort;
    }

    @Override
    public int searchInto(int query, int[] ordinals, int index) throws IOException {
        ScoreDoc[] nearest =
                searcher.search(new KnnFloatVectorQuery(VECTOR, queries[query], ef), k).scoreDocs;
        for (int i = 0; i < nearest.length; i++) {
            ordinals[index + i] = ordinalOfDocument[nearest[i].doc];
        }
        return nearest.length;
    }

    @Override
    public void close() throws IOException {
        reader.close();
        directory.close();
    }

    /** The codec of this version of Lucene with a vector format of our parameters. */
    private static final class VectorCodec extends Lucene104Codec {
        private final KnnVectorsFormat vectors;

        /**
         * Makes a codec.
         *
         * @param mergeThreads threads that build a graph in a merge.
         * @param crew runs them; null where it is one.
         * @param tinySegments a measure of how large a segment is before it gets a graph.
         */
        VectorCodec(int mergeThreads, @Nullable ExecutorService crew, int tinySegments) {
            vectors =
                    new Lucene99HnswVectorsFormat(
                            DriverSettings.MAX_CONNECTIONS,
                            DriverSettings.EF_CONSTRUCTION,
                            mergeThreads,
                            crew,
                            tinySegments);
        }

        @Override
        public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
            return vectors;
        }
    }
}
