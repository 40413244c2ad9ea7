package io.cachesync.agent.relay;

import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardOpenOption;

/** A reader's open file. */
final class SegmentCursor implements Closeable {
  private Segment segment;
  private FileChannel channel;

  /**
   * @throws FaultException STREAM_CORRUPT where the file is gone or ends too early
   */
  void read(Segment from, long at, byte[] into, int offset, int length) throws IOException {
    if (segment != from) {
      close();
      try {
        channel = FileChannel.open(from.file, StandardOpenOption.READ);
      } catch (NoSuchFileException e) {
        throw damaged(from.file + " of the relay log is gone", e);
      }
      segment = from;
    }
    ByteBuffer buffer = ByteBuffer.wrap(into, offset, length);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, at + buffer.position() - offset) < 0) {
        throw damaged(from.file + " of the relay log is shorter than it was written", null);
      }
    }
  }

  private static FaultException damaged(String what, IOException cause) {
    return new FaultException(Fault.retryable(FaultCode.STREAM_CORRUPT, what), cause);
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
