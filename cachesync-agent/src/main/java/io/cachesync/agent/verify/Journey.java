package io.cachesync.agent.verify;

import io.cachesync.contract.CheckReport;
import io.cachesync.contract.CheckSpec;
import io.cachesync.contract.DifferenceKind;
import io.cachesync.contract.LimitSpec;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * How far a check has come: what another process needs to go on with it. Changed by the check's own
 * thread, and kept by another while the round {@linkplain Stillness stands still}.
 */
final class Journey {
  /** What another form of what is kept would be taken for is another check. */
  private static final String FORM = "2 ";

  private final CheckMemory memory;
  private final CheckSpec spec;
  private final int rounds;
  private final DifferenceSink differences;
  private final List<Side> sources;
  private final Side target;
  private final ScanPlaces places = new ScanPlaces();
  private final KeySums ofSource = new KeySums();
  private final KeySums ofTarget = new KeySums();
  private final List<CheckReport.Round> settled = new CopyOnWriteArrayList<>();
  private final Clock clock;
  private long startedMillis;
  private int resumes;

  /** When the round would have begun, had one process done all of it. */
  private volatile long roundBeganMillis;

  private volatile Round round;
  private Suspects former;
  private Suspects next;

  Journey(
      CheckMemory memory,
      CheckSpec spec,
      int rounds,
      DifferenceSink differences,
      List<Side> sources,
      Side target,
      Clock clock) {
    this.clock = clock;
    this.rounds = rounds;
    this.memory = memory;
    this.spec = spec;
    this.differences = differences;
    this.sources = sources;
    this.target = target;
  }

  /** Where the scans of the first round stand. */
  ScanPlaces places() {
    return places;
  }

  /** Of the keys of all sources, and of those of the target by their names at the source. */
  KeySums ofSource() {
    return ofSource;
  }

  KeySums ofTarget() {
    return ofTarget;
  }

  /** Rounds that are over. */
  List<CheckReport.Round> settled() {
    return settled;
  }

  long startedMillis() {
    return startedMillis;
  }

  /** How often another process has gone on. */
  int resumes() {
    return resumes;
  }

  /** The round that is on or was last, or null before the first. */
  Round round() {
    return round;
  }

  /** What the former round found, or null in the first. */
  Suspects former() {
    return former;
  }

  /** Begins the check, or goes on where a former process kept it last. */
  void begin(long nowMillis) throws IOException {
    startedMillis = nowMillis;
    try (DataInputStream in = memory.lasts() ? memory.kept(hash()) : null) {
      if (in != null) {
        read(in);
      } else {
        differences.goOn(0);
        beginRound(1);
      }
    }
    sources.forEach(Side::beginCounting);
    target.beginCounting();
  }

  /** The pause before the round is over. */
  void roundBegins() {
    roundBeganMillis = clock.millis();
  }

  /**
   * How long all processes have compared.
   *
   * @param nowMillis while a round is on
   */
  long comparedMillis(long nowMillis) {
    long over = settled.stream().mapToLong(CheckReport.Round::millis).sum();
    return settled.size() == round.number() ? over : over + nowMillis - roundBeganMillis;
  }

  /** The first round looks at these alone. */
  void lookOnlyAt(Suspects chosen) {
    former = chosen;
  }

  /** The round is over: goes over to the next, if any. */
  boolean nextRound() throws IOException {
    int number = round.number();
    settled.add(round.tally().report(number, clock.millis() - roundBeganMillis));
    if (number == rounds) {
      return false;
    }
    Suspects done = former;
    former = next;
    beginRound(number + 1);
    keep();
    if (done != null) {
      done.close();
    }
    return true;
  }

  /** Keeps how far it has come; nothing may be under way. */
  void keep() throws IOException {
    if (memory.lasts()) {
      memory.keep(hash(), this::write);
    }
  }

  /** It is over for good: nobody is to go on with it. */
  void forget() throws IOException {
    end();
    memory.close();
  }

  /** This process ends with it; what was kept stays where it lasts. */
  void end() throws IOException {
    if (former != null) {
      former.release();
    }
    if (next != null) {
      next.release();
    }
    if (!memory.lasts()) {
      memory.close();
    }
  }

  private void beginRound(int number) throws IOException {
    next = number < rounds ? new Suspects(memory.keysOf(number)) : null;
    round = new Round(number, next, differences::accept);
    roundBegins();
  }

  private void write(DataOutputStream out) throws IOException {
    out.writeInt(resumes);
    out.writeLong(startedMillis);
    out.writeInt(settled.size());
    for (CheckReport.Round each : settled) {
      write(out, each);
    }
    for (Side source : sources) {
      source.write(out);
    }
    target.write(out);
    out.writeLong(differences.keep());
    out.writeInt(round.number());
    out.writeLong(clock.millis() - roundBeganMillis);
    round.write(out);
    if (former != null) {
      former.write(out);
    } else {
      places.write(out);
      ofSource.write(out);
      ofTarget.write(out);
    }
    if (next != null) {
      next.write(out);
    }
  }

  private void read(DataInputStream in) throws IOException {
    resumes = in.readInt() + 1;
    startedMillis = in.readLong();
    for (int i = in.readInt(); i > 0; i--) {
      settled.add(readRound(in));
    }
    for (Side source : sources) {
      source.read(in);
    }
    target.read(in);
    differences.goOn(in.readLong());
    int number = in.readInt();
    roundBeganMillis = clock.millis() - in.readLong();
    Round kept = new Round(number, null, differences::accept);
    kept.read(in);
    if (number > 1) {
      former = Suspects.read(memory.keysOf(number - 1), in);
    } else {
      places.read(in);
      ofSource.read(in);
      ofTarget.read(in);
    }
    next = number < rounds ? Suspects.read(memory.keysOf(number), in) : null;
    kept.next(next);
    round = kept;
  }

  private static void write(DataOutputStream out, CheckReport.Round each) throws IOException {
    out.writeInt(each.round());
    out.writeLong(each.millis());
    out.writeLong(each.keysCompared());
    out.writeLong(each.keysDiffering());
    out.writeInt(each.byKind().size());
    for (Map.Entry<DifferenceKind, Long> entry : each.byKind().entrySet()) {
      out.writeUTF(entry.getKey().name());
      out.writeLong(entry.getValue());
    }
    out.writeInt(each.byType().size());
    for (Map.Entry<String, Long> entry : each.byType().entrySet()) {
      out.writeUTF(entry.getKey());
      out.writeLong(entry.getValue());
    }
  }

  private static CheckReport.Round readRound(DataInputStream in) throws IOException {
    int number = in.readInt();
    long millis = in.readLong();
    long compared = in.readLong();
    long differing = in.readLong();
    Map<DifferenceKind, Long> byKind = new EnumMap<>(DifferenceKind.class);
    for (int i = in.readInt(); i > 0; i--) {
      byKind.put(DifferenceKind.valueOf(in.readUTF()), in.readLong());
    }
    Map<String, Long> byType = new TreeMap<>();
    for (int i = in.readInt(); i > 0; i--) {
      byType.put(in.readUTF(), in.readLong());
    }
    return new CheckReport.Round(number, millis, compared, differing, byKind, byType);
  }

  /** The same for checks of the same; how fast it goes may change. */
  private long hash() {
    CheckSpec all =
        spec.but()
            .pauseMillis(0)
            .parallel(1)
            .sourceLimits(LimitSpec.none())
            .targetLimits(LimitSpec.none())
            .program(null)
            .build();
    return Hash64.of((FORM + all).getBytes(StandardCharsets.UTF_8));
  }
}
