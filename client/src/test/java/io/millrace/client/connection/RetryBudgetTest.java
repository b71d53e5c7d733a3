package io.millrace.client.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.junit.jupiter.api.Test;

final class RetryBudgetTest {
    private static int takeAll(RetryBudget budget) {
        int taken = 0;
        while (budget.tryTake()) {
            taken++;
        }
        return taken;
    }

    private static void add(RetryBudget budget, int requests) {
        for (int i = 0; i < requests; i++) {
            budget.add();
        }
    }

    @Test
    void shouldGiveWhatWasSavedAndNoMoreThanItHolds() {
        RetryBudget budget = new RetryBudget(0.1);
        assertEquals(10, takeAll(budget));
        add(budget, 9);
        assertEquals(0, takeAll(budget));
        add(budget, 1);
        assertEquals(1, takeAll(budget));
        add(budget, 45);
        assertEquals(4, takeAll(budget));
        add(budget, 5);
        assertEquals(1, takeAll(budget));
        add(budget, 9_000);
        assertEquals(100, takeAll(budget));
    }

    @Test
    void shouldGiveNothingWithoutAShare() {
        RetryBudget budget = new RetryBudget(0);
        add(budget, 1_000);
        assertFalse(budget.tryTake());
    }
}
