package io.millrace.data.eval;

import io.millrace.data.simulate.HiddenPreference;

/** An item is worth the chance that the user of a simulated world would click it. */
final class HiddenWorth implements ItemWorth {
    private final HiddenPreference preference;

    HiddenWorth(HiddenPreference preference) {
        this.preference = preference;
    }

    @Override
    public String name() {
        return "hidden preference";
    }

    @Override
    public void fill(int user, float[] gains) {
        preference.scoreInto(user, 0, gains.length, gains);
    }
}
