package io.cachesync.agent.sample;

/** A sink that ends in a server, or in several. */
interface SampleSink extends CommandSink {
  /** Sends what waits and reads all replies. */
  void flush();

  /** Commands that were answered. */
  long acknowledged();
}
