package io.cachesync.agent.job;

import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Keeps a second process of this host out of a work directory. It is a lock of the operating system
 * on the file {@code lock}, so it ends with its process, however that ends: the file that a dead
 * one has left stands in nobody's way.
 */
public final class DirectoryLock implements Closeable {
  private final FileChannel channel;

  private DirectoryLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes it, until it is closed or this process ends.
   *
   * @param folder must exist
   * @return empty where another process has it
   * @throws FaultException JOB_DIRECTORY_INVALID where no file can be made there
   */
  public static Optional<DirectoryLock> take(Path folder) throws FaultException {
    FileChannel channel;
    try {
      channel = FileChannel.open(file(folder), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw new FaultException(
          Fault.fatal(
              FaultCode.JOB_DIRECTORY_INVALID,
              "the work directory " + folder + " cannot be written to"),
          e);
    }
    try {
      if (channel.tryLock() == null) {
        channel.close();
        return Optional.empty();
      }
      channel.truncate(0);
      channel.write(ByteBuffer.wrap(ProcessNote.own().getBytes(StandardCharsets.US_ASCII)));
    } catch (OverlappingFileLockException e) {
      closeQuietly(channel);
      return Optional.empty();
    } catch (IOException e) {
      // A file system without locks, or a full disk: neither says that somebody else runs.
    }
    return Optional.of(new DirectoryLock(channel));
  }

  /** Who has it, where that process can be seen from here: it may run in another container. */
  public static OptionalLong holder(Path folder) {
    try {
      return ProcessNote.alive(Files.readString(file(folder)));
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  @Override
  public void close() {
    closeQuietly(channel);
  }

  private static Path file(Path folder) {
    return folder.resolve("lock");
  }

  private static void closeQuietly(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // The system lets go of it at the latest with this process.
    }
  }
}
