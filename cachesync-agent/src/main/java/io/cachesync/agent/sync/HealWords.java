package io.cachesync.agent.sync;

import io.cachesync.contract.HealReason;
import io.cachesync.contract.Healed;
import java.util.List;
import java.util.stream.Collectors;

/** What the log says of keys that were fetched again. */
final class HealWords {
  private HealWords() {}

  static long keys(List<Healed> healed) {
    return healed.stream().mapToLong(Healed::keys).sum();
  }

  /**
   * @param keys how many since this was last said
   * @param all how many since the full sync, by reason
   */
  static String sentence(long keys, List<Healed> all) {
    return "keys fetched again from the source and healed: %d; since the full sync %d (%s)"
        .formatted(
            keys,
            keys(all),
            all.stream()
                .map(each -> reason(each.reason()) + ": " + each.keys())
                .collect(Collectors.joining(", ")));
  }

  private static String reason(HealReason reason) {
    return switch (reason) {
      case REFUSED -> "a command was refused";
      case UNANSWERED -> "the end of a batch was not seen";
      case KEY_AHEAD -> "a command touched a key that was further on";
      case EXPIRED_EARLY -> "may have expired too early";
      case SOURCE_FAILED_OVER -> "lost by the source in a failover";
      case SCRIPT_TEXT -> "written by a script that newer servers run otherwise";
      case SLOT_MOVED -> "its slot moved at the source";
      case OLDER_TARGET ->
          "the target's version has no such command, or does something else for it";
      case CROSS_SLOT -> "a command crossed hash slots";
      case TIME_UNCERTAIN -> "when it expires was not certain";
      case INPUTS_NOT_MOVED -> "computed from keys that are not moved";
      case INPUTS_UNKNOWN -> "computed from keys that were not named";
      case SWEPT -> "left by a former full sync";
      case REPAIRED -> "repaired as it was asked";
      case UNKNOWN -> "another reason";
    };
  }
}
