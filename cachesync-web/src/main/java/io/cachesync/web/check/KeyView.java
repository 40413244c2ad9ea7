package io.cachesync.web.check;

import io.cachesync.contract.DifferenceKind;
import io.cachesync.web.task.Figures;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/**
 * A key that differs.
 *
 * @param id tells keys of databases apart, in every check in the same way
 * @param base64 its bytes, where the text is not they; otherwise empty
 * @param further how many things are unlike in it that are not told one by one
 * @param kinds each once
 * @param sources which of several it was compared with; empty where there is one
 * @param differences null for who may not see values
 */
record KeyView(
    String id,
    int database,
    String key,
    String base64,
    String type,
    List<String> kinds,
    List<String> sources,
    long further,
    List<Difference> differences) {

  /**
   * One thing that is unlike in it.
   *
   * @param kindLabel the kind in the reader's language
   * @param sourceOffset where the source's stream stood just after, -1 where that is not known
   * @param sourceNumber of several sources, from 0; -1 where none of them has the key
   * @param sourceName the same for people, empty where there is one source
   */
  record Difference(
      String kind,
      String kindLabel,
      String field,
      String fieldBase64,
      String source,
      String target,
      Instant readAt,
      int round,
      long sourceOffset,
      int sourceNumber,
      String sourceName) {

    /** The place in the key, for a page. */
    public Told fieldTold() {
      return Told.place(DifferenceKind.valueOf(kind), field);
    }

    /** What the source has, for a page. */
    public Told sourceTold() {
      return Told.side(DifferenceKind.valueOf(kind), source);
    }

    /** What the target has, for a page. */
    public Told targetTold() {
      return Told.side(DifferenceKind.valueOf(kind), target);
    }

    /** How much later the target's time is, in milliseconds; 0 where not both sides have one. */
    public long laterMillis() {
      Instant one = sourceTold().at();
      Instant other = targetTold().at();
      return one == null || other == null ? 0 : other.toEpochMilli() - one.toEpochMilli();
    }

    /** The same as people read it, without its sign. */
    public String apart(Locale locale) {
      return new Figures(locale).lag(Math.abs(laterMillis()));
    }
  }
}
