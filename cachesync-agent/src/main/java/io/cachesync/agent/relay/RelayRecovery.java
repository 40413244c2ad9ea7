package io.cachesync.agent.relay;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/** Finds what a former process left of a stream: whole records, without a gap. */
final class RelayRecovery {
  private final Path folder;
  private final String prefix;
  private final CRC32C crc = new CRC32C();
  private String replId = "";
  private long endOffset = -1;

  RelayRecovery(Path folder, String prefix) {
    this.folder = folder;
    this.prefix = prefix;
  }

  /** Id of the last record; empty where nothing was found. */
  String replId() {
    return replId;
  }

  long endOffset() {
    return endOffset;
  }

  /** The segments that can be used, in order; others are removed, a torn end is cut off. */
  List<Segment> run() throws IOException {
    List<Segment> found = new ArrayList<>();
    for (Path file : files(folder, prefix)) {
      Segment segment = segment(file);
      if (segment == null) {
        Files.delete(file);
        continue;
      }
      Segment last = found.isEmpty() ? null : found.get(found.size() - 1);
      if (last != null && last.position + last.writtenBytes != segment.position) {
        removeAll(found);
      }
      found.add(segment);
    }
    while (!found.isEmpty() && !cutTornEnd(found.get(found.size() - 1))) {
      Files.deleteIfExists(found.remove(found.size() - 1).file);
    }
    return found;
  }

  /**
   * Removes what lies behind this offset, and gives the last record that is left another id, which
   * goes on from those before it.
   *
   * @return whether there is a record left
   */
  boolean cut(long offset, String newReplId) throws IOException {
    List<Segment> segments = run();
    while (!segments.isEmpty() && segments.get(segments.size() - 1).startOffset >= offset) {
      Files.deleteIfExists(segments.remove(segments.size() - 1).file);
    }
    if (segments.isEmpty()) {
      return false;
    }
    Segment last = segments.get(segments.size() - 1);
    try (FileChannel channel =
        FileChannel.open(last.file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer header = ByteBuffer.allocate(RecordHeader.LEAST_BYTES);
      long at = 0;
      long end = recordEnd(channel, header, at);
      long next = at + RecordHeader.bytes(header, 0) + RecordHeader.length(header, 0);
      while (end < offset && next < channel.size()) {
        at = next;
        end = recordEnd(channel, header, at);
        next = at + RecordHeader.bytes(header, 0) + RecordHeader.length(header, 0);
      }
      int kept = (int) (Math.min(end, offset) - RecordHeader.startOffset(header, 0));
      rewrite(channel, at, RecordHeader.bytes(header, 0), kept, newReplId);
    }
    return true;
  }

  private static long recordEnd(FileChannel channel, ByteBuffer header, long at)
      throws IOException {
    if (!readFully(channel, header, at)) {
      throw new IOException("a record that was whole is not any more");
    }
    return RecordHeader.startOffset(header, 0) + RecordHeader.length(header, 0);
  }

  /** Writes the last record once more, so long and under this id. */
  private void rewrite(FileChannel channel, long at, int header, int length, String newReplId)
      throws IOException {
    ByteBuffer record = ByteBuffer.allocate(header + length);
    if (!readFully(channel, record, at)) {
      throw new IOException("a record that was whole is not any more");
    }
    RecordHeader.change(record, crc, RecordHeader.replIdBytes(newReplId), length);
    record.rewind();
    while (record.hasRemaining()) {
      channel.write(record, at + record.position());
    }
    channel.truncate(at + header + length);
    channel.force(true);
  }

  static List<Path> files(Path folder, String prefix) throws IOException {
    try (Stream<Path> listed = Files.list(folder)) {
      return listed
          .filter(file -> Segment.positionOf(file, prefix) >= 0)
          .sorted(Comparator.comparing(file -> Segment.positionOf(file, prefix)))
          .toList();
    }
  }

  private static void removeAll(List<Segment> segments) throws IOException {
    for (Segment segment : segments) {
      Files.deleteIfExists(segment.file);
    }
    segments.clear();
  }

  /** Returns null where the file does not even hold one header. */
  private Segment segment(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteBuffer header = ByteBuffer.allocate(RecordHeader.LEAST_BYTES);
      if (!readFully(channel, header, 0) || RecordHeader.length(header, 0) < 0) {
        return null;
      }
      Segment segment =
          new Segment(
              folder,
              prefix,
              Segment.positionOf(file, prefix),
              RecordHeader.startOffset(header, 0));
      segment.writtenBytes = channel.size();
      segment.closedMillis = Files.getLastModifiedTime(file).toMillis();
      return segment;
    }
  }

  /** Reads every record of a file and cuts it behind the last whole one; false if there is none. */
  private boolean cutTornEnd(Segment segment) throws IOException {
    try (FileChannel channel =
        FileChannel.open(segment.file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      long size = channel.size();
      long at = 0;
      ByteBuffer record = ByteBuffer.allocate(RecordHeader.BYTES);
      while (true) {
        record.limit(RecordHeader.LEAST_BYTES);
        if (!readFully(channel, record, at)) {
          break;
        }
        int length = RecordHeader.length(record, 0);
        int header = RecordHeader.bytes(record, 0);
        if (length < 0 || at + header + length > size) {
          break;
        }
        record = readBytes(channel, record, at, header + length);
        if (record == null || !RecordHeader.isIntact(record, 0, length, crc)) {
          break;
        }
        replId = RecordHeader.replId(record, 0);
        endOffset = RecordHeader.startOffset(record, 0) + length;
        at += header + length;
      }
      channel.truncate(at);
      segment.writtenBytes = at;
      return at > 0;
    }
  }

  private static ByteBuffer readBytes(FileChannel channel, ByteBuffer header, long at, int total)
      throws IOException {
    ByteBuffer record = header.capacity() >= total ? header : ByteBuffer.allocate(total);
    record.limit(total);
    return readFully(channel, record, at) ? record : null;
  }

  private static boolean readFully(FileChannel channel, ByteBuffer into, long at)
      throws IOException {
    into.rewind();
    while (into.hasRemaining()) {
      if (channel.read(into, at + into.position()) < 0) {
        return false;
      }
    }
    return true;
  }
}
