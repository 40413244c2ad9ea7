package io.cachesync.web.check;

import io.cachesync.contract.CheckDifference;
import io.cachesync.contract.CheckReport;
import io.cachesync.contract.Fault;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.json.JsonMapper;

/**
 * Checks as background work changes them. Each move says where it comes from, so none is done
 * twice.
 */
@Component
class CheckStore {
  private static final int AT_ONCE = 200;

  /** Those in which a report may tell that it is over. */
  private static final Set<CheckState> REPORTED =
      EnumSet.of(CheckState.QUEUED, CheckState.RUNNING, CheckState.RECOVERING, CheckState.STOPPING);

  /** MySQL 5.7 takes 4 MB in one statement; so many characters of names are far from that. */
  private static final int CHARACTERS_AT_ONCE = 500_000;

  private static final int MESSAGE_MAX = 2000;

  private final CheckMapper checks;
  private final DifferenceMapper differences;
  private final JsonMapper json;
  private final Clock clock;

  CheckStore(CheckMapper checks, DifferenceMapper differences, JsonMapper json, Clock clock) {
    this.checks = checks;
    this.differences = differences;
    this.json = json;
    this.clock = clock;
  }

  Optional<Check> find(long id) {
    return checks.find(id);
  }

  List<Check> open() {
    return checks.inStates(CheckState.OPEN);
  }

  /** How many there are of each outcome. */
  List<CheckMapper.Tally> tallies() {
    return checks.tallies();
  }

  /** Of each two ends what their newest check found, newest first. */
  List<CheckMapper.Found> newestOfEnds(int most) {
    return checks.newestOfEnds(most);
  }

  CheckReport report(Check check) {
    return check.reportJson() == null
        ? null
        : json.readValue(check.reportJson(), CheckReport.class);
  }

  /** Takes what an agent says of a check that is not over. */
  @Transactional
  void take(Check check, CheckReport report) {
    long compared = report.settled().isEmpty() ? 0 : report.settled().get(0).keysCompared();
    checks.report(
        check.id(),
        json.writeValueAsString(report),
        compared,
        report.differentKeys(),
        report.settlingKeys());
    Instant now = clock.instant();
    checks.started(check.id(), now);
    switch (report.phase()) {
      case DONE, STOPPED, FAILED -> {
        for (CheckState from : REPORTED) {
          checks.move(check.id(), from, CheckState.COLLECTING, now);
        }
        checks.postpone(check.id(), null);
      }
      default -> {
        if (check.state() == CheckState.RECOVERING) {
          explain(check, null);
        }
        checks.move(check.id(), CheckState.QUEUED, CheckState.RUNNING, now);
        checks.move(check.id(), CheckState.RECOVERING, CheckState.RUNNING, now);
      }
    }
  }

  /** One that recovers does so until its new agent reports. */
  @Transactional
  void launched(Check check) {
    checks.started(check.id(), clock.instant());
    if (check.state() != CheckState.RECOVERING) {
      checks.explain(check.id(), null, null);
    }
    checks.postpone(check.id(), null);
    checks.move(check.id(), CheckState.QUEUED, CheckState.RUNNING, clock.instant());
  }

  /** Starts its agent again, later: that goes on where it was, if what it kept is still there. */
  @Transactional
  void again(Check check, Fault why, Duration later) {
    explain(check, why);
    checks.countRestart(check.id(), clock.instant().plus(later));
    checks.move(check.id(), CheckState.RUNNING, CheckState.RECOVERING, clock.instant());
  }

  @Transactional
  void end(Check check, CheckState to, Fault why) {
    explain(check, why);
    checks.move(check.id(), check.state(), to, clock.instant());
    checks.ended(check.id(), clock.instant());
  }

  void explain(Check check, Fault why) {
    String message = why == null ? null : why.message();
    checks.explain(
        check.id(),
        why == null ? null : why.code(),
        message == null || message.length() <= MESSAGE_MAX
            ? message
            : message.substring(0, MESSAGE_MAX));
  }

  void postpone(Check check, Duration later) {
    checks.postpone(check.id(), clock.instant().plus(later));
  }

  /** Forgets what was listed of a check, so that it can be listed anew. */
  Listing list(Check check) {
    differences.deleteOf(check.id());
    return new Listing(check.id());
  }

  boolean lease(long id, String owner, Instant now, Instant until) {
    return checks.lease(id, owner, now, until) == 1;
  }

  void renew(long id, String owner, Instant until) {
    checks.renew(id, owner, until);
  }

  void release(long id, String owner) {
    checks.release(id, owner);
  }

  /** Stores differences, some hundred at a time. */
  final class Listing {
    private final long checkId;
    private final List<DifferenceRow> waiting = new ArrayList<>();
    private int characters;
    private int listed;

    private Listing(long checkId) {
      this.checkId = checkId;
    }

    void add(CheckDifference found) {
      DifferenceRow row = DifferenceRow.of(checkId, found);
      waiting.add(row);
      characters += row.keyBase64().length();
      listed++;
      if (waiting.size() == AT_ONCE || characters > CHARACTERS_AT_ONCE) {
        flush();
      }
    }

    void close() {
      flush();
      checks.listed(checkId, listed);
    }

    private void flush() {
      if (!waiting.isEmpty()) {
        differences.insert(waiting);
        waiting.clear();
        characters = 0;
      }
    }
  }
}
