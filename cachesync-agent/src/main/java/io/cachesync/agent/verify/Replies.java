package io.cachesync.agent.verify;

import io.cachesync.agent.resp.RespReader;
import java.io.IOException;

/** Gives the replies to a pipeline, token by token in their order. */
interface Replies {
  /** A reply that is longer is not held: servers guess how large a value is. */
  int MOST_HELD = 2 * 1024 * 1024;

  /**
   * The next token, told as a null where it is longer than {@link #MOST_HELD}. One that is an error
   * speaks of the key, which is a suspect then.
   *
   * @param i index of the key that the reply is of
   */
  RespReader next(Wire of, int i) throws IOException;
}
