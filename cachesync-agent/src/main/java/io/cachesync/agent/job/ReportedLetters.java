package io.cachesync.agent.job;

import io.cachesync.contract.DeadLetter;
import io.cachesync.contract.LinkStatus;
import java.util.ArrayList;
import java.util.List;

/**
 * Bounds what a report holds of dead letters: a console reads no report of more than two megabytes,
 * and one that it refuses tells nothing. What is left out is counted, and stands at the target.
 */
final class ReportedLetters {
  /** Of all links together; the rest is for what else is told. */
  static final int MOST_BYTES = 1 << 20;

  /** Names of fields, numbers and quotes. */
  private static final int BYTES_OF_ONE = 220;

  private ReportedLetters() {}

  /** The statuses with as many letters of each link as have room, from its first on. */
  static List<LinkStatus> bounded(List<LinkStatus> links) {
    long bytes = links.stream().mapToLong(link -> bytes(link.deadLetters())).sum();
    if (bytes <= MOST_BYTES) {
      return links;
    }
    int share = MOST_BYTES / links.size();
    return links.stream().map(link -> bounded(link, share)).toList();
  }

  private static LinkStatus bounded(LinkStatus link, int share) {
    List<DeadLetter> told = new ArrayList<>();
    long left = share;
    for (DeadLetter letter : link.deadLetters()) {
      long bytes = bytes(letter);
      if (bytes <= left) {
        told.add(letter);
        left -= bytes;
      }
    }
    return link.telling(told);
  }

  private static long bytes(List<DeadLetter> letters) {
    return letters.stream().mapToLong(ReportedLetters::bytes).sum();
  }

  private static long bytes(DeadLetter letter) {
    long bytes = BYTES_OF_ONE + bytes(letter.command()) + bytes(letter.error());
    bytes += bytes(letter.key()) + letter.keyBase64().length();
    bytes += letter.script().length() + bytes(letter.text());
    for (String key : letter.otherKeys()) {
      bytes += 3 + bytes(key);
    }
    return bytes;
  }

  /** At most as JSON has it: two where it is quoted, three of UTF-8. */
  private static long bytes(String text) {
    long bytes = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      bytes += c >= 0x80 ? 3 : c == '"' || c == '\\' ? 2 : c < ' ' ? 6 : 1;
    }
    return bytes;
  }
}
