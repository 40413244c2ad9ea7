package io.cachesync.agent.verify;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;

/**
 * Folder of what a check keeps: keys for its next round, and how far it has come, so that another
 * process can go on there. It has names of keys, so that only its owner may read it.
 */
final class CheckMemory implements Closeable {
  private static final int FORM = 3;
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");

  private final Path folder;
  private final boolean lasts;

  private CheckMemory(Path folder, boolean lasts) {
    this.folder = folder;
    this.lasts = lasts;
  }

  /** A folder that is there for the next process too; made where it is missing. */
  static CheckMemory in(Path folder) throws IOException {
    Path parent = folder.toAbsolutePath().getParent();
    Files.createDirectories(parent);
    boolean hasModes = Files.getFileStore(parent).supportsFileAttributeView("posix");
    if (!Files.isDirectory(folder)) {
      if (hasModes) {
        Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
      } else {
        Files.createDirectory(folder);
      }
    } else if (hasModes) {
      Files.setPosixFilePermissions(folder, OWNER_ONLY);
    }
    return new CheckMemory(folder, true);
  }

  /** One that nobody goes on with. */
  static CheckMemory fleeting() throws IOException {
    return new CheckMemory(Files.createTempDirectory("cachesync-check"), false);
  }

  /** Whether another process may go on. */
  boolean lasts() {
    return lasts;
  }

  /** Where the keys are kept that a round has found. */
  Path keysOf(int round) {
    return folder.resolve("round-" + round + ".keys");
  }

  /** Keeps how far it has come; whole or not at all. */
  void keep(long spec, Content content) throws IOException {
    Path part = folder.resolve("state.part");
    try (FileOutputStream file = new FileOutputStream(part.toFile());
        BufferedOutputStream buffered = new BufferedOutputStream(file, 1 << 16);
        CheckedOutputStream summed = new CheckedOutputStream(buffered, new CRC32C());
        DataOutputStream out = new DataOutputStream(summed)) {
      out.writeInt(FORM);
      out.writeLong(spec);
      content.write(out);
      out.writeLong(summed.getChecksum().getValue());
      out.flush();
      file.getFD().sync();
    }
    Files.move(part, state(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /**
   * What was kept of a check of the same.
   *
   * @return null where there is nothing, or what was kept is of another check
   * @throws IOException where it cannot be read, or is not what was written
   */
  DataInputStream kept(long spec) throws IOException {
    if (!Files.isRegularFile(state())) {
      return null;
    }
    mustBeWhole();
    DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(state()), 1 << 16));
    if (in.readInt() == FORM && in.readLong() == spec) {
      return in;
    }
    in.close();
    return null;
  }

  /** What a disk has changed must not be taken for keys that were compared. */
  private void mustBeWhole() throws IOException {
    CRC32C sum = new CRC32C();
    long left = Files.size(state()) - Long.BYTES;
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(state()), 1 << 16))) {
      byte[] piece = new byte[1 << 13];
      while (left > 0) {
        int read = in.readNBytes(piece, 0, (int) Math.min(piece.length, left));
        if (read == 0) {
          break;
        }
        sum.update(piece, 0, read);
        left -= read;
      }
      if (left != 0 || in.readLong() != sum.getValue()) {
        throw new IOException(state() + " is damaged");
      }
    }
  }

  /** Forgets all that was kept. */
  void clear() throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
    }
  }

  /** Nothing is left, not even the folder. */
  @Override
  public void close() throws IOException {
    if (Files.isDirectory(folder)) {
      clear();
      Files.deleteIfExists(folder);
    }
  }

  private Path state() {
    return folder.resolve("state");
  }

  /** What is kept. */
  interface Content {
    void write(DataOutputStream out) throws IOException;
  }
}
