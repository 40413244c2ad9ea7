package io.cachesync.agent.checkpoint;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.cachesync.agent.resp.RespValue;
import io.cachesync.contract.DeadLetter;
import io.cachesync.contract.HealReason;
import io.cachesync.contract.Healed;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/**
 * The hash beside a checkpoint that tells of the keys that were fetched again. Whatever changes it
 * is sent in the transaction of the checkpoint that it belongs to.
 *
 * <pre>
 * a:DATABASE:KEY   the key is ahead: its value is the source's at this offset; with " ?" behind it
 *                  only if the target took that value: a start that finds it fetches the key again
 * h:REASON         how many keys were healed for this reason
 * u:               how many keys of the snapshot the target's version has no place for
 * s:               up to this offset the stream may create keys of which a former full sync has left
 *                  something at the target
 * m:SLOT           a slot of the source that moved: commands up to this offset are contained in what
 *                  was fetched; 0 where it is still to be fetched as a whole
 * m:+SLOT          0, beside m:SLOT 0: each key that the target may have of the task in that slot has
 *                  a t: here; who does not know this field reads m:SLOT 0
 * t:DATABASE:KEY   a command on the key was left out because its slot moves, at this offset: where a
 *                  target was not empty, this tells the key from one that only the target has
 * l:SHA1           the text of a script that leaves its database, as {@link RememberedScripts} has
 *                  it; who does not know this field refuses the record
 * d:NUMBER         a dead letter: OFFSET DATABASE COMMAND KEY-BASE64 ERROR, as {@link LetterText}
 *                  has it
 * </pre>
 *
 * For one thread, but what it counts and lists may be read by any.
 */
public final class HealRecord {
  /** More are counted, not listed. */
  private static final int MAX_LISTED = 1000;

  /** Even, so that a field is never parted from its value. */
  private static final int WORDS_AT_ONCE = 10_000;

  private static final String UNANSWERED = " ?";

  private final Map<DatabaseKey, Long> ahead = new HashMap<>();
  private final Set<DatabaseKey> unanswered = new LinkedHashSet<>();
  private final Map<Integer, Long> moved = new HashMap<>();
  private final BitSet listedSlots = new BitSet();
  private final Map<DatabaseKey, Long> touched = new HashMap<>();
  private final RememberedScripts scripts = new RememberedScripts();
  // Guarded by this.
  private final Map<HealReason, Long> healed = new EnumMap<>(HealReason.class);
  private final NavigableMap<Integer, DeadLetter> deadLetters = new TreeMap<>();
  private long unsupportedKeys;
  private long sweptUpTo = -1;

  /** What is listed once, however often it comes, to its letter's number. */
  private final Map<String, Integer> once = new HashMap<>();

  /**
   * @param hash what HGETALL answered
   * @throws IllegalArgumentException where it is none of ours
   */
  static HealRecord of(RespValue hash) {
    HealRecord record = new HealRecord();
    record.add(hash);
    return record;
  }

  /** Takes in what another of these hashes says. */
  void add(RespValue hash) {
    List<RespValue> elements = hash.elements();
    for (int i = 0; i + 1 < elements.size(); i += 2) {
      read(elements.get(i).bytes(), elements.get(i + 1).text());
    }
  }

  /** Offsets up to which commands on these keys are contained in what the target holds. */
  public Map<DatabaseKey, Long> ahead() {
    return ahead;
  }

  /** Those that are ahead only if the target has taken what it was sent. */
  public Set<DatabaseKey> unanswered() {
    return unanswered;
  }

  /**
   * Slots of the source that moved, and up to where their commands are contained; 0 for not yet.
   */
  public Map<Integer, Long> moved() {
    return moved;
  }

  /** Slots that are to be fetched, of which each key is among those that are touched. */
  public BitSet listedSlots() {
    return listedSlots;
  }

  /** Keys of slots that moved, of which a command was left out, or that were found there. */
  public Map<DatabaseKey, Long> touched() {
    return touched;
  }

  /** The texts of scripts that leave their database. */
  public RememberedScripts scripts() {
    return scripts;
  }

  public synchronized List<Healed> healed() {
    return healed.entrySet().stream()
        .map(entry -> new Healed(entry.getKey(), entry.getValue()))
        .toList();
  }

  public synchronized List<DeadLetter> deadLetters() {
    return List.copyOf(deadLetters.values());
  }

  public synchronized void countHealed(HealReason reason, long keys) {
    healed.merge(reason, keys, Long::sum);
  }

  public synchronized void countUnsupported() {
    unsupportedKeys++;
  }

  /**
   * Up to this offset a key that comes to be at the source may have something of a former full sync
   * in its place at the target.
   */
  public synchronized void sweptUpTo(long offset) {
    sweptUpTo = offset;
  }

  /** -1 where there is no such offset. */
  public synchronized long sweptUpTo() {
    return sweptUpTo;
  }

  /** Keys and libraries of the snapshot that the target's version has no place for. */
  public synchronized long unsupportedKeys() {
    return unsupportedKeys;
  }

  /**
   * @return its number, or -1 where so many are listed already that this one is not
   */
  public synchronized int add(DeadLetter letter) {
    return deadLetters.size() < MAX_LISTED ? put(nextNumber(), letter) : -1;
  }

  /**
   * The same for what the target's version has no place for, where a key is listed once.
   *
   * @return its number also where it is listed by the same command already, which is applied once
   *     more
   */
  public synchronized int addOnce(DeadLetter letter) {
    Integer number = once.get(nameOnce(letter));
    if (number == null) {
      return add(letter);
    }
    return deadLetters.get(number).offset() == letter.offset() ? number : -1;
  }

  /**
   * The same for a script, of which each call is told: those that are alike by one letter with
   * their number. A call that is given once more does not count again.
   *
   * @return the number of the letter that is to be written, or -1
   */
  public synchronized int addCounted(DeadLetter letter) {
    Integer number = once.get(nameOnce(letter));
    if (number == null) {
      return add(letter.text().isEmpty() ? letter.with(textOf(letter.script())) : letter);
    }
    DeadLetter listed = deadLetters.get(number);
    if (letter.offset() > listed.lastOffset()) {
      deadLetters.put(number, listed.again(letter.offset()));
    }
    return number;
  }

  /** How many letters are listed. */
  public synchronized int listed() {
    return deadLetters.size();
  }

  /** A script that comes by its digest came as a text before. */
  private String textOf(String script) {
    return deadLetters.values().stream()
        .filter(letter -> letter.script().equals(script) && !letter.text().isEmpty())
        .findFirst()
        .map(DeadLetter::text)
        .orElse("");
  }

  private int nextNumber() {
    return deadLetters.isEmpty() ? 0 : deadLetters.lastKey() + 1;
  }

  private int put(int number, DeadLetter letter) {
    deadLetters.put(number, letter);
    once.putIfAbsent(nameOnce(letter), number);
    return number;
  }

  private static String nameOnce(DeadLetter letter) {
    return String.join(
        " ",
        String.valueOf(letter.database()),
        letter.key(),
        letter.script(),
        String.valueOf(letter.otherKeys()),
        letter.error());
  }

  public synchronized boolean isEmpty() {
    return ahead.isEmpty()
        && moved.isEmpty()
        && listedSlots.isEmpty()
        && touched.isEmpty()
        && scripts.isEmpty()
        && healed.isEmpty()
        && deadLetters.isEmpty()
        && unsupportedKeys == 0
        && sweptUpTo < 0;
  }

  /** The words after HMSET and the hash's name that write all of it. */
  public synchronized List<byte[]> words() {
    List<byte[]> words = new ArrayList<>();
    ahead.forEach(
        (key, offset) -> {
          words.add(aheadField(key));
          words.add(unanswered.contains(key) ? unansweredUpTo(offset) : aheadUpTo(offset));
        });
    moved.forEach(
        (slot, offset) -> {
          words.add(movedField(slot));
          words.add(ascii(Long.toString(offset)));
        });
    listedSlots.stream()
        .forEach(
            slot -> {
              words.add(listedField(slot));
              words.add(ascii("0"));
            });
    touched.forEach(
        (key, offset) -> {
          words.add(touchedField(key));
          words.add(ascii(Long.toString(offset)));
        });
    words.addAll(scripts.words());
    words.addAll(countWords());
    deadLetters.keySet().forEach(number -> words.addAll(deadLetterWords(number)));
    return words;
  }

  /**
   * Words of one command in as many as it is to be sent as: below 7.0 a server takes no command of
   * more than 1,048,576 words, and any keeps everybody else waiting for as long as one takes.
   *
   * @param words fields and values, or fields alone
   */
  public static List<List<byte[]>> inPieces(List<byte[]> words) {
    List<List<byte[]>> pieces = new ArrayList<>();
    for (int from = 0; from < words.size(); from += WORDS_AT_ONCE) {
      pieces.add(words.subList(from, Math.min(words.size(), from + WORDS_AT_ONCE)));
    }
    return pieces;
  }

  /** As {@link #words}, without what is ahead. */
  synchronized List<String> lastingWords() {
    List<byte[]> words = new ArrayList<>(countWords());
    words.addAll(scripts.words());
    deadLetters.keySet().forEach(number -> words.addAll(deadLetterWords(number)));
    List<String> texts = new ArrayList<>();
    words.forEach(word -> texts.add(new String(word, StandardCharsets.UTF_8)));
    return texts;
  }

  /** The words that write what was counted. */
  public synchronized List<byte[]> countWords() {
    List<byte[]> words = new ArrayList<>();
    healed.forEach(
        (reason, keys) -> {
          words.add(ascii("h:" + reason));
          words.add(ascii(Long.toString(keys)));
        });
    if (unsupportedKeys > 0) {
      words.add(ascii("u:"));
      words.add(ascii(Long.toString(unsupportedKeys)));
    }
    if (sweptUpTo >= 0) {
      words.add(ascii("s:"));
      words.add(ascii(Long.toString(sweptUpTo)));
    }
    return words;
  }

  /** The words that write the dead letter with this number. */
  public synchronized List<byte[]> deadLetterWords(int number) {
    String text = LetterText.of(deadLetters.get(number));
    return List.of(ascii("d:" + number), text.getBytes(StandardCharsets.UTF_8));
  }

  /** The name of the field that says how far a key is ahead. */
  public static byte[] aheadField(DatabaseKey key) {
    return key.field('a');
  }

  /** The value of such a field. */
  public static byte[] aheadUpTo(long offset) {
    return ascii(Long.toString(offset));
  }

  /** The same, as long as it was not seen that the target has taken the value. */
  public static byte[] unansweredUpTo(long offset) {
    return ascii(offset + UNANSWERED);
  }

  /** The name of the field that says that a command on a key was left out. */
  public static byte[] touchedField(DatabaseKey key) {
    return key.field('t');
  }

  /** The key that a field tells of, or null where it tells of none. */
  public static DatabaseKey keyOf(byte[] field) {
    boolean tells = field.length > 1 && (field[0] == 'a' || field[0] == 't');
    return tells ? DatabaseKey.ofField(field) : null;
  }

  /** The name of the field that tells of a slot that moved. */
  public static byte[] movedField(int slot) {
    return ascii("m:" + slot);
  }

  /** The name of the field that says that each key of such a slot is known. */
  public static byte[] listedField(int slot) {
    return ascii("m:+" + slot);
  }

  /** The slot of a field of either kind, or -1 for every other field. */
  public static int movedSlot(byte[] field) {
    return field.length > 2 && field[0] == 'm'
        ? Integer.parseInt(new String(field, 2, field.length - 2, US_ASCII))
        : -1;
  }

  /** A key that may differ, in the form of a report. */
  public static DeadLetter letter(long offset, String command, DatabaseKey key, String error) {
    String base64 = key.isPrintable() ? "" : Base64.getEncoder().encodeToString(key.key());
    return new DeadLetter(offset, key.database(), command, key.text(), base64, error);
  }

  private void read(byte[] field, String value) {
    if (field.length < 2 || field[1] != ':') {
      throw new IllegalArgumentException("a field that is none of ours");
    }
    switch (field[0]) {
      case 'a' -> readAhead(DatabaseKey.ofField(field), value);
      case 'h' -> healed.merge(reason(field), Long.valueOf(value), Long::sum);
      case 'u' -> unsupportedKeys += Long.parseLong(value);
      case 's' -> sweptUpTo = Math.max(sweptUpTo, Long.parseLong(value));
      case 'm' -> {
        if (field.length > 2 && field[2] == '+') {
          listedSlots.set(movedSlot(field));
        } else {
          moved.merge(movedSlot(field), Long.valueOf(value), Math::min);
        }
      }
      case 't' -> touched.put(DatabaseKey.ofField(field), Long.valueOf(value));
      case 'l' -> scripts.read(new String(field, 2, field.length - 2, US_ASCII), value);
      case 'd' -> {
        int number = Integer.parseInt(new String(field, 2, field.length - 2, US_ASCII));
        put(deadLetters.containsKey(number) ? nextNumber() : number, LetterText.read(value));
      }
      default -> throw new IllegalArgumentException("a field that is none of ours");
    }
  }

  private void readAhead(DatabaseKey key, String value) {
    boolean open = value.endsWith(UNANSWERED);
    String offset = open ? value.substring(0, value.length() - UNANSWERED.length()) : value;
    ahead.put(key, Long.valueOf(offset));
    if (open) {
      unanswered.add(key);
    }
  }

  private static HealReason reason(byte[] field) {
    String name = new String(field, 2, field.length - 2, US_ASCII);
    for (HealReason reason : HealReason.values()) {
      if (reason.name().equals(name)) {
        return reason;
      }
    }
    return HealReason.UNKNOWN;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(US_ASCII);
  }
}
