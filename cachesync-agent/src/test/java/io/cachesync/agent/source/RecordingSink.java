package io.cachesync.agent.source;

import io.cachesync.agent.entry.KeyValue;
import io.cachesync.agent.rdb.RdbReader;
import io.cachesync.agent.rdb.RdbRecord;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;

/** Keeps everything that a source sends, and checks that offsets fit together. */
final class RecordingSink implements SourceSink {
  private final ByteArrayOutputStream rdb = new ByteArrayOutputStream();
  private final ByteArrayOutputStream stream = new ByteArrayOutputStream();
  private String replId = "";
  private boolean toldWho;
  private long offset = -1;
  private long announcedRdbBytes = -2;
  private boolean rdbEnded;
  private boolean resumed;
  private String problem = "";

  @Override
  public synchronized void fullSync(String id, long startOffset, long rdbBytes) {
    replId = id;
    offset = startOffset;
    announcedRdbBytes = rdbBytes;
  }

  @Override
  public synchronized void rdb(byte[] buffer, int start, int length) {
    rdb.write(buffer, start, length);
  }

  @Override
  public synchronized void rdbEnd() {
    rdbEnded = true;
  }

  @Override
  public synchronized void writtenBy(StreamOrigin from) {
    toldWho = true;
  }

  @Override
  public synchronized void resumed(String id, long from) {
    replId = id;
    offset = from;
    resumed = true;
  }

  @Override
  public synchronized void stream(
      byte[] buffer, int start, int length, long startOffset, int database, long receivedMillis) {
    if (startOffset != offset || (!rdbEnded && !resumed) || buffer[start] != '*') {
      problem = "at " + offset + " came a piece that begins at " + startOffset;
    }
    if (!toldWho) {
      problem = "at " + offset + " it was not told who writes";
    }
    stream.write(buffer, start, length);
    offset = startOffset + length;
  }

  synchronized String replId() {
    return replId;
  }

  synchronized long offset() {
    return offset;
  }

  synchronized long announcedRdbBytes() {
    return announcedRdbBytes;
  }

  synchronized boolean rdbEnded() {
    return rdbEnded;
  }

  synchronized boolean isResumed() {
    return resumed;
  }

  synchronized String problem() {
    return problem;
  }

  synchronized byte[] rdbBytes() {
    return rdb.toByteArray();
  }

  synchronized String streamText() {
    return stream.toString(StandardCharsets.ISO_8859_1);
  }

  /** Keys of the snapshot, which is read to its checksum. */
  Set<String> rdbKeys() throws IOException {
    RdbReader reader = new RdbReader(new ByteArrayInputStream(rdbBytes())::read);
    KeyValue value = new KeyValue();
    Set<String> keys = new TreeSet<>();
    RdbRecord record = reader.next(value);
    while (record != RdbRecord.END) {
      if (record == RdbRecord.KEY) {
        keys.add(value.database() + ":" + new String(value.key(), StandardCharsets.ISO_8859_1));
      }
      record = reader.next(value);
    }
    return keys;
  }
}
