package io.millrace.core.progress;

/**
 * Told of the stages of long work.
 *
 * <p>Threading: {@link #start} is called by one thread at a time; a {@link Stage} may be advanced
 * by many.
 */
public interface ProgressListener {
    /** Listens to nothing. */
    ProgressListener NONE = (name, total) -> Stage.SILENT;

    /**
     * A stage begins.
     *
     * @param name what is being done, as in {@code "build graph"}.
     * @param total how many steps it has, or -1 where that is not known.
     * @return the stage, to be closed when it ends.
     */
    Stage start(String name, long total);

    /** One stage of long work. */
    interface Stage extends AutoCloseable {
        /** A stage nobody watches. */
        Stage SILENT =
                new Stage() {
                    @Override
                    public void advance(long steps) {}

                    @Override
                    public void note(String text) {}

                    @Override
                    public void close() {}
                };

        /**
         * Some more is done.
         *
         * @param steps how many steps since the last call.
         */
        void advance(long steps);

        /**
         * Shows a short text beside the progress, such as the present loss.
         *
         * @param text the text.
         */
        void note(String text);

        /** The stage has ended. */
        @Override
        void close();
    }
}
