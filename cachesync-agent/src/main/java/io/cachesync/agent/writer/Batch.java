package io.cachesync.agent.writer;

import io.cachesync.agent.entry.KeyValue;
import io.cachesync.agent.entry.StreamCommand;
import io.cachesync.agent.resp.RespWriter;
import io.cachesync.contract.FaultException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * The commands of one transaction as they are sent, without the checkpoint. Reused.
 *
 * <p>Where our own keys are hit (a flushed or swapped database), {@link #ownKeysAt} tells where
 * they lie at the end, so that the transaction puts them back.
 */
final class Batch {
  /** Our own keys were removed by a flush. */
  static final int OWN_KEYS_GONE = -1;

  /** In the place of a hash slot: for every master. */
  static final int EVERYWHERE = -1;

  private static final int MAX_SHOWN = 100;
  private static final byte[] PTTL = StreamRewrite.ascii("PTTL");
  private static final byte[] HPTTL = StreamRewrite.ascii("HPTTL");
  private static final byte[] FIELDS = StreamRewrite.ascii("FIELDS");

  /** What the reply of a command tells of its keys. */
  enum Answer {
    OF_NO_MATTER,
    /** A time to live, -2 where there is nothing: a check of the command that follows. */
    TIME_LEFT,
    /** The same at a server where no time ends a key: only one that is gone is in doubt. */
    THERE,
    /** For each field -2 where it was not there. */
    FIELDS_FOUND,
    /** An error says that what is to be removed has gone. */
    MAY_BE_GONE,
    /** Whatever it is, the key is in doubt: the command behind it sets a time that may be wrong. */
    IN_DOUBT
  }

  private final int home;
  private final RespWriter out = new RespWriter();
  private final SetRun run = new SetRun();
  private int[] starts = new int[1024];

  /** Of each command the number of the first of the source's that it stands for. */
  private int[] firsts = new int[1024];

  /** Of each of the source's commands where it ends. */
  private long[] offsets = new long[1024];

  private int taken;
  private Answer[] answers = new Answer[1024];
  private short[] slots = new short[1024];
  private boolean[] replaces = new boolean[1024];
  private int count;
  private short slot;
  private int selected;
  private int ownKeysAt;
  private boolean unchecked;
  private long sourceOffset;
  private long flushOffset;
  private int behindFlush;
  private boolean everywhere;
  private boolean replacing;
  private boolean mayGoPlain;

  /**
   * @param home the database that is selected when the batch begins, where our own keys lie
   */
  Batch(int home) {
    this.home = home;
    clear();
  }

  void clear() {
    out.clear();
    run.clear();
    count = 0;
    taken = 0;
    selected = home;
    ownKeysAt = home;
    unchecked = false;
    flushOffset = -1;
    behindFlush = 0;
    everywhere = false;
    mayGoPlain = false;
  }

  boolean isEmpty() {
    return count == 0 && flushOffset < 0;
  }

  /** Every lane of a cluster is to be emptied here: what was put in before needs not be sent. */
  void flushedAt(long offset) {
    flushOffset = offset;
    behindFlush = count;
  }

  /** The source's offset of the last flush of all lanes, or -1. */
  long flushOffset() {
    return flushOffset;
  }

  /** The first command behind that flush. */
  int behindFlush() {
    return behindFlush;
  }

  /** Whether a command needs keys that may expire and has no check before it. */
  boolean isUnchecked() {
    return unchecked;
  }

  void unchecked() {
    unchecked = true;
  }

  /** Number of commands, which is the number of replies. */
  int count() {
    return count;
  }

  /** Number of the source's commands that they stand for. */
  int commands() {
    return taken;
  }

  int bytes() {
    return out.length() + run.bytes();
  }

  /** Nothing more is put in: the batch is to be sent. */
  void seal() {
    endRun();
  }

  /** The bytes of a batch that is sealed. */
  byte[] buffer() {
    return out.buffer();
  }

  /** The database that the commands so far have left selected. */
  int selected() {
    return selected;
  }

  int ownKeysAt() {
    return ownKeysAt;
  }

  /** What the reply of a command tells of its keys. */
  Answer answer(int index) {
    return answers[index];
  }

  /** Where the source's commands end that a command stands for: nearly always one. */
  long[] offsets(int index) {
    int behind = index + 1 < count ? firsts[index + 1] : taken;
    return Arrays.copyOfRange(offsets, firsts[index], behind);
  }

  /** What follows comes from the source's command that ends at this offset. */
  void from(long newSourceOffset, int database) {
    sourceOffset = newSourceOffset;
    if (selected != database) {
      begin(2).arg("SELECT").arg(database);
      selected = database;
    }
  }

  /**
   * What follows belongs to this hash slot, or {@link #EVERYWHERE}.
   *
   * @param isReplacing whether it only replaces
   */
  void into(int newSlot, boolean isReplacing) {
    slot = (short) newSlot;
    replacing = isReplacing;
  }

  /** Slots whose commands only replace need no transaction. */
  void mayGoPlain() {
    mayGoPlain = true;
  }

  /** Whether a command needs no transaction of its slot. */
  boolean isPlain(int index) {
    return mayGoPlain && replaces[index];
  }

  /** Whether a command is for every master. */
  boolean hasEverywhere() {
    return everywhere;
  }

  int slot(int index) {
    return slots[index];
  }

  /** Where a command begins in {@link #buffer}. */
  int start(int index) {
    return starts[index];
  }

  /** Where a command ends. */
  int end(int index) {
    return index + 1 < count ? starts[index + 1] : out.length();
  }

  RespWriter begin(int words) {
    mark();
    return out.begin(words);
  }

  void verbatim(StreamCommand command) {
    mark();
    out.raw(command.buffer(), command.start(), command.length());
  }

  /**
   * A SET of a small value without options, where the target takes MSET: those that come one behind
   * the other go as one.
   */
  void set(StreamCommand command) {
    if (run.isEmpty()) {
      mark(out.length());
    } else {
      take();
    }
    run.add(command);
    if (run.isFull()) {
      endRun();
    }
  }

  /**
   * Asks, directly before the command that {@link #from} has begun, how long a key will live: one
   * that is gone or about to go leaves that command's keys in doubt.
   *
   * @param answer {@link Answer#TIME_LEFT} or {@link Answer#THERE}
   */
  void check(byte[] buffer, int offset, int length, Answer answer) {
    RespWriter writer = begin(2);
    answers[count - 1] = answer;
    writer.arg(PTTL).arg(buffer, offset, length);
  }

  /** The same for the field that a command names behind its key (7.4). */
  void checkField(StreamCommand in) {
    RespWriter writer = begin(5);
    answers[count - 1] = Answer.TIME_LEFT;
    writer.arg(HPTTL);
    StreamRewrite.arguments(in, 1, 2, writer);
    writer.arg(FIELDS).arg(1);
    StreamRewrite.arguments(in, 2, 3, writer);
  }

  /** Leaves the key of a command in doubt. */
  void doubt(StreamCommand in) {
    RespWriter writer = begin(2);
    answers[count - 1] = Answer.IN_DOUBT;
    writer.arg(PTTL);
    StreamRewrite.arguments(in, 1, 2, writer);
  }

  /** A command of which an error says that its work is done. */
  void verbatimRemoval(StreamCommand command) {
    verbatim(command);
    answers[count - 1] = Answer.MAY_BE_GONE;
  }

  /** A command that answers -2 for each field that is not there. */
  RespWriter beginOnFields(int words) {
    RespWriter writer = begin(words);
    answers[count - 1] = Answer.FIELDS_FOUND;
    return writer;
  }

  /** Puts a value in its key's place; returns by how many commands. */
  int value(KeyValue value, RestoreWrite restore) throws FaultException {
    endRun();
    int before = out.length();
    int commands = restore.key(value, out);
    for (int i = 0; i < commands; i++) {
      mark(before);
    }
    return commands;
  }

  void flushed(int database) {
    if (ownKeysAt == database) {
      ownKeysAt = OWN_KEYS_GONE;
    }
  }

  void flushedAll() {
    ownKeysAt = OWN_KEYS_GONE;
  }

  void swapped(int one, int other) {
    if (ownKeysAt == one) {
      ownKeysAt = other;
    } else if (ownKeysAt == other) {
      ownKeysAt = one;
    }
  }

  /** The command of most bytes, or -1 where there is none. */
  int largest() {
    int largest = -1;
    for (int i = 0; i < count; i++) {
      if (largest < 0 || end(i) - start(i) > end(largest) - start(largest)) {
        largest = i;
      }
    }
    return largest;
  }

  /** The name of a command in capitals. */
  String name(int index) {
    return words(index, 1).toUpperCase(Locale.ROOT);
  }

  /** A command in words for a message: its name and first key, and where it came from. */
  String describe(int index) {
    return words(index, 2) + " (source offset " + offsets[firsts[index]] + ")";
  }

  private String words(int index, int wanted) {
    byte[] bytes = out.buffer();
    StringBuilder words = new StringBuilder();
    int at = starts[index];
    int end = out.length();
    int first = at;
    at = lineEnd(bytes, at, end);
    int most = number(bytes, first, at);
    for (int word = 0; word < Math.min(wanted, most); word++) {
      int header = at;
      at = lineEnd(bytes, at, end);
      int length = number(bytes, header, at);
      words.append(word == 0 ? "" : " ").append(shown(bytes, at, length));
      at += length + 2;
    }
    return words.toString();
  }

  /** Bytes as text for a message, what is not printable as {@code \xHH}. */
  static String shown(byte[] bytes, int offset, int length) {
    StringBuilder text = new StringBuilder();
    for (int i = offset; i < offset + Math.min(length, MAX_SHOWN); i++) {
      int b = bytes[i] & 0xff;
      if (b >= ' ' && b < 127) {
        text.append((char) b);
      } else {
        text.append("\\x%02X".formatted(b));
      }
    }
    return length > MAX_SHOWN ? text + "…" : text.toString();
  }

  /** What a header line says that begins and ends there. */
  private static int number(byte[] bytes, int from, int end) {
    return Integer.parseInt(new String(bytes, from + 1, end - from - 3, StandardCharsets.US_ASCII));
  }

  private static int lineEnd(byte[] bytes, int from, int end) {
    int at = from;
    while (at < end && bytes[at] != '\n') {
      at++;
    }
    return at + 1;
  }

  private void endRun() {
    if (!run.isEmpty()) {
      run.writeTo(out);
      run.clear();
    }
  }

  private void mark() {
    endRun();
    mark(out.length());
  }

  private void mark(int start) {
    if (count == starts.length) {
      starts = Arrays.copyOf(starts, count * 2);
      firsts = Arrays.copyOf(firsts, count * 2);
      answers = Arrays.copyOf(answers, count * 2);
      slots = Arrays.copyOf(slots, count * 2);
      replaces = Arrays.copyOf(replaces, count * 2);
    }
    starts[count] = start;
    firsts[count] = taken;
    answers[count] = Answer.OF_NO_MATTER;
    slots[count] = slot;
    replaces[count] = replacing;
    everywhere |= slot == EVERYWHERE;
    count++;
    take();
  }

  private void take() {
    if (taken == offsets.length) {
      offsets = Arrays.copyOf(offsets, taken * 2);
    }
    offsets[taken++] = sourceOffset;
  }
}
