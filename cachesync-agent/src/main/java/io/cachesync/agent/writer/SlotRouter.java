package io.cachesync.agent.writer;

import io.cachesync.agent.command.Command;
import io.cachesync.agent.command.Keys;
import io.cachesync.agent.entry.StreamCommand;
import io.cachesync.agent.redis.HashSlot;
import java.util.Arrays;

/**
 * Which hash slots the keys of a command of the stream fall in. Reused: what it says is of the last
 * command looked at. Does not allocate, but for commands with more keys than any before.
 */
public final class SlotRouter {
  /** Where the keys of a command lie. */
  public enum Route {
    /** In one slot: the command goes there as it is. */
    ONE_SLOT,
    /**
     * In several, and each key is a matter of its own: the command is the same as one for each slot
     * (DEL, UNLINK, MSET, MSETNX, whose condition the source has decided).
     */
    SPLIT,
    /**
     * In several, and what becomes of one hangs on another, or in several as a cluster reads the
     * command: no cluster takes it.
     */
    CROSSES,
    /** The command names no key. */
    KEYLESS
  }

  private final StreamArguments arguments = new StreamArguments();
  private final Keys.Visitor visitor = this::visit;
  private StreamCommand command;
  private int[] keys = new int[16];
  private int[] slots = new int[16];
  private int size;
  private boolean several;

  public Route route(Command of, StreamCommand in) {
    command = in;
    size = 0;
    several = false;
    of.keys().visit(arguments.of(in), visitor);
    if (size == 0) {
      return Route.KEYLESS;
    }
    if (!several) {
      return isMisread(of) ? Route.CROSSES : Route.ONE_SLOT;
    }
    return argumentsOfKey(of) > 0 ? Route.SPLIT : Route.CROSSES;
  }

  /** Number of keys. */
  public int size() {
    return size;
  }

  /** The argument that a key is. */
  public int argument(int key) {
    return keys[key];
  }

  public int slot(int key) {
    return slots[key];
  }

  /** The slot of the first key; of all, where {@link Route#ONE_SLOT} was said. */
  public int slot() {
    return slots[0];
  }

  /**
   * The arguments that belong to a key, itself included, in a command whose keys are each a matter
   * of their own: 1 for DEL, 2 for MSET. 0 for other commands.
   */
  static int argumentsOfKey(Command command) {
    return switch (command.name()) {
      case "DEL", "UNLINK" -> 1;
      case "MSET", "MSETNX" -> 2;
      default -> 0;
    };
  }

  /**
   * Whether a cluster looks for SORT's destination in the wrong place: it sees an option in a
   * destination that is named like one (db.c, sortGetKeys).
   */
  private boolean isMisread(Command of) {
    if (of.form() != Command.Form.SORT) {
      return false;
    }
    for (int i = 2; i < command.count() - 2; i++) {
      int next = i + 1;
      if (command.is(i, "STORE")
          && (command.is(next, "STORE")
              || command.is(next, "LIMIT")
              || command.is(next, "BY")
              || command.is(next, "GET"))) {
        return true;
      }
    }
    return false;
  }

  private void visit(int argument) {
    if (size == keys.length) {
      keys = Arrays.copyOf(keys, size * 2);
      slots = Arrays.copyOf(slots, size * 2);
    }
    keys[size] = argument;
    slots[size] = HashSlot.of(command.buffer(), command.offset(argument), command.length(argument));
    several |= slots[size] != slots[0];
    size++;
  }
}
