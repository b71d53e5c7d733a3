package io.millrace.data.importers.kuairand;

import java.util.List;

/**
 * Files and columns of KuaiRand-Pure (Gao et al., KuaiRand: an unbiased sequential recommendation
 * dataset, CIKM 2022), and which of them may become features.
 */
final class KuaiRandColumns {
    static final String USERS = "user_features_pure.csv.gz";
    static final String VIDEOS = "video_features_basic_pure.csv.gz";
    static final String HISTORY = "history_sequences.tsv.gz";
    static final String TRAIN = "impressions_val.csv.gz";
    static final String TEST = "impressions_test.csv.gz";

    /** Categorical columns of a user; they become features under their own names. */
    static final List<String> USER_CATEGORIES =
            List.of(
                    "user_active_degree",
                    "is_lowactive_period",
                    "is_live_streamer",
                    "is_video_author",
                    "follow_user_num_range",
                    "fans_user_num_range",
                    "friend_user_num_range",
                    "register_days_range",
                    "onehot_feat0",
                    "onehot_feat1",
                    "onehot_feat2",
                    "onehot_feat3",
                    "onehot_feat4",
                    "onehot_feat5",
                    "onehot_feat6",
                    "onehot_feat7",
                    "onehot_feat8",
                    "onehot_feat9",
                    "onehot_feat10",
                    "onehot_feat11",
                    "onehot_feat12",
                    "onehot_feat13",
                    "onehot_feat14",
                    "onehot_feat15",
                    "onehot_feat16",
                    "onehot_feat17");

    /** Counts of a user; they become numeric features log(1 + count). */
    static final List<String> USER_COUNTS =
            List.of("follow_user_num", "fans_user_num", "friend_user_num", "register_days");

    /** Categorical columns of a video. */
    static final List<String> VIDEO_CATEGORIES =
            List.of("video_type", "upload_type", "music_type", "upload_dt");

    /** Known before the impression. */
    static final List<String> IMPRESSION =
            List.of("user_id", "video_id", "date", "hourmin", "time_ms", "tab");

    /** Known only after it: labels, never features. */
    static final List<String> LABELS = List.of("is_click", "is_like", "long_view", "watch_ratio");

    /** Everything that is known only after the impression; no feature may bear such a name. */
    static final List<String> FEEDBACK =
            List.of(
                    "is_click",
                    "is_like",
                    "is_follow",
                    "is_comment",
                    "is_forward",
                    "is_hate",
                    "long_view",
                    "play_time_ms",
                    "watch_ratio",
                    "finish",
                    "like",
                    "long_watch",
                    "is_positive",
                    "profile_stay_time",
                    "comment_stay_time",
                    "is_profile_enter");

    private KuaiRandColumns() {}
}
