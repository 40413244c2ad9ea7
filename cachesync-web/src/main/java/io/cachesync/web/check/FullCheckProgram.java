package io.cachesync.web.check;

import io.cachesync.contract.CheckSpec;
import io.cachesync.contract.FullCheckObstacle;
import io.cachesync.web.system.Refusal;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * redis-full-check, where the settings of the console say that machines have it. What is stored of
 * a check only says that it is wanted: nobody but whoever writes the settings names a program.
 */
@Component
class FullCheckProgram {
  /** Stands in a stored spec for the path. */
  static final String WANTED = "redis-full-check";

  private final String path;

  FullCheckProgram(@Value("${cachesync.redis-full-check:}") String path) {
    this.path = path.strip();
  }

  /** Whether it can be chosen. */
  boolean isThere() {
    return !path.isEmpty();
  }

  /** Its path on machines. */
  String path() {
    if (!isThere()) {
      throw Refusal.invalid("fullCheck", "check.fullCheck.refused.none");
    }
    return path;
  }

  /** Refuses what it cannot do. */
  void mustBeAbleTo(CheckSpec spec) {
    Stream.of(
            FullCheckObstacle.of(spec),
            FullCheckObstacle.of(spec.source()),
            FullCheckObstacle.of(spec.target()))
        .flatMap(Optional::stream)
        .findFirst()
        .ifPresent(
            obstacle -> {
              throw Refusal.invalid("fullCheck", "check.fullCheck.refused." + obstacle);
            });
  }
}
