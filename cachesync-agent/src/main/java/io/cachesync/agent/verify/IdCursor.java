package io.cachesync.agent.verify;

import io.cachesync.agent.resp.RespValue;
import java.io.IOException;
import java.util.List;

/** Goes through what a stream keeps by id, in their order, a piece at a time, on one side. */
final class IdCursor {
  private final Pair pair;
  private final Wire of;
  private final String command;
  private final List<byte[]> before;
  private final List<Object> behind;
  private final int step;

  private List<RespValue> piece = List.of();
  private int at;
  private StreamId from = StreamId.FIRST;
  private StreamId id;

  /**
   * @param before arguments before the range
   * @param behind arguments behind it, COUNT included
   * @param step elements asked for at once
   */
  IdCursor(Pair pair, Wire of, String command, List<byte[]> before, List<Object> behind, int step)
      throws IOException {
    this.pair = pair;
    this.of = of;
    this.command = command;
    this.before = before;
    this.behind = behind;
    this.step = step;
    fill();
  }

  /** The id it stands at, or null behind the last. */
  StreamId id() {
    return id;
  }

  /** What it stands at: an array whose first element is the id. */
  RespValue element() {
    return piece.get(at);
  }

  void next() throws IOException {
    at++;
    fill();
  }

  /** Goes through both in order; one of both is null where only one side has an id. */
  static void join(IdCursor source, IdCursor target, Visitor visitor) throws IOException {
    while (source.id != null || target.id != null) {
      int order = order(source.id, target.id);
      visitor.visit(
          order <= 0 ? source.id : target.id,
          order <= 0 ? source.element() : null,
          order >= 0 ? target.element() : null);
      if (order <= 0) {
        source.next();
      }
      if (order >= 0) {
        target.next();
      }
    }
  }

  private static int order(StreamId source, StreamId target) {
    if (source == null || target == null) {
      return source == null ? 1 : -1;
    }
    return source.compareTo(target);
  }

  private void fill() throws IOException {
    if (at == piece.size()) {
      if (from == null || (id != null && piece.size() < step)) {
        id = null;
        return;
      }
      piece = ask();
      at = 0;
      if (piece.isEmpty()) {
        id = null;
        return;
      }
    }
    id = StreamId.parse(piece.get(at).elements().get(0).bytes());
    from = id.next();
  }

  private List<RespValue> ask() throws IOException {
    Object[] arguments = new Object[before.size() + 2 + behind.size()];
    int i = 0;
    for (byte[] argument : before) {
      arguments[i++] = argument;
    }
    arguments[i++] = from;
    arguments[i++] = "+";
    for (Object argument : behind) {
      arguments[i++] = argument;
    }
    return pair.ask(of, command, arguments).elements();
  }

  /** Takes what both sides have at an id. */
  interface Visitor {
    void visit(StreamId id, RespValue source, RespValue target) throws IOException;
  }
}
