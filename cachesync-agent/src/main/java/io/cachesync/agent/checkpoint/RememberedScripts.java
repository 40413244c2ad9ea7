package io.cachesync.agent.checkpoint;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Which scripts leave their database, by the digests of their texts: a source below 5.0 sends only
 * the digest of a text that it has sent before. For one thread.
 *
 * <p>As many are kept as such a source keeps itself (repl_scriptcache_size), those that were used
 * last. Once one was forgotten, a digest that is not known may be that one. So those are remembered
 * too that were called before and stay in their database, and nothing is known of any other. What
 * the source has sent before a SCRIPT FLUSH it sends again as a text: a flush ends all of that.
 *
 * <pre>
 * l:SHA1   OFFSET WORDS   where the text came, and which databases it names; none where it stays
 * l:       OFFSET         texts that came up to here were forgotten; -1 for none, where those that
 *                         stay are remembered
 * </pre>
 */
public final class RememberedScripts {
  private static final int MOST = 10_000;
  private static final String FORGOTTEN = "";

  /** Where a text came, or was called last by its digest, and which databases it names. */
  private record Known(long offset, String words) {}

  private int most;
  private final LinkedHashMap<String, Known> leaving = new LinkedHashMap<>(16, 0.75f, true);
  private final LinkedHashMap<String, Known> staying = new LinkedHashMap<>(16, 0.75f, true);
  private long forgottenAt = -1;
  private boolean inOrder = true;

  /** Whether the field without a digest stands at the target, or is to be written. */
  private boolean marked;

  private boolean mustMark;

  /** The first SCRIPT FLUSH that is yet to be seen to, and the last that came. */
  private long firstFlush = -1;

  private long lastFlush = -1;

  RememberedScripts() {
    this(MOST);
  }

  RememberedScripts(int most) {
    this.most = most;
  }

  /** The databases that the text with this digest names, or nothing. */
  public String words(String digest) {
    order();
    Known known = leaving.get(digest);
    return known == null ? "" : known.words();
  }

  /** Whether nothing is known of the text with this digest. */
  public boolean mayBeForgotten(String digest) {
    return forgottenAt >= 0 && !leaving.containsKey(digest) && !staying.containsKey(digest);
  }

  /** Whether something is known of texts that leave their database. */
  public boolean isAnyLeaving() {
    return !leaving.isEmpty();
  }

  /** Whether texts that stay in their database are to be remembered too. */
  public boolean remembersAll() {
    return forgottenAt >= 0;
  }

  /**
   * Remembers a text.
   *
   * @param words empty where it stays in its database
   * @return whether that is to be written with {@link #wordsOf}: a command that is given once more
   *     brings it once more
   */
  public boolean add(String digest, long offset, String words) {
    order();
    Map<String, Known> kind = words.isEmpty() ? staying : leaving;
    Known before = kind.get(digest);
    if (before == null || before.offset() <= lastFlush || !before.words().equals(words)) {
      // A former build may have known less of the same text.
      (words.isEmpty() ? leaving : staying).remove(digest);
      kind.put(digest, new Known(offset, words));
      return true;
    }
    return before.offset() >= offset;
  }

  /**
   * A text was called by its digest: as long as nothing was forgotten, one that is not known stays.
   *
   * @return as {@link #add}
   */
  public boolean called(String digest, long offset) {
    order();
    return leaving.get(digest) == null
        && (forgottenAt < 0 || staying.containsKey(digest))
        && add(digest, offset, "");
  }

  /** The source has forgotten all texts. */
  public void flushed(long offset) {
    firstFlush = firstFlush < 0 ? offset : firstFlush;
    lastFlush = Math.max(lastFlush, offset);
  }

  /** The words that write what is remembered of a text. */
  public List<byte[]> wordsOf(String digest) {
    Known known = leaving.containsKey(digest) ? leaving.get(digest) : staying.get(digest);
    return List.of(field(digest), value(known.offset(), known.words()));
  }

  /**
   * Forgets what is too much, and what came before a flush.
   *
   * @param begin nothing before this offset is looked at any more
   * @param gone takes fields that are to be removed with this transaction
   * @return fields and values that are to be written with it, behind that
   */
  public List<byte[]> tidy(long begin, Consumer<byte[]> gone) {
    order();
    if (firstFlush >= 0 && firstFlush <= begin) {
      boolean all = lastFlush <= begin;
      forgetUpTo(all ? lastFlush : firstFlush, gone);
      firstFlush = all ? -1 : lastFlush;
    }
    List<byte[]> words = new ArrayList<>();
    if (leaving.size() > most) {
      forgottenAt = Math.max(forgottenAt, cut(leaving, gone));
      mustMark = true;
    }
    if (mustMark) {
      mark(words);
    }
    if (staying.size() > most) {
      cut(staying, gone);
    }
    return words;
  }

  boolean isEmpty() {
    return leaving.isEmpty() && staying.isEmpty() && !marked;
  }

  /** The words that write all of it. */
  List<byte[]> words() {
    List<byte[]> words = new ArrayList<>();
    leaving.forEach((digest, known) -> add(digest, known, words));
    staying.forEach((digest, known) -> add(digest, known, words));
    if (marked) {
      mark(words);
    }
    return words;
  }

  private void mark(List<byte[]> words) {
    words.add(field(FORGOTTEN));
    words.add(value(forgottenAt, ""));
    marked = true;
    mustMark = false;
  }

  /**
   * @param value as {@link #words} has it, or a former build, which knew no other than those that
   *     leave
   */
  void read(String digest, String value) {
    int blank = value.indexOf(' ');
    long offset = Long.parseLong(blank < 0 ? value : value.substring(0, blank));
    String words = blank < 0 ? "" : value.substring(blank + 1);
    if (digest.equals(FORGOTTEN)) {
      forgottenAt = Math.max(forgottenAt, offset);
      marked = true;
    } else {
      (words.isEmpty() ? staying : leaving).put(digest, new Known(offset, words));
    }
    inOrder = false;
  }

  /**
   * What was read has no order but that of its offsets. Former builds forgot nothing and did not
   * know which stay: nothing of theirs is forgotten by the first process that reads it, unless as
   * much comes once more, so that those are seen that are called.
   */
  private void order() {
    if (!inOrder) {
      inOrder = true;
      order(leaving);
      order(staying);
      if (!marked && leaving.size() > most) {
        most = 2 * leaving.size();
        mustMark = true;
      }
    }
  }

  private static void order(Map<String, Known> kind) {
    List<Map.Entry<String, Known>> all = new ArrayList<>();
    kind.forEach((digest, known) -> all.add(Map.entry(digest, known)));
    all.sort(Comparator.comparingLong(entry -> entry.getValue().offset()));
    kind.clear();
    all.forEach(entry -> kind.put(entry.getKey(), entry.getValue()));
  }

  private void forgetUpTo(long offset, Consumer<byte[]> gone) {
    forgetUpTo(leaving, offset, gone);
    forgetUpTo(staying, offset, gone);
    if (marked && forgottenAt <= offset) {
      forgottenAt = -1;
      marked = false;
      gone.accept(field(FORGOTTEN));
    }
  }

  private static void forgetUpTo(Map<String, Known> kind, long offset, Consumer<byte[]> gone) {
    kind.entrySet()
        .removeIf(
            entry -> {
              boolean passed = entry.getValue().offset() <= offset;
              if (passed) {
                gone.accept(field(entry.getKey()));
              }
              return passed;
            });
  }

  /** Cuts the ones that were used longest ago; returns the largest of their offsets. */
  private long cut(Map<String, Known> kind, Consumer<byte[]> gone) {
    long largest = -1;
    var eldest = kind.entrySet().iterator();
    for (int left = kind.size() - most; left > 0; left--) {
      Map.Entry<String, Known> entry = eldest.next();
      largest = Math.max(largest, entry.getValue().offset());
      gone.accept(field(entry.getKey()));
      eldest.remove();
    }
    return largest;
  }

  private static void add(String digest, Known known, List<byte[]> words) {
    words.add(field(digest));
    words.add(value(known.offset(), known.words()));
  }

  private static byte[] field(String digest) {
    return ("l:" + digest).getBytes(US_ASCII);
  }

  private static byte[] value(long offset, String words) {
    return (offset + " " + words).getBytes(US_ASCII);
  }
}
