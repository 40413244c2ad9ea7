package io.cachesync.agent.verify;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Keys that the next round looks at again, with what was found of them, in a file: there may be
 * very many. Written by any thread, then read by one.
 *
 * <pre>
 * database (4) · length of the key (4) · key · number of findings (1) · their identities (8 each)
 * </pre>
 */
final class Suspects implements Closeable {
  private final Path file;
  private final DataOutputStream out;
  private DataInputStream in;
  private long size;
  private long read;

  Suspects() throws IOException {
    file = Files.createTempFile("cachesync-check", ".keys");
    out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), 1 << 16));
  }

  synchronized void add(int database, byte[] key, Findings findings) throws IOException {
    long[] identities = findings.identities();
    out.writeInt(database);
    out.writeInt(key.length);
    out.write(key);
    out.writeByte(identities.length);
    for (long identity : identities) {
      out.writeLong(identity);
    }
    size++;
  }

  synchronized long size() {
    return size;
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
    for (int i = 0; i < most && read < size; i++, read++) {
      int next = in.readInt();
      if (next != database && !keys.isEmpty()) {
        batches.add(new KeyBatch(database, false, List.copyOf(keys), List.copyOf(seen)));
        keys.clear();
        seen.clear();
      }
      database = next;
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
      batches.add(new KeyBatch(database, false, keys, seen));
    }
    return batches;
  }

  @Override
  public void close() throws IOException {
    out.close();
    if (in != null) {
      in.close();
    }
    Files.deleteIfExists(file);
  }
}
