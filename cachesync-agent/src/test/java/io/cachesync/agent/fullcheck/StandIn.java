package io.cachesync.agent.fullcheck;

import io.cachesync.contract.CheckMode;
import io.cachesync.contract.CheckSpec;
import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.LimitSpec;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.Topology;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** An executable that keeps to what redis-full-check is known to do, in a folder of its own. */
final class StandIn {
  private static final Path FILES = Path.of("src/test/resources/fullcheck");

  private final Path folder;

  StandIn(Path folder) {
    this.folder = folder;
    try {
      for (String name : List.of("final.db", "middle.db", "stand-in.sh")) {
        Files.copy(FILES.resolve(name), folder.resolve(name));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (!program().toFile().setExecutable(true)) {
      throw new IllegalStateException(program() + " cannot be made executable");
    }
  }

  Path program() {
    return folder.resolve("stand-in.sh");
  }

  /** From now on it is {@code broken}, {@code deaf}, {@code silent} or {@code slow}. */
  void be(String what) throws IOException {
    Files.createFile(folder.resolve(what));
  }

  /** What it was given or has: {@code arguments}, {@code environment}, {@code pid}. */
  String seen(String what) throws IOException {
    return Files.readString(folder.resolve(what)).strip();
  }

  boolean hasBegun() {
    return Files.exists(folder.resolve("pid"));
  }

  /** A check that it does. */
  static CheckSpec spec(Path program, RedisEndpoint source, RedisEndpoint target) {
    return spec(program, source, target, FilterSpec.everything());
  }

  static CheckSpec spec(
      Path program, RedisEndpoint source, RedisEndpoint target, FilterSpec filter) {
    return CheckSpec.between(source, target)
        .mode(CheckMode.FULL)
        .filter(filter)
        .rounds(2)
        .pauseMillis(1000)
        .bothDirections(false)
        .parallel(3)
        .sourceLimits(new LimitSpec(0, 900))
        .targetLimits(LimitSpec.none())
        .program(program.toString())
        .build();
  }

  static RedisEndpoint end(String address, String user) {
    return new RedisEndpoint(Topology.STANDALONE, List.of(address), user, null);
  }
}
