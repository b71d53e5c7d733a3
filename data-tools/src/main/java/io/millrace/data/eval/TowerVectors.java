package io.millrace.data.eval;

import io.millrace.data.bundle.OfflineBundle;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.tower.QueryTower;

/** Users as the query tower of a bundle sees them. */
final class TowerVectors implements UserVectors {
    private final RowTable users;
    private final QueryTower tower;

    TowerVectors(OfflineBundle bundle) {
        this.users = bundle.users();
        this.tower = bundle.towers().newQueryTower();
    }

    @Override
    public void embedInto(int user, float[] vector) {
        tower.embedInto(users.segment(), users.offset(user), vector);
    }
}
