package io.cachesync.agent.repair;

import io.cachesync.contract.FormerValue;
import java.io.IOException;
import java.util.List;

/** Keeps what the target had. Thread-safe. */
@FunctionalInterface
public interface UndoSink {
  /** Returns once these are where no crash of this host's processes can lose them. */
  void keep(List<FormerValue> values) throws IOException;
}
