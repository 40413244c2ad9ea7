package io.cachesync.agent.verify;

import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.resp.RespReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Scans one server for its keys, database by database. Where it goes on after a failure is its
 * cursor; another server in its place begins anew, for cursors are of no use there.
 */
final class KeyScan {
  /** Keys of a batch. */
  static final int BATCH = 512;

  private static final byte[] START = {'0'};

  private final Side side;
  private final Side.Scanned place;
  private final boolean isTarget;
  private final Choice choice;
  private final Keys taker;
  private final ScanPlaces places;
  private final String name;
  private final Stillness stillness;
  private final Patience patience = new Patience();
  private RedisConnection connection;

  /** What was asked for already, null for nothing. */
  private byte[] asked;

  private String runId = "";

  /** Where the database's scan goes on, null where it is over. */
  private byte[] cursor;

  private List<byte[]> keys = new ArrayList<>(BATCH);

  /**
   * @param places where it goes on, and where it notes how far it has come
   * @param scan what this scan of the side is called in there
   */
  KeyScan(
      Side side,
      Side.Scanned place,
      boolean isTarget,
      Choice choice,
      Keys taker,
      ScanPlaces places,
      String scan,
      Stillness stillness) {
    this.places = places;
    this.name = scan + " " + place.address();
    this.stillness = stillness;
    this.side = side;
    this.place = place;
    this.isTarget = isTarget;
    this.choice = choice;
    this.taker = taker;
  }

  void run(Databases databases) throws IOException, InterruptedException {
    try {
      begin();
      for (int database : isTarget ? databases.source() : databases.of(side)) {
        scan(database, isTarget ? databases.atTarget(database) : database);
      }
    } finally {
      close();
    }
  }

  /** Where the server is not the one that told the cursors, all of it is scanned anew. */
  private void begin() throws IOException, InterruptedException {
    runId = places.runId(name);
    while (connection == null) {
      try {
        if (connect()) {
          places.begin(name, runId);
        }
      } catch (RedisException e) {
        close();
        patience.waitAfter(e);
      }
    }
  }

  private void scan(int database, int here) throws IOException, InterruptedException {
    cursor = places.cursor(name, database);
    while (cursor != null) {
      try {
        if (connection == null && connect()) {
          places.follow(name, runId);
          places.reached(name, database, START);
          cursor = START;
        }
        stillness.step(() -> step(database, here));
        patience.calm();
      } catch (RedisException e) {
        close();
        patience.waitAfter(e);
      }
    }
  }

  /** A page, and a batch where there is one. */
  private void step(int database, int here) throws RedisException, InterruptedException {
    byte[] next = page(database, here, cursor);
    boolean done = Arrays.equals(next, START);
    cursor = done ? null : next;
    if (keys.size() >= BATCH || done) {
      emit(database);
    }
    if (done) {
      places.over(name, database);
    } else if (keys.isEmpty()) {
      places.reached(name, database, next);
    }
  }

  /** Returns whether it is another server than before. */
  private boolean connect() throws RedisException {
    RedisConnection opened =
        side.isCluster()
            ? side.client().connect(side.map().owner(place.slot()).address())
            : side.client().connect();
    connection = opened;
    String id = opened.info("server").runId();
    boolean isOther = !id.equals(runId);
    runId = id;
    return isOther;
  }

  /**
   * The next page is asked for before this one is looked at, so that the server is not waited for.
   *
   * @param here the database's number at this side
   * @return where the page behind it begins
   */
  private byte[] page(int database, int here, byte[] cursor)
      throws RedisException, InterruptedException {
    if (!Arrays.equals(asked, cursor)) {
      ask(here, cursor);
    }
    if (!side.isCluster()) {
      expect(RespReader.SIMPLE);
    }
    expect(RespReader.ARRAY);
    expect(RespReader.BULK);
    RespReader in = connection.in();
    byte[] next = Arrays.copyOfRange(in.buffer(), in.offset(), in.offset() + in.length());
    asked = null;
    if (!Arrays.equals(next, START)) {
      ask(here, next);
    }
    expect(RespReader.ARRAY);
    long count = in.integer();
    long bytes = 0;
    for (long i = 0; i < count; i++) {
      expect(RespReader.BULK);
      byte[] key = Arrays.copyOfRange(in.buffer(), in.offset(), in.offset() + in.length());
      bytes += key.length;
      byte[] name = choice.nameOf(database, key);
      if (name != null) {
        keys.add(name);
      }
    }
    side.countScanned(count);
    long wait = side.count(1, bytes);
    if (wait > 0) {
      Thread.sleep(wait);
    }
    return next;
  }

  private void ask(int here, byte[] cursor) throws RedisException {
    if (!side.isCluster()) {
      connection.out().command("SELECT", Integer.toString(here));
    }
    connection.out().command("SCAN", text(cursor), "COUNT", Integer.toString(BATCH));
    connection.flush();
    asked = cursor;
  }

  private void expect(byte type) throws RedisException {
    byte got = connection.readToken();
    if (got == RespReader.ERROR) {
      throw new RedisException(connection.tokenFault());
    }
    if (got != type) {
      throw new IllegalStateException("a reply of type " + (char) got + " to SCAN");
    }
  }

  private void emit(int database) throws InterruptedException {
    if (!keys.isEmpty()) {
      taker.take(new KeyBatch(database, isTarget, side.number(), keys, null));
      keys = new ArrayList<>(BATCH);
    }
  }

  private void close() {
    if (connection != null) {
      connection.close();
      connection = null;
      asked = null;
    }
  }

  private static String text(byte[] cursor) {
    return new String(cursor, StandardCharsets.US_ASCII);
  }

  /** Which keys are given on, and under which names: those of the source, null for none. */
  interface Choice {
    /**
     * @param database of the source
     */
    byte[] nameOf(int database, byte[] key);
  }

  /** Who is given them. */
  interface Keys {
    void take(KeyBatch batch) throws InterruptedException;
  }
}
