package io.cachesync.agent.cli;

import io.cachesync.contract.JobReport;
import io.cachesync.contract.Ledger;
import io.cachesync.contract.LinkStatus;
import io.cachesync.contract.Phase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What is said of a sync that has ended: what was done, and how to go on. */
final class EndLines {
  private static final String NOT_YET = "not applied yet";

  private EndLines() {}

  static List<String> of(JobReport last, Duration took) {
    List<String> lines = new ArrayList<>();
    boolean isOne = last.links().size() == 1;
    for (LinkStatus link : last.links()) {
      Phase phase = isOne ? last.phase() : link.phase();
      String which = isOne ? "" : "link " + link.link() + ": ";
      lines.add(which + phase + " after " + ProgressLines.plain(took) + done(link, phase) + '.');
    }
    if (last.phase() == Phase.STOPPED) {
      lines.add(goOn(last.links()));
    }
    return lines;
  }

  private static String done(LinkStatus link, Phase phase) {
    if (phase == Phase.DONE || isInStream(link)) {
      String copied =
          link.keysApplied() > 0 || phase == Phase.DONE
              ? text(": %,d keys in the full sync%s", copied(link), leftOut(link))
              : "";
      return copied + (copied.isEmpty() ? ": " : "; ") + commands(link.ledger(), phase);
    }
    if (link.keysApplied() <= 0) {
      return phase == Phase.FAILED ? ", and copied nothing" : ", before the first key was copied";
    }
    String all = link.keys() > 0 ? text(" of %,d", Math.max(link.keys(), copied(link))) : "";
    return text(", in the full sync: %,d%s keys were copied", copied(link), all);
  }

  /** The first offset is known once all of the full sync is there. */
  private static boolean isInStream(LinkStatus link) {
    return link.appliedOffset() >= 0;
  }

  private static long copied(LinkStatus link) {
    return Math.max(0, link.keysApplied());
  }

  /** What the target's version has no place for. */
  private static String leftOut(LinkStatus link) {
    long keys = link.unsupportedKeys();
    return keys == 0 ? "" : text(" (and functions; not moved, or not as a whole: %,d)", keys);
  }

  private static String commands(Ledger ledger, Phase phase) {
    if (ledger.read() == 0) {
      return "no command came in the stream";
    }
    StringBuilder told = new StringBuilder(text("of %,d commands", ledger.read()));
    String before = " ";
    Object[][] all = {
      {"applied", ledger.applied()},
      {"at the target already", ledger.skippedOnResume()},
      {"left out by the filter", ledger.filtered()},
      {"without effect of their own (PING, SELECT, MULTI)", ledger.folded()},
      {"replaced by fetching their keys again", ledger.healed()},
      {"not applicable (dead letters, see the log)", ledger.deadLetters()},
      {
        // Only a job that ends with its full sync is done before they are applied.
        phase == Phase.DONE ? "written after the full sync, which --full-only leaves out" : NOT_YET,
        ledger.waiting()
      }
    };
    for (Object[] each : all) {
      if ((long) each[1] > 0) {
        told.append(before).append(text("%,d %s", each[1], each[0]));
        before = ", ";
      }
    }
    return told.toString();
  }

  private static String goOn(List<LinkStatus> links) {
    boolean begun = links.stream().anyMatch(link -> !isInStream(link) && link.keysApplied() > 0);
    boolean streams = !links.isEmpty() && links.stream().allMatch(EndLines::isInStream);
    return "Run the same command to go on"
        + (streams ? " from here" : begun ? ": a full sync that was not finished begins again" : "")
        + (streams
            ? "; where it is not to go on, finish with the same --source and --target, or --task."
            : ".");
  }

  private static String text(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }
}
