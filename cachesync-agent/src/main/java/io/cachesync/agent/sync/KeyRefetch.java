package io.cachesync.agent.sync;

import io.cachesync.agent.checkpoint.Checkpoint;
import io.cachesync.agent.checkpoint.DatabaseKey;
import io.cachesync.agent.checkpoint.HealRecord;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.source.ValuesAtOffset;
import io.cachesync.agent.writer.Doubt;
import io.cachesync.agent.writer.LaneWriter;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;
import io.cachesync.contract.HealReason;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * Fetches keys again, a few at a time: writes their values in the lane together with the offset
 * that they are of, and lists those of which the target does not get what it should. For the
 * applying thread.
 */
final class KeyRefetch {
  /** The source has no such database, and so nothing was written there; 2.8 to 3.2, later ones. */
  private static final Pattern NO_DATABASE =
      Pattern.compile("invalid DB index|DB index is out of range");

  private static final int KEYS_AT_ONCE = 100;

  private final LinkState state;
  private final LiveValues values;
  private final DeadLetters letters;
  private LaneWriter writer;
  private HealRecord record;
  private Ahead ahead;

  KeyRefetch(LinkState state, LiveValues values, DeadLetters letters) {
    this.state = state;
    this.values = values;
    this.letters = letters;
  }

  /**
   * Goes on with what was read at the target beside its checkpoint.
   *
   * @param aheadOf of that record; what is fetched here is ahead then
   */
  void use(HealRecord found, Ahead aheadOf) {
    record = found;
    ahead = aheadOf;
  }

  void writeTo(LaneWriter lane) {
    writer = lane;
  }

  /**
   * What keys are fetched again for.
   *
   * @param part of the stream that left them in doubt, or that they are fetched in
   * @param causes why each is
   * @param deadCommands takes the offsets of those of which the target does not have all
   * @param replId of the stream as it is being received
   */
  record Errand(
      OpenDoubt part,
      Function<DatabaseKey, DoubtWalk.Cause> causes,
      Set<Long> deadCommands,
      Supplier<String> replId) {
    DoubtWalk.Cause cause(DatabaseKey key) {
      return causes.apply(key);
    }
  }

  /** Nothing is under way, nothing is appended. */
  void fetch(List<DatabaseKey> keys, Errand errand) throws IOException, InterruptedException {
    for (int done = 0; done < keys.size(); ) {
      done += some(keys.subList(done, Math.min(keys.size(), done + KEYS_AT_ONCE)), errand);
    }
  }

  /** Returns how many of the keys were dealt with, from the first on. */
  private int some(List<DatabaseKey> keys, Errand errand) throws IOException, InterruptedException {
    state.control().check();
    ValuesAtOffset.Values fetched;
    try {
      fetched = values.fetch(keys, errand.part().end(), errand.replId());
    } catch (RedisException e) {
      if (e.fault().code() != FaultCode.NO_PERMISSION) {
        throw e;
      }
      if (keys.size() > 1) {
        // One that is refused does not take the others with it.
        for (DatabaseKey key : keys) {
          some(List.of(key), errand);
        }
      } else if (!NO_DATABASE.matcher(e.fault().message()).find()) {
        DatabaseKey key = keys.get(0);
        bury(key, e.fault().message(), errand);
        writer.appendHealRecord("HMSET", stays(key, errand));
      }
      return keys.size();
    }
    write(fetched.values(), errand);
    return fetched.values().size();
  }

  private void write(List<ValuesAtOffset.Value> fetched, Errand errand) throws IOException {
    List<ValuesAtOffset.Value> written = new ArrayList<>();
    Set<DatabaseKey> inPart = new HashSet<>();
    List<byte[]> words = new ArrayList<>();
    for (ValuesAtOffset.Value each : fetched) {
      String error = unreadable(each.state());
      if (!error.isEmpty()) {
        bury(each.key(), error, errand);
        words.addAll(stays(each.key(), errand));
        continue;
      }
      String missing = append(each, written.size());
      if (!missing.isEmpty()) {
        inPart.add(each.key());
        DoubtWalk.Cause cause = errand.cause(each.key());
        errand.deadCommands().add(cause.offset());
        letters.buryUnsupported(cause.offset(), cause.command(), each.key(), missing);
      }
      written.add(each);
      words.add(HealRecord.aheadField(each.key()));
      if (writer.stopsAtRefusal(each.dump())) {
        // Ends the link where it is refused; then the next start fetches it once more.
        record.unanswered().add(each.key());
      }
      boolean asked = record.unanswered().contains(each.key());
      long upTo = each.offset();
      words.add(asked ? HealRecord.unansweredUpTo(upTo) : HealRecord.aheadUpTo(upTo));
    }
    if (!words.isEmpty()) {
      writer.appendHealRecord("HMSET", words);
      Checkpoint at = writer.acknowledged();
      writer.send(at.since(errand.part().start(), errand.part().startDatabase()));
      List<Doubt> refused = writer.await();
      written.forEach(each -> ahead.put(each.key(), each.offset()));
      for (Doubt doubt : refused) {
        refused(doubt, written, errand);
      }
      for (ValuesAtOffset.Value each : written) {
        if (each != null && !inPart.contains(each.key())) {
          record.countHealed(errand.cause(each.key()).reason(), 1);
        }
      }
    }
  }

  /** Returns why the target does not get all of it, or nothing. */
  private String append(ValuesAtOffset.Value fetched, int number) throws IOException {
    if (fetched.state() == ValuesAtOffset.State.ABSENT) {
      writer.appendAbsent(number, fetched.key());
      return "";
    }
    return writer.appendValue(number, fetched.key(), fetched.dump(), fetched.expireAtMillis());
  }

  /**
   * The target has not taken a value.
   *
   * @param written by what a doubt knows them by; null in place of those that were refused
   */
  private void refused(Doubt doubt, List<ValuesAtOffset.Value> written, Errand errand)
      throws FaultException {
    ValuesAtOffset.Value of = written.get((int) doubt.offset());
    if (of == null) {
      return; // Another command of the same value was refused too.
    }
    DatabaseKey key = of.key();
    if (writer.stopsAtRefusal(of.dump())) {
      throw new FaultException(writer.faultOfRefusal(key, of.dump(), doubt.fault()));
    }
    ahead.remove(key);
    List<byte[]> stays = stays(key, errand);
    if (stays.isEmpty()) {
      writer.appendHealRecord("HDEL", List.of(HealRecord.aheadField(key)));
    } else {
      writer.appendHealRecord("HMSET", stays);
    }
    bury(key, writer.whyRefused(of.dump(), doubt.fault()), errand);
    written.set((int) doubt.offset(), null);
  }

  /** Why there is nothing that could be written, or nothing. */
  private static String unreadable(ValuesAtOffset.State state) {
    return state == ValuesAtOffset.State.TOO_LARGE
        ? "the value is larger than can be fetched in one piece"
        : "";
  }

  /**
   * The words of a key of a fetched slot that was not written, though the source has it, or may: it
   * is ahead as far as the fetch goes, so that nothing takes it for one that is gone.
   */
  private List<byte[]> stays(DatabaseKey key, Errand errand) {
    DoubtWalk.Cause cause = errand.cause(key);
    if (cause.reason() != HealReason.SLOT_MOVED) {
      return List.of();
    }
    ahead.put(key, cause.offset());
    return List.of(HealRecord.aheadField(key), HealRecord.aheadUpTo(cause.offset()));
  }

  private void bury(DatabaseKey key, String error, Errand errand) {
    DoubtWalk.Cause cause = errand.cause(key);
    if (cause.reason() == HealReason.TIME_UNCERTAIN) {
      return; // Its value is right, and the source's DEL will come.
    }
    errand.deadCommands().add(cause.offset());
    letters.bury(HealRecord.letter(cause.offset(), cause.command(), key, error));
  }
}
