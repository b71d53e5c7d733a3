package io.millrace.data.importers.kuairand;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/**
 * A small made-up folder in the form of KuaiRand-Pure, whose rows a test may change before it is
 * written.
 */
final class KuaiRandFolder {
    static final String IMPRESSION_HEADER =
            "\"user_id\",\"video_id\",\"date\",\"hourmin\",\"time_ms\",\"is_click\",\"is_like\",\"long_view\",\"tab\","
                + "\"watch_ratio\",\"finish\"";

    final List<String> users = new ArrayList<>();
    final List<String> videos = new ArrayList<>();
    final List<String> history = new ArrayList<>();
    final List<String> train = new ArrayList<>();
    final List<String> test = new ArrayList<>();

    KuaiRandFolder() {
        users.add(
                "user_id,"
                        + String.join(",", KuaiRandColumns.USER_CATEGORIES)
                        + ","
                        + String.join(",", KuaiRandColumns.USER_COUNTS));
        users.add(user(100, "full_active", "\"(0,10]\"", "5"));
        users.add(user(101, "low_active", "", ""));
        users.add(user(102, "full_active", "\"[10,100)\"", "0"));
        videos.add(
                "video_id,author_id,video_type,upload_dt,upload_type,video_duration,server_width,server_height,"
                    + "music_type,tag");
        videos.add("7,900,NORMAL,2022-04-10,Web,10000.0,720.0,1280.0,9.0,\"3,12\"");
        videos.add("8,900,NORMAL,2022-04-09,Web,,720.0,,4.0,3");
        videos.add("9,901,AD,2022-04-10,Kmovie,60000.0,1280.0,720.0,,");
        history.add("user_id\thistory_len\tlast_time_ms\twatch_seq\tlike_seq\tlong_watch_seq");
        history.add("100\t4\t1650615878629\t7 7 8\t8\t7");
        history.add("102\t1\t1650615878629\t9\t\t");
        train.add(IMPRESSION_HEADER);
        train.add("100,9,20220425,30,1650812741436,1,0,1,1,1.25,1");
        train.add("102,7,20220430,2359,1650812741999,0,0,0,14,0,0");
        test.add(IMPRESSION_HEADER);
        test.add("101,8,20220501,1200,1651377600000,1,1,0,99,0.5,0");
    }

    static String user(long id, String active, String range, String count) {
        StringBuilder line = new StringBuilder().append(id).append(',').append(active);
        for (int i = 1; i < KuaiRandColumns.USER_CATEGORIES.size(); i++) {
            line.append(',').append(i == 4 ? range : "1");
        }
        for (int i = 0; i < KuaiRandColumns.USER_COUNTS.size(); i++) {
            line.append(',').append(count);
        }
        return line.toString();
    }

    Path write(Path folder) throws IOException {
        Files.createDirectories(folder);
        gzip(folder.resolve(KuaiRandColumns.USERS), users);
        gzip(folder.resolve(KuaiRandColumns.VIDEOS), videos);
        gzip(folder.resolve(KuaiRandColumns.HISTORY), history);
        gzip(folder.resolve(KuaiRandColumns.TRAIN), train);
        gzip(folder.resolve(KuaiRandColumns.TEST), test);
        return folder;
    }

    private static void gzip(Path path, List<String> lines) throws IOException {
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(path))) {
            out.write((String.join("\r\n", lines) + "\r\n").getBytes(StandardCharsets.UTF_8));
        }
    }
}
