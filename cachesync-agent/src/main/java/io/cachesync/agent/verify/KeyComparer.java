package io.cachesync.agent.verify;

import io.cachesync.agent.resp.RespValue;
import io.cachesync.contract.CheckMode;
import io.cachesync.contract.DifferenceKind;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;

/** Looks at one key closely, whatever it is and however large. For one thread. */
final class KeyComparer {
  private final CheckMode mode;
  private final long bigElements;
  private final Pair pair;
  private final KeyChoice choice;
  private final Map<ValueType, ValueComparer> comparers = new EnumMap<>(ValueType.class);

  KeyComparer(CheckMode mode, long bigElements, Pair pair, KeyChoice choice) {
    this.mode = mode;
    this.bigElements = bigElements;
    this.pair = pair;
    this.choice = choice;
    comparers.put(ValueType.STRING, new StringComparer());
    comparers.put(ValueType.LIST, new ListComparer());
    comparers.put(ValueType.SET, new ScannedComparer(ScannedComparer.Form.SET));
    comparers.put(ValueType.ZSET, new ScannedComparer(ScannedComparer.Form.ZSET));
    comparers.put(ValueType.HASH, new ScannedComparer(ScannedComparer.Form.HASH));
    comparers.put(ValueType.STREAM, new StreamComparer());
    comparers.put(ValueType.OTHER, new WholeComparer());
  }

  /**
   * What is unlike.
   *
   * @param key as the source calls it
   */
  Findings look(byte[] key) throws IOException {
    pair.of(key, choice.atTarget(key));
    Findings findings = new Findings();
    try {
      look(findings);
    } catch (KeyChanged e) {
      findings.addFleeting(DifferenceKind.TYPE, null, null, Excerpt.bytes(e.getMessage()));
    }
    return findings;
  }

  private void look(Findings findings) throws IOException {
    Outline source = new Outline();
    Outline target = new Outline();
    long sent = System.currentTimeMillis();
    send(pair.source());
    send(pair.target());
    pair.source().flush();
    pair.target().flush();
    read(pair.source(), source, sent);
    read(pair.target(), target, sent);
    findings.type(source.isAbsent() ? target.type : source.type);
    if (!choice.takesType(findings.type())) {
      return;
    }
    if (source.isAbsent() || target.isAbsent()) {
      tellAbsent(source, target, findings);
      return;
    }
    if (!source.type.equals(target.type)) {
      findings.add(DifferenceKind.TYPE, null, source.type, target.type);
      return;
    }
    if (!source.expiry.isLike(target.expiry, pair.toleranceMillis(), pair.aheadMillis())) {
      findings.addWhateverItShows(
          DifferenceKind.TTL,
          null,
          Excerpt.bytes(source.expiry.text()),
          Excerpt.bytes(target.expiry.text()));
    }
    if (mode != CheckMode.OUTLINE) {
      compareValue(ValueType.of(Excerpt.bytes(source.type)), findings);
    }
  }

  private void send(Wire of) throws IOException {
    pair.send(of, "TYPE");
    pair.send(of, Expiry.command(of.side().features()));
  }

  private void read(Wire of, Outline outline, long sentMillis) throws IOException {
    outline.type = pair.read(of).text();
    RespValue expiry = pair.read(of);
    outline.expiry = Expiry.of(expiry, pair.nodeOf(of), of.side().features(), sentMillis);
  }

  private void tellAbsent(Outline source, Outline target, Findings findings) {
    if (source.isAbsent() && target.isAbsent()) {
      return;
    }
    Outline there = source.isAbsent() ? target : source;
    DifferenceKind kind = source.isAbsent() ? DifferenceKind.EXTRA : DifferenceKind.MISSING;
    byte[] fromSource = source.isAbsent() ? null : Excerpt.bytes(source.expiry.text());
    byte[] fromTarget = target.isAbsent() ? null : Excerpt.bytes(target.expiry.text());
    if (there.expiry.isDue(pair.toleranceMillis())) {
      findings.addFleeting(kind, null, fromSource, fromTarget);
    } else {
      findings.addWhateverItShows(kind, null, fromSource, fromTarget);
    }
  }

  private void compareValue(ValueType type, Findings findings) throws IOException {
    if (type == ValueType.OTHER) {
      comparers.get(type).compare(pair, 0, 0, findings);
      return;
    }
    // A string is read in pieces of one size, however large it is.
    if (type != ValueType.STRING && pair.source().side().features().memoryUsage()) {
      RespValue bytes = pair.ask(pair.source(), "MEMORY USAGE");
      pair.valueBytes(bytes.isNull() ? 0 : bytes.integer());
    }
    Pair.Both lengths = pair.ask(type.lengthCommand());
    long source = lengths.source().integer();
    long target = lengths.target().integer();
    boolean lengthOnly =
        mode == CheckMode.LENGTH || (mode == CheckMode.SMART && source >= bigElements);
    if (source != target && (lengthOnly ? !isSameHyperLogLog(type) : type == ValueType.LIST)) {
      findings.add(DifferenceKind.LENGTH, null, Long.toString(source), Long.toString(target));
    }
    if (!lengthOnly) {
      comparers.get(type).compare(pair, source, target, findings);
    }
  }

  /** One that is dense and one that is sparse are equal and not of the same length. */
  private boolean isSameHyperLogLog(ValueType type) throws IOException {
    if (type != ValueType.STRING) {
      return false;
    }
    Pair.Both both = pair.ask("GETRANGE", 0, HyperLogLog.MOST_BYTES);
    return HyperLogLog.sameCounts(both.source().bytes(), both.target().bytes());
  }

  /** What is known of a key before its value. */
  private static final class Outline {
    private String type;
    private Expiry expiry;

    private boolean isAbsent() {
      return type.equals("none") || expiry.isAbsent();
    }
  }
}
