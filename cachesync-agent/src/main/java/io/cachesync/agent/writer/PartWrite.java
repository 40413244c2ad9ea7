package io.cachesync.agent.writer;

import io.cachesync.agent.entry.KeyValue;
import io.cachesync.agent.rdb.PartElements;
import io.cachesync.agent.rdb.RdbType;
import io.cachesync.agent.resp.RespWriter;
import java.io.IOException;

/**
 * Puts a large value at the target part by part, in commands that every version knows: memory stays
 * small here, and no single command stops the target for long. Until the last part readers at the
 * target see the beginning of the value.
 */
final class PartWrite {
  private static final int MOST_ELEMENTS = 512;
  private static final int MOST_BYTES = 64 * 1024;
  private static final byte[] DEL = StreamRewrite.ascii("DEL");
  private static final byte[] APPEND = StreamRewrite.ascii("APPEND");
  private static final byte[] PEXPIREAT = StreamRewrite.ascii("PEXPIREAT");

  private final TargetFeatures target;
  private final PartElements elements = new PartElements();
  private final RespWriter words = new RespWriter();

  PartWrite(TargetFeatures target) {
    this.target = target;
  }

  /**
   * Writes one part.
   *
   * @param position what the snapshot is read up to
   */
  void write(KeyValue part, long position, SnapshotOut out)
      throws IOException, InterruptedException {
    boolean expires = part.isLastPart() && part.expireAtMillis() != KeyValue.NO_EXPIRY;
    if (part.isFirstPart()) {
      begin(2, DEL, part, out);
      sent(part, position, false, out);
    }
    boolean ends = part.isLastPart() && !expires;
    if (part.isPlainString()) {
      begin(3, APPEND, part, out);
      out.out().arg(part.textBuffer(), part.textOffset(), part.textLength());
      sent(part, position, ends, out);
    } else {
      elements(part, position, ends, out);
    }
    if (expires) {
      begin(3, PEXPIREAT, part, out);
      out.out().arg(target.absolute(part.expireAtMillis()));
      sent(part, position, true, out);
    }
  }

  private void elements(KeyValue part, long position, boolean ends, SnapshotOut out)
      throws IOException, InterruptedException {
    byte[] verb = verb(part.type());
    elements.begin(part);
    boolean more = elements.next();
    while (more) {
      int count = 0;
      words.clear();
      while (more && count < MOST_ELEMENTS && words.length() < MOST_BYTES) {
        for (int word = 0; word < elements.words(); word++) {
          target
              .bounds()
              .check(elements.length(word), () -> "an element of " + RestoreWrite.named(part));
          words.arg(elements.buffer(word), elements.offset(word), elements.length(word));
        }
        count++;
        more = elements.next();
      }
      begin(2 + count * elements.words(), verb, part, out);
      out.out().raw(words.buffer(), 0, words.length());
      sent(part, position, ends && !more, out);
    }
  }

  private static byte[] verb(int type) {
    return StreamRewrite.ascii(
        switch (RdbType.typeName(type)) {
          case "list" -> "RPUSH";
          case "set" -> "SADD";
          case "zset" -> "ZADD";
          case "hash" -> "HMSET";
          default -> throw new IllegalArgumentException("no parts of type " + type);
        });
  }

  private static void begin(int count, byte[] verb, KeyValue part, SnapshotOut out)
      throws IOException, InterruptedException {
    out.awaitPlaces();
    out.out().begin(count).arg(verb);
    out.out().arg(part.keyBuffer(), part.keyOffset(), part.keyLength());
  }

  private static void sent(KeyValue part, long position, boolean last, SnapshotOut out)
      throws IOException, InterruptedException {
    out.add(part, position, last);
    if (out.isDue()) {
      out.flush();
    }
  }
}
