package io.cachesync.bench;

/** Takes commands, to be written somewhere. */
interface Commands {
  void command(byte[]... words);
}
