package io.cachesync.agent.verify;

import io.cachesync.contract.CheckDifference;
import java.io.IOException;

/** Takes what a check finds, from several threads. */
public interface DifferenceSink {
  void accept(CheckDifference difference);

  /** All that was taken is kept; tells where it ends. */
  default long keep() throws IOException {
    return 0;
  }

  /**
   * A check begins, or goes on: what was taken behind this is taken again.
   *
   * @param end what {@link #keep} told, 0 for the beginning
   */
  default void goOn(long end) throws IOException {}
}
