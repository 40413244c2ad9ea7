package io.cachesync.agent.verify;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Keys that the next round looks at again, with what was found of them, in a file: there may be
 * very many. Written by any thread, then read by one.
 *
 * <pre>
 * database (4) · source (2) · length of the key (4) · key
 * · number of findings (1) · their identities (8 each)
 * </pre>
 */
final class Suspects implements Closeable {
  private final Path file;
  private final FileChannel channel;
  private final DataOutputStream out;
  private DataInputStream in;
  private long bytes;
  private long size;
  private long read;

  /** Keys in a new file. */
  Suspects(Path file) throws IOException {
    this(file, 0, 0, 0);
  }

  /**
   * Goes on with a file; what lies behind its first bytes was written too late to count.
   *
   * @param read how many keys were read
   */
  private Suspects(Path file, long bytes, long size, long read) throws IOException {
    this.file = file;
    this.bytes = bytes;
    this.size = size;
    channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (channel.size() < bytes) {
      channel.close();
      throw new IOException(file + " is shorter than it was");
    }
    channel.truncate(bytes).position(bytes);
    out =
        new DataOutputStream(new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16));
    while (this.read < read) {
      read((int) Math.min(KeyScan.BATCH, read - this.read));
    }
  }

  /** As it was when {@link #write} noted it. */
  static Suspects read(Path file, DataInputStream in) throws IOException {
    return new Suspects(file, in.readLong(), in.readLong(), in.readLong());
  }

  /** Notes how far it was written and read; all of that is in the file then. */
  synchronized void write(DataOutputStream to) throws IOException {
    out.flush();
    channel.force(false);
    to.writeLong(bytes);
    to.writeLong(size);
    to.writeLong(read);
  }

  synchronized void add(int database, byte[] key, Findings findings) throws IOException {
    long[] identities = findings.identities();
    out.writeInt(database);
    out.writeShort(Math.max(0, findings.source()));
    out.writeInt(key.length);
    out.write(key);
    out.writeByte(identities.length);
    for (long identity : identities) {
      out.writeLong(identity);
    }
    bytes += 11L + key.length + 8L * identities.length;
    size++;
  }

  synchronized long size() {
    return size;
  }

  synchronized boolean hasMore() {
    return read < size;
  }

  /** The next keys of one database, none at the end; nothing more may be added. */
  List<KeyBatch> read(int most) throws IOException {
    if (in == null) {
      out.flush();
      in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16));
    }
    List<KeyBatch> batches = new ArrayList<>();
    List<byte[]> keys = new ArrayList<>();
    List<long[]> seen = new ArrayList<>();
    int database = -1;
    int source = -1;
    for (int i = 0; i < most && read < size; i++, read++) {
      int next = in.readInt();
      int nextSource = in.readUnsignedShort();
      if ((next != database || nextSource != source) && !keys.isEmpty()) {
        batches.add(new KeyBatch(database, false, source, List.copyOf(keys), List.copyOf(seen)));
        keys.clear();
        seen.clear();
      }
      database = next;
      source = nextSource;
      byte[] key = new byte[in.readInt()];
      in.readFully(key);
      long[] identities = new long[in.readUnsignedByte()];
      for (int j = 0; j < identities.length; j++) {
        identities[j] = in.readLong();
      }
      keys.add(key);
      seen.add(identities);
    }
    if (!keys.isEmpty()) {
      batches.add(new KeyBatch(database, false, source, keys, seen));
    }
    return batches;
  }

  /** Closes the file, which stays. */
  void release() throws IOException {
    out.close();
    if (in != null) {
      in.close();
    }
  }

  /** The file goes too. */
  @Override
  public void close() throws IOException {
    release();
    Files.deleteIfExists(file);
  }
}
