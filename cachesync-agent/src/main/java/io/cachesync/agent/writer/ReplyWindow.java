package io.cachesync.agent.writer;

import io.cachesync.agent.checkpoint.DatabaseKey;
import io.cachesync.agent.filter.SkippedKeys;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.redis.ReplyFault;
import io.cachesync.agent.resp.RespReader;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Reads the replies of a pipeline on a thread of its own, and lets no more commands out than it has
 * places for. Each place remembers enough of its command to name it when it is refused.
 */
final class ReplyWindow implements AutoCloseable {
  private static final int KEY_BYTES = 64;

  /** How long replies may lie unread. */
  private static final long BREATH_MILLIS = 10;

  /** After so many without any the end of the connection must be noticed. */
  private static final int PATIENT_BREATHS = 10;

  private final RedisConnection connection;
  private final Thread thread = new Thread(this::read, "full-sync-replies");
  private final int places;
  private final byte[] keys;
  private final short[] keyLengths;
  private final int[] databases;
  private final long[] positions;

  /** How many keys are whole with this one. */
  private final short[] wholeKeys;

  private final boolean[] asking;
  private final SnapshotScope.Existing existing;
  private final SkippedKeys skipped;

  /** By their names at the source, where keys that exist are skipped. */
  private final DatabaseKey[] sources;

  private DatabaseKey source;
  private boolean asks;

  /** For the writing thread. */
  private long written;

  /** For the reading thread. */
  private int silentBreaths;

  /** So much at least is answered; for the writing thread. */
  private long knownAnswered;

  // Guarded by this.
  private long sent;
  private long answered;
  private boolean hurries;
  private final Deque<Tolerated> tolerated = new ArrayDeque<>();
  private boolean closing;
  private FaultException failure;

  private record Tolerated(long begin, long end, DatabaseKey key, Refused refused) {}

  /** Hears on the window's thread of a key whose value the server does not take. */
  interface Refused {
    /** What it throws ends the window. */
    void accept(DatabaseKey key) throws FaultException;
  }

  private volatile long acknowledgedPosition;
  private volatile long acknowledgedKeys;

  /**
   * @param places how many replies may be missing
   * @param existing what becomes of keys that are there already
   * @param skipped takes those that are skipped
   */
  ReplyWindow(
      RedisConnection connection,
      int places,
      SnapshotScope.Existing existing,
      SkippedKeys skipped) {
    this.connection = connection;
    this.places = places;
    this.keys = new byte[places * KEY_BYTES];
    this.keyLengths = new short[places];
    this.databases = new int[places];
    this.positions = new long[places];
    this.wholeKeys = new short[places];
    this.asking = new boolean[places];
    this.existing = existing;
    this.skipped = skipped;
    this.sources = new DatabaseKey[existing == SnapshotScope.Existing.SKIPPED ? places : 0];
  }

  void start() {
    thread.setDaemon(true);
    thread.start();
  }

  /** Whether there is a place for so many more commands without sending any first. */
  boolean hasPlaces(int commands) {
    if (written - knownAnswered + commands > places) {
      synchronized (this) {
        knownAnswered = answered;
      }
    }
    return written - knownAnswered + commands <= places;
  }

  /** What is added next is of this key, or of none where that is null. */
  void source(DatabaseKey newSource) {
    source = newSource;
  }

  /** What is added next brings no value of a key, and asks, where none is replaced, for the key. */
  void asks(boolean nowAsks) {
    asks = nowAsks && existing != SnapshotScope.Existing.REPLACED;
  }

  /**
   * A command has been written whose reply will come.
   *
   * @param buffer holds its first key
   * @param position position in the snapshot that is reached when it is the key's last one
   * @param whole how many keys are at the target as a whole with it
   */
  void add(byte[] buffer, int offset, int length, int database, long position, int whole) {
    int place = (int) (written % places);
    if (sources.length > 0) {
      sources[place] = source;
    }
    int kept = Math.min(length, KEY_BYTES);
    System.arraycopy(buffer, offset, keys, place * KEY_BYTES, kept);
    keyLengths[place] = (short) kept;
    databases[place] = database;
    positions[place] = position;
    wholeKeys[place] = (short) whole;
    asking[place] = asks;
    written++;
  }

  /**
   * Of the commands that are added next one may be refused for what its value is.
   *
   * @param refused hears the key then, on this window's thread
   */
  void mayBeRefused(DatabaseKey key, int commands, Refused refused) {
    synchronized (this) {
      tolerated.add(new Tolerated(written, written + commands, key, refused));
    }
  }

  /** Everything that was added has been sent. */
  synchronized void sent() {
    sent = written;
    notifyAll();
  }

  /** Waits until at most so many replies are missing. */
  synchronized void awaitOutstanding(int most) throws IOException, InterruptedException {
    hurries = sent - answered > most;
    if (hurries) {
      notifyAll();
    }
    while (failure == null && sent - answered > most) {
      wait();
    }
    hurries = false;
    check();
  }

  /**
   * What the server had said when the connection broke under the writing thread, otherwise that it
   * did: why a server closes it stands in its last answer.
   */
  synchronized FaultException causeOf(RedisException broken) throws InterruptedException {
    hurries = true;
    notifyAll();
    while (failure == null && thread.isAlive()) {
      wait(BREATH_MILLIS);
    }
    boolean said = failure != null && failure.fault().code() != FaultCode.CONNECTION_LOST;
    return said ? failure : broken;
  }

  synchronized void check() throws FaultException {
    if (failure != null) {
      throw failure;
    }
  }

  long acknowledgedPosition() {
    return acknowledgedPosition;
  }

  long acknowledgedKeys() {
    return acknowledgedKeys;
  }

  /** Ends the thread; the connection can be used again when every reply was read. */
  @Override
  public void close() {
    synchronized (this) {
      closing = true;
      notifyAll();
      if (answered < sent) {
        connection.close();
      }
    }
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void read() {
    try {
      while (true) {
        long until = awaitSent();
        if (until < 0) {
          return;
        }
        readUntil(until);
      }
    } catch (FaultException e) {
      fail(e);
    } catch (IOException e) {
      fail(
          new RedisException(
              Fault.retryable(FaultCode.CONNECTION_LOST, connection + " was lost"), e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits for a breath; returns the command before which to stop reading, or -1 at the end. */
  private synchronized long awaitSent() throws InterruptedException {
    if (!closing && !hurries && answered < sent) {
      wait(BREATH_MILLIS);
    }
    while (!closing && answered == sent) {
      wait();
    }
    return answered == sent ? -1 : sent;
  }

  /**
   * Reads the replies that are there, and waits for more only where somebody waits for them or
   * there were none for long: otherwise each small write of the target would wake this thread, and
   * cost both of them more than what it brings.
   */
  private void readUntil(long until) throws IOException {
    long at;
    boolean waits;
    synchronized (this) {
      at = answered;
      waits = closing || hurries;
    }
    if (!waits && !connection.isReady()) {
      silentBreaths++;
      if (silentBreaths < PATIENT_BREATHS) {
        return;
      }
    }
    silentBreaths = 0;
    long first = at;
    long position = acknowledgedPosition;
    long keysDone = acknowledgedKeys;
    for (; at < until; at++) {
      if (!waits && at > first && !connection.isReady()) {
        break;
      }
      int place = (int) (at % places);
      byte token = connection.readToken();
      if (token == RespReader.ERROR && isTaken()) {
        exists(place);
      } else if (token == RespReader.ERROR && !isTolerated(at)) {
        throw refused(place);
      }
      boolean isNull = token == RespReader.BULK && connection.in().integer() < 0;
      boolean isFound = token == RespReader.INTEGER && connection.in().integer() > 0;
      if (isNull || (isFound && asking[place])) {
        exists(place);
      }
      if (wholeKeys[place] > 0) {
        position = Math.max(position, positions[place]);
        keysDone += wholeKeys[place];
      }
      if ((at & 255) == 0) {
        progress(at, position, keysDone);
      }
    }
    progress(at, position, keysDone);
  }

  private boolean isTaken() {
    return connection.in().tokenErrorPrefix().equals("BUSYKEY");
  }

  /** Whether the refusal just read is no fault; then it has been told. */
  private boolean isTolerated(long command) throws FaultException {
    if (!ReplyFault.isAboutData(connection.in().tokenErrorPrefix())
        || ReplyFault.isOfProtocol(connection.in().tokenText())) {
      return false;
    }
    Tolerated found;
    synchronized (this) {
      tolerated.removeIf(each -> each.end() <= command);
      found = tolerated.peek();
    }
    if (found == null || found.begin() > command) {
      return false;
    }
    found.refused().accept(found.key());
    return true;
  }

  private void progress(long nowAnswered, long position, long keysDone) {
    acknowledgedPosition = position;
    acknowledgedKeys = keysDone;
    synchronized (this) {
      answered = nowAnswered;
      while (!tolerated.isEmpty() && tolerated.peek().end() <= nowAnswered) {
        tolerated.remove();
      }
      notifyAll();
    }
  }

  /** Only where keys that are there are not to be replaced: SET then answers a null. */
  private void exists(int place) throws FaultException {
    String there = " is at " + connection + " already";
    switch (existing) {
      case SKIPPED -> {
        DatabaseKey key = sources[place];
        if (!skipped.add(key.database(), key.key())) {
          throw fatal(
              FaultCode.SKIP_LIST_FULL,
              "more than %d keys are at %s already".formatted(skipped.most(), connection));
        }
      }
      case REFUSED -> throw fatal(FaultCode.TARGET_NOT_EMPTY, key(place) + there);
      default ->
          throw fatal(
              FaultCode.KEY_IN_TWO_SOURCES,
              key(place)
                  + there
                  + ": another source has it too, or somebody else writes to the target");
    }
  }

  private static FaultException fatal(FaultCode code, String message) {
    return new RedisException(Fault.fatal(code, message));
  }

  private FaultException refused(int place) {
    Fault fault = connection.tokenFault();
    String message = fault.message() + " for " + key(place);
    if (wholeKeys[place] > 1) {
      message += " or one of the %d sent with it".formatted(wholeKeys[place] - 1);
    }
    return new RedisException(new Fault(fault.code(), message, fault.retryable()));
  }

  private String key(int place) {
    return keyLengths[place] == 0
        ? "a command without a key"
        : "the key '"
            + Batch.shown(keys, place * KEY_BYTES, keyLengths[place])
            + "' of database "
            + databases[place];
  }

  private synchronized void fail(FaultException e) {
    if (failure == null) {
      failure = e;
    }
    notifyAll();
  }
}
