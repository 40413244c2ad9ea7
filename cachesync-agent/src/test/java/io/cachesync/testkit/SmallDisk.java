package io.cachesync.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Assumptions;

/**
 * A file system of a few megabytes: a tmpfs in user and mount namespaces of its own, which a
 * process of ours holds and whose files are reached through that process. Where namespaces may not
 * be made the test is skipped, and says why.
 */
public final class SmallDisk implements AutoCloseable {
  private static final String BALLAST = "ballast";
  private static final String MOUNT =
      "mount -t tmpfs -o size=\"$1\" tmpfs \"$0\" && echo mounted && exec cat";

  private final Process holder;
  private final Path below;
  private final Path folder;

  /**
   * @param bytes what fits on it, in whole pages
   */
  public SmallDisk(long bytes) {
    below = Folders.create("disk");
    try {
      holder =
          new ProcessBuilder(
                  "unshare", "-Urm", "sh", "-c", MOUNT, below.toString(), Long.toString(bytes))
              .redirectErrorStream(true)
              .start();
      Runtime.getRuntime().addShutdownHook(new Thread(holder::destroyForcibly));
      folder =
          Path.of("/proc", Long.toString(holder.pid()), "root")
              .resolve(Path.of("/").relativize(below));
      String said =
          new BufferedReader(new InputStreamReader(holder.getInputStream(), StandardCharsets.UTF_8))
              .readLine();
      boolean mounted = "mounted".equals(said) && Files.isWritable(folder);
      if (!mounted) {
        close();
      }
      Assumptions.assumeTrue(
          mounted, "no small file system can be mounted here (unshare -Urm): " + said);
    } catch (IOException e) {
      Assumptions.abort("no small file system can be mounted here: " + e.getMessage());
      throw new UncheckedIOException(e);
    }
  }

  /** Where it is mounted, as it is seen from outside. */
  public Path folder() {
    return folder;
  }

  public long freeBytes() {
    return folder.toFile().getUsableSpace();
  }

  /** Somebody else writes until so many bytes are left. */
  public void leave(long bytes) {
    byte[] more = new byte[Math.toIntExact(Math.max(0, freeBytes() - bytes))];
    try {
      Path ballast = folder.resolve(BALLAST);
      Files.write(ballast, more, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What somebody else wrote is removed. */
  public void makeRoom() {
    try {
      Files.deleteIfExists(folder.resolve(BALLAST));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    Signals.end(holder);
    Folders.delete(below);
  }
}
