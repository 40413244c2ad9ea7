package io.cachesync.web.check;

import io.cachesync.contract.LogLine;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.springframework.stereotype.Component;

/** What the agents of checks, and the programs that they run, say while they work. */
@Component
class CheckLogs {
  /** Of a check; older lines are not kept. */
  static final int KEPT = 500;

  private static final int LONGEST = 500;

  private final CheckLogMapper logs;

  CheckLogs(CheckLogMapper logs) {
    this.logs = logs;
  }

  void add(long checkId, List<LogLine> lines) {
    if (lines.isEmpty()) {
      return;
    }
    logs.insert(
        checkId,
        lines.stream()
            .map(
                line ->
                    new CheckLogMapper.Line(
                        Instant.ofEpochMilli(line.atMillis()), line.level(), cut(line.text())))
            .toList());
    logs.keepNewest(checkId, KEPT);
  }

  /** The newest ones, oldest of them first. */
  List<CheckLogMapper.Line> newest(long checkId, int most) {
    List<CheckLogMapper.Line> lines = new ArrayList<>(logs.newest(checkId, most));
    Collections.reverse(lines);
    return lines;
  }

  private static String cut(String text) {
    return text.codePointCount(0, text.length()) <= LONGEST
        ? text
        : text.substring(0, text.offsetByCodePoints(0, LONGEST - 1)) + "…";
  }
}
