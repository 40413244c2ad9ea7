package io.cachesync.agent.relay;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;

/** A reader's open file. */
final class SegmentCursor implements Closeable {
  private Segment segment;
  private FileChannel channel;

  void read(Segment from, long at, byte[] into, int offset, int length) throws IOException {
    if (segment != from) {
      close();
      channel = FileChannel.open(from.file, StandardOpenOption.READ);
      segment = from;
    }
    ByteBuffer buffer = ByteBuffer.wrap(into, offset, length);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, at + buffer.position() - offset) < 0) {
        throw new EOFException(from.file + " is shorter than it was written");
      }
    }
  }

  @Override
  public void close() throws IOException {
    segment = null;
    if (channel != null) {
      channel.close();
      channel = null;
    }
  }
}
