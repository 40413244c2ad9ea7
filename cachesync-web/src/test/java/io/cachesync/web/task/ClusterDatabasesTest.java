package io.cachesync.web.task;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClusterDatabasesTest {
  private static final ClusterDatabases TO = new ClusterDatabases(false, true);

  @Test
  void theOneDatabaseBecomesThatOfTheCluster() {
    assertThat(TO.filled(what("3", "", "")).filter().databaseMap()).isEqualTo("3:0");
    assertThat(TO.filled(what("2,3", "2", "")).filter().databaseMap()).isEqualTo("3:0");
    assertThat(TO.filled(what("0", "", "")).filter().databaseMap()).isEmpty();
    assertThat(TO.filled(what("", "", "")).filter().databaseMap()).isEmpty();
    assertThat(new ClusterDatabases(false, false).filled(what("3", "", "")))
        .isEqualTo(what("3", "", ""));
    ClusterDatabases from = new ClusterDatabases(true, false);
    assertThat(from.filled(what("", "", "0:3")).databases()).isEqualTo("0");
    assertThat(from.filled(what("", "", ""))).isEqualTo(what("", "", ""));
    assertThat(from.narrowed("", what("", "", "0:3").filterSpec())).isEqualTo("0");
    assertThat(from.narrowed("", what("", "", "").filterSpec())).isEmpty();
    assertThat(TO.shown(what("3", "", "3:0"))).isEqualTo(what("3", "", ""));
    assertThat(TO.shown(what("3", "", "3:4"))).isEqualTo(what("3", "", "3:4"));
  }

  @ParameterizedTest
  @CsvSource({
    "false, true, '0,3', '', '', databases",
    "false, true, 3, '', 3:1, filter.databaseMap",
    "false, true, '', 0, 3:4, filter.databaseMap",
    "true, false, 3, '', '', databases",
    "true, false, '', 3, '', filter.excludeDatabases",
    "true, false, '', '', 3:0, filter.databaseMap",
    "true, true, 0, '', 0:3, filter.databaseMap",
    "true, true, '', '', 0:3, filter.databaseMap",
    "false, false, '', '', 0:3, filter.databaseMap",
  })
  void refusesWhatAClusterHasNot(
      boolean from, boolean to, String databases, String without, String map, String field) {
    ClusterDatabases clusters = new ClusterDatabases(from, to);
    WhatForm form = clusters.filled(what(databases, without, map));
    assertThat(clusters.problems(form)).extracting(Problem::field).containsExactly(field);
  }

  @ParameterizedTest
  @CsvSource({
    "false, true, '', '', ''",
    "false, true, 3, '', ''",
    "false, true, '2,3', 2, ''",
    "false, true, '', 0, 3:0",
    "true, false, 0, '', 0:3",
    "true, false, '', '', 0:3",
    "false, false, '', 3, 0:3",
    "true, true, 0, '', ''",
  })
  void takesTheRest(boolean from, boolean to, String databases, String without, String map) {
    ClusterDatabases clusters = new ClusterDatabases(from, to);
    WhatForm form = what(databases, without, map);
    assertThat(form.problems()).isEmpty();
    assertThat(clusters.problems(clusters.filled(form))).isEmpty();
  }

  private static WhatForm what(String databases, String without, String map) {
    FilterForm filter = new FilterForm(without, map, "", "", "", "", "", "");
    return new WhatForm("SYNC", databases, "REFUSE", "STOP", filter);
  }
}
