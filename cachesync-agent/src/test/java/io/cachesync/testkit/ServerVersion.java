package io.cachesync.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** A server that tests can start, and where its program is found. */
public enum ServerVersion {
  V2_8("2.8", 208, "redis-server-2.8.19"),
  V3_2("3.2", 302, "redis-server.3.2.5"),
  V6_0("6.0", 600, "redis-server-6.0.5"),
  V6_2("6.2", 602, "redis-server-6.2.7-linux-" + architecture()),
  V7_0("7.0", 700, "redis-server-7.0.15-linux-" + architecture()),
  V7_4("7.4", 704, "redis-server-7.4.1-linux-" + architecture()),
  /** Where {@code redis-server-8.0} is on the PATH. */
  V8_0("", 800, "redis-server-8.0"),
  /** Where {@code redis-server-8.6} is on the PATH. */
  V8_6("", 806, "redis-server-8.6"),
  /** Valkey 8, where {@code valkey-server} is on the PATH. */
  VALKEY_8("", 704, "valkey-server"),
  /** The first with import-mode, where {@code valkey-server-8.1} is on the PATH. */
  VALKEY_8_1("", 704, "valkey-server-8.1"),
  /** The first with an RDB format of its own, where {@code valkey-server-9.1} is on the PATH. */
  VALKEY_9("", 704, "valkey-server-9.1");

  /** Below {@code cachesync.servers}, or empty for one that is looked for on the PATH. */
  private final String folder;

  private final int level;
  private final String program;

  ServerVersion(String folder, int level, String program) {
    this.folder = folder;
    this.level = level;
    this.program = program;
  }

  public boolean atLeast(ServerVersion other) {
    return level >= other.level;
  }

  /** The server's program, executable, or empty where it is not on this machine. */
  public Optional<Path> find() {
    if (folder.isEmpty()) {
      return Stream.of(System.getenv("PATH").split(":"))
          .map(folder -> Path.of(folder, program))
          .filter(Files::isExecutable)
          .findFirst();
    }
    String servers = System.getProperty("cachesync.servers");
    if (servers == null) {
      return Optional.empty();
    }
    Path file = Path.of(servers, folder, program);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    if (!file.toFile().setExecutable(true)) {
      throw new UncheckedIOException(new IOException("cannot make executable: " + file));
    }
    return Optional.of(file.toAbsolutePath());
  }

  private static String architecture() {
    String arch = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    return arch.equals("aarch64") ? "arm64" : "amd64";
  }
}
