package io.cachesync.agent.repair;

import io.cachesync.agent.checkpoint.DatabaseKey;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.source.ValuesAtOffset;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FormerValue;
import io.cachesync.contract.NamedKey;
import io.cachesync.contract.RepairReason;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads what a target has under keys that are about to be written, and keeps it. */
public final class FormerValues implements Closeable {
  private final EndValues target;

  public FormerValues(RedisClient target) {
    this.target = new EndValues(target);
  }

  /**
   * Keeps what these have.
   *
   * @param keys under their names at the target
   * @throws RedisException DISK_FULL where the undo file cannot be written, or what the target
   *     answered
   */
  public Kept keep(List<DatabaseKey> keys, UndoSink undo) throws RedisException {
    Map<DatabaseKey, NotRepaired> refused = new HashMap<>();
    Set<DatabaseKey> absent = new HashSet<>();
    target.read(
        keys,
        values -> {
          List<FormerValue> kept = new ArrayList<>();
          for (ValuesAtOffset.Value value : values) {
            if (value.state() == ValuesAtOffset.State.ABSENT) {
              absent.add(value.key());
            }
            switch (value.state()) {
              case PRESENT, ABSENT -> kept.add(former(value));
              case TOO_LARGE ->
                  refused.put(value.key(), NotRepaired.because(RepairReason.TARGET_TOO_LARGE));
              case UNDECIDED ->
                  refused.put(value.key(), NotRepaired.because(RepairReason.HIDDEN_AT_TARGET));
            }
          }
          write(kept, undo);
        });
    return new Kept(refused, absent);
  }

  /**
   * What became of keys that were to be kept.
   *
   * @param refused those that could not be kept, and must not be written, with why
   * @param absent those that the target does not have
   */
  public record Kept(Map<DatabaseKey, NotRepaired> refused, Set<DatabaseKey> absent) {}

  /**
   * Takes back what was kept last of these: nothing was written there.
   *
   * @throws RedisException DISK_FULL where the undo file cannot be written
   */
  public static void takeBack(Collection<DatabaseKey> keys, UndoSink undo) throws RedisException {
    if (!keys.isEmpty()) {
      write(
          keys.stream()
              .map(key -> FormerValue.voided(NamedKey.of(key.database(), key.key())))
              .toList(),
          undo);
    }
  }

  private static void write(List<FormerValue> values, UndoSink undo) throws RedisException {
    try {
      undo.keep(values);
    } catch (IOException e) {
      throw new RedisException(
          Fault.fatal(FaultCode.DISK_FULL, "the undo file cannot be written: " + e.getMessage()),
          e);
    }
  }

  private static FormerValue former(ValuesAtOffset.Value value) {
    NamedKey key = NamedKey.of(value.key().database(), value.key().key());
    boolean present = value.state() == ValuesAtOffset.State.PRESENT;
    return new FormerValue(
        key.database(),
        key.key(),
        key.keyBase64(),
        present,
        value.expireAtMillis(),
        Base64.getEncoder().encodeToString(value.dump()));
  }

  @Override
  public void close() {
    target.close();
  }
}
