package io.cachesync.agent.sync;

import io.cachesync.agent.command.Command;
import io.cachesync.agent.command.Keys;
import io.cachesync.agent.command.Role;
import io.cachesync.agent.entry.KeyTouches;
import io.cachesync.agent.entry.StreamCommand;
import io.cachesync.agent.writer.StreamArguments;

/**
 * Tells the follower of a link's keys what a command touches, wherever its keys stand. For the
 * applying thread; does not allocate.
 */
final class Touching implements Keys.Visitor {
  private final KeyTouches touches;
  private final StreamArguments arguments = new StreamArguments();
  private StreamCommand in;
  private int database;
  private int otherDatabase;

  /**
   * @param touches null where nobody may follow
   */
  Touching(KeyTouches touches) {
    this.touches = touches;
  }

  /** The stream begins, with what the target has. */
  void begin(long upToOffset) {
    if (touches != null) {
      touches.begin(upToOffset);
    }
  }

  /** What comes now is of this history; all of it is applied, but while slots move. */
  void from(String replId, boolean isSteady) {
    if (touches != null) {
      touches.from(replId, isSteady);
    }
  }

  /** The stream stops, or something goes past it. */
  void pause() {
    if (touches != null) {
      touches.pause();
    }
  }

  /** Call it once the lane has the command: what is applied is touched by then. */
  void touch(Command command, StreamCommand newIn, int newDatabase) {
    if (touches == null || !touches.isFollowed()) {
      return;
    }
    in = newIn;
    database = newDatabase;
    otherDatabase = TouchedKeys.otherDatabase(command, in, database);
    if (command.role() == Role.FLUSH || command.runsCode()) {
      touches.touchEvery(in.endOffset());
    }
    command.keys().visit(arguments.of(in), this);
  }

  @Override
  public void key(int argument) {
    byte[] buffer = in.buffer();
    int offset = in.offset(argument);
    int length = in.length(argument);
    touches.touch(buffer, offset, length, database, in.endOffset());
    if (otherDatabase != database) {
      touches.touch(buffer, offset, length, otherDatabase, in.endOffset());
    }
  }
}
