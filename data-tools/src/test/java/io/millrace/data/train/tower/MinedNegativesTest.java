package io.millrace.data.train.tower;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

final class MinedNegativesTest {
    private static final int PER_USER = 3;

    /** Three items for each of six users, of whom the last but one has one only. */
    private static final int[] ITEMS = {
        100, 101, 102, 110, 111, 112, 120, 121, 122, 130, 131, 132, 140, 0, 0, 150, 151, 152
    };

    @Test
    void shouldShareThemOutEvenlyOverTheUsersOfABatch() {
        assertEquals(List.of(100, 110, 111, 120, 130, 131), drawn(6, 0, 1, 2, 3));
        assertEquals(List.of(110, 130), drawn(2, 0, 1, 2, 3));
        assertEquals(List.of(), drawn(0, 0, 1, 2, 3));
    }

    @Test
    void shouldGiveNoMoreThanThereIs() {
        assertEquals(List.of(150, 151, 152, 130, 131, 132), drawn(100, 5, 3));
        assertEquals(List.of(110, 111, 112, 140), drawn(6, 1, 4));
    }

    /** What a batch with a row or two of each user is given. */
    private static List<Integer> drawn(int count, int... users) {
        TowerBatch batch = new TowerBatch(16, 0);
        for (int user : users) {
            for (int row = 0; row <= user % 2; row++) {
                batch.add(user, 1, 10 + row, false, 1, 0);
            }
        }
        batch.close();
        List<Integer> drawn = new ArrayList<>();
        new MinedNegatives(count, PER_USER, ITEMS, new float[0]).draw(batch, drawn::add);
        return drawn;
    }
}
