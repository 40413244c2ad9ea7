package io.cachesync.agent.source;

import io.cachesync.agent.redis.HostAndPort;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.ServerInfo;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * Attaches to a server as a replica and hands on what it sends, as fast as it comes. One object is
 * one connection: after a fault make a new one.
 */
public final class PsyncSource implements Closeable {
  /** A master that says nothing for so long is taken for dead; as repl-timeout. */
  public static final Duration DEFAULT_SILENCE = Duration.ofSeconds(60);

  /** On its way a command is in memory several times. */
  private static final int SHARE_OF_HEAP = 8;

  private static final int MAX_COMMAND_BYTES =
      (int) Math.min(1 << 30, Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP);

  private static final int BUFFER_BYTES = 256 * 1024;

  /** A buffer that one huge command has grown is given back behind it. */
  private static final int KEPT_BYTES = 8 * 1024 * 1024;

  private final RedisClient client;
  private final HostAndPort node;
  private final SourceSink sink;
  private final LongSupplier appliedOffset;
  private final Duration silence;
  private final Clock clock;

  private byte[] buffer = new byte[BUFFER_BYTES];

  /** Bytes at the front of the buffer: those of a command that has not ended. */
  private int limit;

  private volatile RedisConnection connection;
  private volatile boolean closed;
  private volatile long receivedOffset = -1;
  private volatile long rdbBytesReceived;
  private volatile long commandsReceived;
  private volatile long countedAfter = -1;
  private volatile long heldUpTo = -1;
  private volatile boolean promised;
  private volatile MasterLink masterLink = new MasterLink();

  /**
   * @param appliedOffset asked once a second, for the acknowledgements; negative before there is
   *     one
   * @param silence how long the source may say nothing
   */
  public PsyncSource(
      RedisClient client,
      HostAndPort node,
      SourceSink sink,
      LongSupplier appliedOffset,
      Duration silence,
      Clock clock) {
    this.client = client;
    this.node = node;
    this.sink = sink;
    this.appliedOffset = appliedOffset;
    this.silence = silence;
    this.clock = clock;
  }

  /**
   * Connects and reads until {@link #close()} or a failure; blocks.
   *
   * @param from what is there already, or {@link ReplicationPosition#NONE} for a full sync
   * @throws FaultException what the connection or the source failed with; the sink's own exceptions
   *     come through as they are; nothing after {@link #close()}
   */
  public void run(ReplicationPosition from) throws IOException, InterruptedException {
    try (RedisConnection opened = client.connect(node)) {
      connection = opened;
      if (closed) {
        return;
      }
      opened.readTimeout(silence);
      Handshake handshake = new Handshake(opened, masterLink);
      ServerInfo told = handshake.introduce();
      // Before it sends anything: a master above it may take long to answer.
      StreamOrigin origin = told == null ? StreamOrigin.UNKNOWN : StreamOrigin.of(told, client);
      Handshake.Answer answer = handshake.ask(from, heldUpTo);
      String history = answer.replId().isEmpty() ? from.replId() : answer.replId();
      sink.writtenBy(told == null ? origin : origin.answeredWith(history, client, node));
      try (Acknowledger acknowledger = new Acknowledger(opened, appliedOffset)) {
        StreamFramer framer = begin(handshake, answer, from, acknowledger);
        readStream(framer, acknowledger);
      }
    } catch (FaultException e) {
      if (!closed) {
        throw e;
      }
    }
  }

  /** Offset of the last byte received and handed on, or -1 before the stream begins. */
  public long receivedOffset() {
    return receivedOffset;
  }

  /** The port that the source was told, which it names us by; 0 before. */
  public int announcedPort() {
    RedisConnection open = connection;
    return open == null ? 0 : open.localPort();
  }

  /** Bytes of the snapshot received. */
  public long rdbBytesReceived() {
    return rdbBytesReceived;
  }

  /** Commands that end at or below this offset were counted before; set before {@link #run}. */
  public void countAfter(long offset) {
    countedAfter = offset;
  }

  /**
   * Up to here somebody may hold what the source has sent or shown, though it was not received
   * here; set before {@link #run}.
   */
  public void heldUpTo(long offset) {
    heldUpTo = offset;
  }

  /** What former connections to the source have come to know of it; set before {@link #run}. */
  public void masterLink(MasterLink known) {
    masterLink = known;
  }

  /** Commands of the stream received: the ledger's "read". */
  public long commandsReceived() {
    return commandsReceived;
  }

  /** Whether the source has agreed to send a snapshot, or has sent one. */
  public boolean hasPromisedAll() {
    return promised;
  }

  /** Ends the connection; {@link #run} returns soon. From any thread, any number of times. */
  @Override
  public void close() {
    closed = true;
    RedisConnection open = connection;
    if (open != null) {
      open.close();
    }
  }

  private StreamFramer begin(
      Handshake handshake,
      Handshake.Answer answer,
      ReplicationPosition from,
      Acknowledger acknowledger)
      throws IOException, InterruptedException {
    if (answer.full()) {
      promised = true;
      readSnapshot(handshake, answer, acknowledger);
      receivedOffset = answer.offset();
      return new StreamFramer(answer.offset(), -1);
    }
    acknowledger.start();
    String replId = answer.replId().isEmpty() ? from.replId() : answer.replId();
    sink.resumed(replId, from.offset());
    receivedOffset = from.offset();
    StreamFramer framer = new StreamFramer(from.offset(), from.database());
    framer.countAfter(countedAfter);
    return framer;
  }

  private void readSnapshot(Handshake handshake, Handshake.Answer answer, Acknowledger acknowledger)
      throws IOException, InterruptedException {
    String header = connection.readReplicationLine();
    boolean diskless = header.startsWith("$EOF:");
    if (!handshake.offsetIsThatOfTheSnapshot(diskless)) {
      throw new FaultException(
          Fault.fatal(
              FaultCode.SOURCE_TOO_OLD,
              node
                  + " makes diskless snapshots and tells a wrong offset for them, as versions before"
                  + " 2.8.22 and 3.0.4 do: CONFIG SET repl-diskless-sync no"));
    }
    Payload payload = diskless ? markedPayload(header) : sizedPayload(header);
    // Not earlier: a source waits repl-diskless-sync-delay from the last word of its replica on, so
    // that one who keeps talking never gets its snapshot (replication.c, replicationCron).
    acknowledger.start();
    sink.fullSync(
        answer.replId(), answer.offset(), diskless ? -1 : Long.parseLong(header.substring(1)));
    Breath breath = new Breath();
    while (!payload.ended()) {
      int read = connection.readRaw(buffer, 0, buffer.length);
      int taken = payload.take(buffer, 0, read, this::handSnapshot);
      // What follows in the same read is the stream already.
      limit = read - taken;
      System.arraycopy(buffer, taken, buffer, 0, limit);
      long nanos = breath.nanosAfter(read);
      if (nanos > 0 && !payload.ended() && !connection.isReady()) {
        LockSupport.parkNanos(nanos);
      }
    }
    sink.rdbEnd();
    if (diskless) {
      acknowledger.awaitStream();
    }
  }

  private void handSnapshot(byte[] bytes, int offset, int length)
      throws IOException, InterruptedException {
    rdbBytesReceived += length;
    sink.rdb(bytes, offset, length);
  }

  private Payload markedPayload(String header) throws FaultException {
    byte[] mark = header.substring("$EOF:".length()).getBytes(StandardCharsets.ISO_8859_1);
    if (mark.length != MarkedPayload.MARK_BYTES) {
      throw noSnapshot(header);
    }
    return new MarkedPayload(mark);
  }

  private Payload sizedPayload(String header) throws FaultException {
    if (header.startsWith("-")) {
      String text = header.substring(1);
      throw new FaultException(
          Fault.retryable(FaultCode.SOURCE_REFUSED, node + " sent no snapshot: " + text));
    }
    try {
      if (header.startsWith("$")) {
        return new SizedPayload(Long.parseLong(header, 1, header.length(), 10));
      }
    } catch (NumberFormatException e) {
      throw noSnapshot(header);
    }
    throw noSnapshot(header);
  }

  private FaultException noSnapshot(String header) {
    return new FaultException(
        Fault.fatal(FaultCode.PROTOCOL_ERROR, node + " sent no snapshot but " + header));
  }

  private void readStream(StreamFramer framer, Acknowledger acknowledger)
      throws IOException, InterruptedException {
    int fresh = limit;
    limit = 0;
    while (true) {
      if (fresh > 0) {
        handCommands(framer, fresh, clock.millis());
        acknowledger.streamBegun();
        acknowledgeIfAsked(framer, acknowledger);
      }
      makeRoom();
      fresh = connection.readRaw(buffer, limit, buffer.length - limit);
    }
  }

  private void handCommands(StreamFramer framer, int fresh, long nowMillis)
      throws IOException, InterruptedException {
    int database = framer.database();
    long start = framer.offset() - limit;
    int taken = framer.take(buffer, limit, fresh);
    int whole = taken == 0 ? 0 : limit + taken;
    limit += fresh;
    if (whole == 0) {
      return;
    }
    // Before: who applies them may have done so before this thread goes on.
    long before = commandsReceived;
    commandsReceived = framer.commands();
    boolean handed = false;
    try {
      sink.stream(buffer, 0, whole, start, database, nowMillis);
      handed = true;
    } finally {
      if (!handed) {
        commandsReceived = before;
      }
    }
    receivedOffset = start + whole;
    limit -= whole;
    System.arraycopy(buffer, whole, buffer, 0, limit);
  }

  private void acknowledgeIfAsked(StreamFramer framer, Acknowledger acknowledger) {
    if (framer.takeGetAck()) {
      acknowledger.asked(framer.getAckOffset());
    }
  }

  private void makeRoom() throws FaultException {
    if (limit == buffer.length) {
      if (limit >= MAX_COMMAND_BYTES) {
        throw new FaultException(
            Fault.fatal(
                FaultCode.VALUE_TOO_LARGE,
                node
                    + " sent a command of more than "
                    + MAX_COMMAND_BYTES
                    + " bytes; a larger heap (-Xmx) allows more"));
      }
      buffer = Arrays.copyOf(buffer, (int) Math.min(MAX_COMMAND_BYTES, limit * 2L));
    } else if (buffer.length > KEPT_BYTES && limit < BUFFER_BYTES / 2) {
      buffer = Arrays.copyOf(buffer, BUFFER_BYTES);
    }
  }
}
