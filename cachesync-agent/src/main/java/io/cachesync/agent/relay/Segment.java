package io.cachesync.agent.relay;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** One file of a log. It begins with a record, so that reading can begin in it. */
final class Segment {
  /** Position of its first byte in the log. */
  final long position;

  /** Replication offset before its first record. */
  final long startOffset;

  final Path file;

  /** When the next one was begun, or 0 while this is the last. */
  long closedMillis;

  /** Bytes on disk. */
  long writtenBytes;

  private FileChannel channel;

  Segment(Path folder, String prefix, long position, long startOffset) {
    this.position = position;
    this.startOffset = startOffset;
    this.file = folder.resolve("%s-%020d.seg".formatted(prefix, position));
  }

  /** Position in the log that a file's name tells, or -1 where it is none of this kind. */
  static long positionOf(Path file, String prefix) {
    String name = file.getFileName().toString();
    return name.matches(prefix + "-\\d{20}\\.seg")
        ? Long.parseLong(name, prefix.length() + 1, prefix.length() + 21, 10)
        : -1;
  }

  /** Writes bytes at a place of the file; may be tried again with the same ones. */
  void write(long at, byte[] bytes, int offset, int length) throws IOException {
    if (channel == null) {
      channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
    while (buffer.hasRemaining()) {
      channel.write(buffer, at + buffer.position() - offset);
    }
  }

  void closeFile() throws IOException {
    if (channel != null) {
      channel.close();
      channel = null;
    }
  }

  void delete() throws IOException {
    closeFile();
    Files.deleteIfExists(file);
  }
}
