package io.cachesync.web.check;

import java.time.Instant;
import java.util.List;

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
      String sourceName) {}
}
