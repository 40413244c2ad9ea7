package io.cachesync.agent.verify;

import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.resp.RespValue;
import io.cachesync.contract.DifferenceKind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Compares what has no order: scans the one side piece by piece and asks the other for each
 * element; then the other way round, unless both have as many and nothing was missing.
 */
final class ScannedComparer implements ValueComparer {
  /** What is scanned, and how the other side is asked. */
  enum Form {
    SET("SSCAN", 1, DifferenceKind.MEMBER_MISSING, DifferenceKind.MEMBER_EXTRA),
    ZSET("ZSCAN", 2, DifferenceKind.MEMBER_MISSING, DifferenceKind.MEMBER_EXTRA),
    HASH("HSCAN", 2, DifferenceKind.FIELD_MISSING, DifferenceKind.FIELD_EXTRA);

    private final String scan;
    private final int stride;
    private final DifferenceKind missing;
    private final DifferenceKind extra;

    Form(String scan, int stride, DifferenceKind missing, DifferenceKind extra) {
      this.scan = scan;
      this.stride = stride;
      this.missing = missing;
      this.extra = extra;
    }
  }

  private static final byte[] THERE = {'1'};

  private final Form form;

  ScannedComparer(Form form) {
    this.form = form;
  }

  @Override
  public void compare(Pair pair, long sourceLength, long targetLength, Findings findings)
      throws IOException {
    Pass forward = new Pass(pair, findings, false);
    forward.run(sourceLength);
    // Fields that have expired count until they are removed, and are not scanned.
    boolean sameNumber = sourceLength == targetLength && sourceLength == forward.seen;
    if (!sameNumber || forward.missing > 0 || forward.sawTimes) {
      new Pass(pair, findings, true).run(targetLength);
    }
  }

  /** One way through a key. */
  private final class Pass {
    private final Pair pair;
    private final Findings findings;
    private final boolean backward;
    private final Wire scanned;
    private final Wire asked;
    private long seen;
    private long missing;
    private boolean sawTimes;

    private Pass(Pair pair, Findings findings, boolean backward) {
      this.pair = pair;
      this.findings = findings;
      this.backward = backward;
      this.scanned = backward ? pair.target() : pair.source();
      this.asked = backward ? pair.source() : pair.target();
    }

    private void run(long elements) throws IOException {
      int step = pair.elementsAtOnce(elements);
      byte[] cursor = {'0'};
      do {
        RespValue reply = pair.ask(scanned, form.scan, cursor, "COUNT", step);
        cursor = reply.elements().get(0).bytes();
        List<RespValue> flat = reply.elements().get(1).elements();
        for (int from = 0; from < flat.size(); from += step * form.stride) {
          piece(flat.subList(from, Math.min(flat.size(), from + step * form.stride)));
        }
      } while (!(cursor.length == 1 && cursor[0] == '0'));
    }

    private void piece(List<RespValue> flat) throws IOException {
      List<byte[]> names = new ArrayList<>(flat.size());
      for (int i = 0; i < flat.size(); i += form.stride) {
        names.add(flat.get(i).bytes());
      }
      seen += names.size();
      boolean times = form == Form.HASH && !backward && hasTimes();
      sendLookUp(names);
      if (times) {
        sendTimes(pair.source(), names);
        sendTimes(pair.target(), names);
        pair.source().flush();
      }
      asked.flush();
      byte[][] found = readLookUp(names.size());
      List<RespValue> sourceTimes = times ? readTimes(pair.source()) : List.of();
      List<RespValue> targetTimes = times ? readTimes(pair.target()) : List.of();
      for (int i = 0; i < names.size(); i++) {
        byte[] here = form.stride == 1 ? THERE : flat.get(i * form.stride + 1).bytes();
        compare(names.get(i), here, found[i]);
        if (times) {
          compareTimes(names.get(i), at(sourceTimes, i), at(targetTimes, i), found[i] != null);
        }
      }
    }

    private void compare(byte[] name, byte[] here, byte[] there) {
      byte[] shown = form == Form.SET ? null : here;
      if (there == null) {
        missing++;
        if (backward) {
          findings.add(form.extra, name, null, shown);
        } else {
          findings.add(form.missing, name, shown, null);
        }
      } else if (!backward && form == Form.ZSET && !Score.isSame(here, there)) {
        findings.add(DifferenceKind.SCORE, name, here, there);
      } else if (!backward && form == Form.HASH && !Arrays.equals(here, there)) {
        findings.add(DifferenceKind.FIELD_VALUE, name, here, there);
      }
    }

    /** Of fields that are about to expire nothing is said. */
    private void compareTimes(byte[] name, long source, long target, boolean there)
        throws RedisException {
      sawTimes |= source > 0 || target > 0;
      if (!there || source == Expiry.ABSENT || target == Expiry.ABSENT) {
        return;
      }
      boolean same =
          source > 0 && target > 0
              ? Expiry.isLike(source, target, pair.toleranceMillis(), pair.aheadMillis())
              : source > 0 == target > 0;
      if (!same) {
        findings.addWhateverItShows(DifferenceKind.FIELD_TTL, name, time(source), time(target));
      }
    }

    private boolean hasTimes() {
      return pair.source().side().features().fieldExpiry()
          || pair.target().side().features().fieldExpiry();
    }

    private void sendTimes(Wire of, List<byte[]> names) throws IOException {
      if (of.side().features().fieldExpiry()) {
        pair.send(of, "HPEXPIRETIME", List.of("FIELDS", names.size()), names);
      }
    }

    private List<RespValue> readTimes(Wire of) throws IOException {
      return of.side().features().fieldExpiry() ? pair.read(of).elements() : List.of();
    }

    private void sendLookUp(List<byte[]> names) throws IOException {
      if (form == Form.HASH) {
        pair.send(asked, "HMGET", List.of(), names);
      } else if (asked.side().features().manyMembers()) {
        pair.send(asked, form == Form.SET ? "SMISMEMBER" : "ZMSCORE", List.of(), names);
      } else {
        for (byte[] name : names) {
          pair.send(asked, form == Form.SET ? "SISMEMBER" : "ZSCORE", name);
        }
      }
    }

    /** Of each name what was found, or null. */
    private byte[][] readLookUp(int count) throws IOException {
      byte[][] found = new byte[count][];
      boolean many = form == Form.HASH || asked.side().features().manyMembers();
      List<RespValue> all = many ? pair.read(asked).elements() : null;
      for (int i = 0; i < count; i++) {
        RespValue one = many ? all.get(i) : pair.read(asked);
        if (form == Form.SET) {
          found[i] = one.integer() == 1 ? THERE : null;
        } else {
          found[i] = one.isNull() ? null : one.bytes();
        }
      }
      return found;
    }
  }

  private static long at(List<RespValue> times, int index) throws IOException {
    return index < times.size() ? times.get(index).integer() : Expiry.NEVER;
  }

  private static byte[] time(long atMillis) {
    return Excerpt.bytes(atMillis > 0 ? "expires at " + atMillis + " ms" : "no time to live");
  }
}
