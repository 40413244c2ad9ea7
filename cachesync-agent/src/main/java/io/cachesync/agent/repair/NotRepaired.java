package io.cachesync.agent.repair;

import io.cachesync.agent.source.ValuesAtOffset;
import io.cachesync.contract.NamedKey;
import io.cachesync.contract.RepairCourse;
import io.cachesync.contract.RepairReason;
import io.cachesync.contract.RepairedKey;
import java.util.List;

/**
 * Why a key is not repaired.
 *
 * @param detail what belongs to the reason, otherwise empty
 * @param error the same in one English sentence, for who reads a terminal
 */
public record NotRepaired(RepairReason reason, String detail, String error) {
  /** Behind the error of a key of which some commands were executed and others refused. */
  private static final String IN_PART =
      "; a part of it was done: the target has neither this nor what it had (see the undo file)";

  /** One that is told by its reason alone. */
  public static NotRepaired because(RepairReason reason) {
    return new NotRepaired(
        reason,
        "",
        switch (reason) {
          case NOT_WITHIN_TASK ->
              "none of the sources has it, and a running task of several sources cannot remove it:"
                  + " another source may write it meanwhile, which no lane sees of another. Finish"
                  + " the task, then repair";
          case CAME_LATE -> "it came to a source only after this repair had begun: repair it again";
          case OTHER_SOURCE -> "another of the sources has it by now";
          case SOURCE_TOO_LARGE -> "the value is larger than can be fetched in one piece";
          case TARGET_TOO_LARGE ->
              "what the target has is larger than %d MB, and cannot be kept"
                  .formatted(ValuesAtOffset.MAX_VALUE_BYTES >> 20);
          case HIDDEN_AT_SOURCE ->
              "the source, a replica, hides the key as expired while its master still has it";
          case HIDDEN_AT_TARGET -> "the target is a replica, and hides the key";
          case WRITTEN_ALL_THE_TIME -> "somebody else writes it at the target all the time";
          case TASKS_ALL_THE_TIME -> "tasks come to the target and go all the time";
          case NOT_IN_TASK -> "no source of the task has the address that was given";
          case OTHER_JOB -> "another job of the task copies the shard of the key: ask that one";
          case SEVERAL_SOURCES, NAME_UNKNOWN, NOT_WHOLE, REFUSED, REFUSED_IN_PART, UNKNOWN ->
              throw new IllegalArgumentException(reason + " says more than its name");
        });
  }

  /** Null where a value could be read. */
  public static NotRepaired read(ValuesAtOffset.State state) {
    return switch (state) {
      case TOO_LARGE -> because(RepairReason.SOURCE_TOO_LARGE);
      case UNDECIDED -> because(RepairReason.HIDDEN_AT_SOURCE);
      case ABSENT, PRESENT -> null;
    };
  }

  /**
   * @param words of the server, or of the fault that kept it from being asked
   */
  public static NotRepaired refused(String words) {
    return new NotRepaired(RepairReason.REFUSED, words, words);
  }

  /** The same where other commands of the value were executed. */
  public static NotRepaired refusedInPart(String words) {
    return new NotRepaired(RepairReason.REFUSED_IN_PART, words, words + IN_PART);
  }

  /**
   * @param missing what the target does not get of it
   */
  public static NotRepaired notWhole(String missing) {
    return new NotRepaired(RepairReason.NOT_WHOLE, missing, missing);
  }

  /**
   * @param addresses of the sources that have it
   */
  public static NotRepaired ofSeveral(List<String> addresses) {
    return new NotRepaired(
        RepairReason.SEVERAL_SOURCES,
        String.join(", ", addresses),
        String.join(" and ", addresses)
            + " have it, so nobody can tell which value is right: remove it at one of them, or"
            + " repair from a check of the one that is right");
  }

  /** What became of a key; {@code why} may be null. */
  public static RepairedKey key(NamedKey key, RepairCourse course, NotRepaired why) {
    return why == null
        ? new RepairedKey(key, course)
        : new RepairedKey(key, course, why.error(), why.reason(), why.detail());
  }
}
