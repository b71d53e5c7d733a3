package io.millrace.data.importers.kuairand;

import io.millrace.core.progress.ProgressListener;
import io.millrace.data.importers.Rejects;
import io.millrace.data.importers.source.DelimitedFile;
import io.millrace.data.importers.source.DelimitedFormat;
import io.millrace.data.importers.source.RejectedRow;
import io.millrace.data.importers.source.SourceRow;
import io.millrace.data.importers.table.Counters;

import org.agrona.collections.IntHashSet;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * What users watched before the first impression, and the counters that follow from it.
 *
 * <p>Threading: one thread.
 */
final class KuaiRandHistory {
    static final int LENGTH = 50;

    private static final double USER_PRIOR = 5;
    private static final double VIDEO_PRIOR = 20;
    private static final double LIKE_PRIOR = 50;
    private static final int[] NOTHING = {};

    private final int[][] watched;
    private final int[][] longWatched;
    private final int[][] liked;
    private final float[] historyLength;
    private final long[] lastTimesMs;
    private final int[] videoViews;
    private final int[] videoLongViews;
    private final int[] videoLikes;
    private final int[] userViews;
    private final int[] userVideos;
    private final int[] userLongViews;
    private final int[] userLikes;
    private double meanLongRate;
    private double meanLikeRate;

    private KuaiRandHistory(int users, int videos) {
        this.watched = emptyRows(users);
        this.longWatched = emptyRows(users);
        this.liked = emptyRows(users);
        this.historyLength = new float[users];
        this.lastTimesMs = new long[users];
        Arrays.fill(lastTimesMs, Long.MIN_VALUE);
        this.videoViews = new int[videos];
        this.videoLongViews = new int[videos];
        this.videoLikes = new int[videos];
        this.userViews = new int[users];
        this.userVideos = new int[users];
        this.userLongViews = new int[users];
        this.userLikes = new int[users];
    }

    static KuaiRandHistory read(
            Path folder,
            KuaiRandCatalogue users,
            KuaiRandCatalogue videos,
            Rejects rejects,
            ProgressListener progress) {
        KuaiRandHistory history = new KuaiRandHistory(users.count(), videos.count());
        List<String> required =
                List.of(
                        "user_id",
                        "history_len",
                        "last_time_ms",
                        "watch_seq",
                        "like_seq",
                        "long_watch_seq");
        new DelimitedFile(
                        folder.resolve(KuaiRandColumns.HISTORY),
                        DelimitedFormat.CSV.withSeparator("\t"),
                        required)
                .forEach(
                        rejects,
                        progress,
                        row -> {
                            int user = users.rowOf(row.wholeNumber("user_id"));
                            if (user < 0) {
                                throw new RejectedRow("unknown user: " + row.text("user_id"));
                            }
                            int[] watch = sequence(row, "watch_seq", videos);
                            int[] longWatch = sequence(row, "long_watch_seq", videos);
                            int[] like = sequence(row, "like_seq", videos);
                            double length = row.number("history_len");
                            history.lastTimesMs[user] = row.wholeNumber("last_time_ms");
                            history.historyLength[user] =
                                    (float) StrictMath.log1p(Math.max(0.0, length));
                            history.add(user, watch, longWatch, like);
                        });
        history.finish();
        return history;
    }

    int[] watched(int user) {
        return watched[user];
    }

    int[] longWatched(int user) {
        return longWatched[user];
    }

    int[] liked(int user) {
        return liked[user];
    }

    /** When the last event of the user's history was, the least number without one. */
    long lastTimeMs(int user) {
        return lastTimesMs[user];
    }

    /** log(1 + events ever seen). */
    float[] logHistoryLength() {
        return historyLength;
    }

    /** log(1 + different videos among the last watched). */
    float[] logDifferentWatched() {
        return Counters.logs(userVideos);
    }

    /** log(1 + length of the list of liked videos). */
    float[] logLikedLength() {
        int[] lengths = new int[liked.length];
        Arrays.setAll(lengths, user -> liked[user].length);
        return Counters.logs(lengths);
    }

    /** How full the list of long-watched videos is, 0 to 1. */
    float[] longWatchedShare() {
        float[] result = new float[longWatched.length];
        for (int user = 0; user < result.length; user++) {
            result[user] = (float) longWatched[user].length / LENGTH;
        }
        return result;
    }

    /** Share of long views among the watched. */
    float[] userLongRate() {
        return Counters.rates(userLongViews, userViews, USER_PRIOR, meanLongRate);
    }

    float[] userLikeRate() {
        return Counters.rates(userLikes, userViews, USER_PRIOR, meanLikeRate);
    }

    /** log(1 + users who watched it). */
    float[] videoLogViews() {
        return Counters.logs(videoViews);
    }

    float[] videoLongRate() {
        return Counters.rates(videoLongViews, videoViews, VIDEO_PRIOR, meanLongRate);
    }

    float[] videoLikeRate() {
        return Counters.rates(videoLikes, videoViews, LIKE_PRIOR, meanLikeRate);
    }

    /** Long views and views of each tag, as a rate, by the tag's id. */
    float[] tagLongRate(int[][] tagsOfVideo, int tagCardinality) {
        int[] views = new int[tagCardinality];
        int[] longViews = new int[tagCardinality];
        for (int video = 0; video < tagsOfVideo.length; video++) {
            for (int tag : tagsOfVideo[video]) {
                views[tag] += videoViews[video];
                longViews[tag] += videoLongViews[video];
            }
        }
        return Counters.rates(longViews, views, VIDEO_PRIOR, meanLongRate);
    }

    /** Mean of a number over the videos a user watched for long, NaN without any. */
    float[] meanOverLongWatched(float[] ofVideo) {
        float[] result = new float[longWatched.length];
        for (int user = 0; user < result.length; user++) {
            double sum = 0;
            int count = 0;
            for (int video : longWatched[user]) {
                if (!Float.isNaN(ofVideo[video])) {
                    sum += ofVideo[video];
                    count++;
                }
            }
            result[user] = count == 0 ? Float.NaN : (float) (sum / count);
        }
        return result;
    }

    private void add(int user, int[] watch, int[] longWatch, int[] like) {
        watched[user] = watch;
        longWatched[user] = longWatch;
        liked[user] = like;
        IntHashSet longs = setOf(longWatch);
        IntHashSet likes = setOf(like);
        IntHashSet counted = new IntHashSet();
        for (int video : watch) {
            boolean isLong = longs.contains(video);
            boolean isLiked = likes.contains(video);
            userViews[user]++;
            userLongViews[user] += isLong ? 1 : 0;
            userLikes[user] += isLiked ? 1 : 0;
            if (counted.add(video)) {
                userVideos[user]++;
                videoViews[video]++;
                videoLongViews[video] += isLong ? 1 : 0;
                videoLikes[video] += isLiked ? 1 : 0;
            }
        }
    }

    private void finish() {
        meanLongRate = Counters.meanRate(userLongViews, userViews);
        meanLikeRate = Counters.meanRate(userLikes, userViews);
    }

    private static int[] sequence(SourceRow row, String column, KuaiRandCatalogue videos)
            throws RejectedRow {
        String text = row.text(column).strip();
        if (text.isEmpty()) {
            return NOTHING;
        }
        String[] parts = text.split(" +", -1);
        int from = Math.max(0, parts.length - LENGTH);
        int[] rows = new int[parts.length - from];
        for (int i = from; i < parts.length; i++) {
            try {
                rows[i - from] = videos.rowOf(Long.parseLong(parts[i]));
            } catch (NumberFormatException e) {
                throw new RejectedRow(column + " holds no video id: " + parts[i]);
            }
            if (rows[i - from] < 0) {
                throw new RejectedRow(column + " holds an unknown video: " + parts[i]);
            }
        }
        return rows;
    }

    private static IntHashSet setOf(int[] values) {
        IntHashSet set = new IntHashSet();
        for (int value : values) {
            set.add(value);
        }
        return set;
    }

    private static int[][] emptyRows(int count) {
        int[][] rows = new int[count][];
        Arrays.fill(rows, NOTHING);
        return rows;
    }
}
