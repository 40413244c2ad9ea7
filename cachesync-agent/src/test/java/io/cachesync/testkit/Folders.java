package io.cachesync.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** Temporary folders of servers and agents; what nobody deleted goes when the JVM ends. */
public final class Folders {
  private static final Set<Path> CREATED = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(Folders::deleteAll));
  }

  private Folders() {}

  public static Path create(String prefix) {
    try {
      Path folder = Files.createTempDirectory("cachesync-" + prefix + "-");
      CREATED.add(folder);
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static void delete(Path folder) {
    CREATED.remove(folder);
    if (!Files.exists(folder)) {
      return;
    }
    List<Path> files;
    try (Stream<Path> walk = Files.walk(folder)) {
      files = walk.sorted(Comparator.reverseOrder()).toList();
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void deleteAll() {
    for (Path folder : List.copyOf(CREATED)) {
      try {
        delete(folder);
      } catch (UncheckedIOException e) {
        // A server that ends at the same time may still write there; its own end deletes it.
      }
    }
  }
}
