package io.cachesync.agent.writer;

import io.cachesync.agent.command.Keys;
import io.cachesync.agent.entry.StreamCommand;

/**
 * A command of the stream as {@link Keys} wants to see it. Reused, for one thread; does not
 * allocate.
 */
public final class StreamArguments implements Keys.Arguments {
  private StreamCommand in;

  /** Looks at a command, which must stay valid. */
  public StreamArguments of(StreamCommand command) {
    in = command;
    return this;
  }

  @Override
  public int count() {
    return in.count();
  }

  @Override
  public boolean is(int argument, String upperCaseWord) {
    return in.is(argument, upperCaseWord);
  }

  @Override
  public long number(int argument) {
    return in.isNumber(argument) ? in.number(argument) : -1;
  }
}
