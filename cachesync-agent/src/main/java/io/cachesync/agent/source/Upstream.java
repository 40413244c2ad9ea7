package io.cachesync.agent.source;

import io.cachesync.agent.redis.HostAndPort;
import io.cachesync.agent.redis.MasterOfReplica;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.redis.Sampler;
import io.cachesync.agent.redis.ServerInfo;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.LogLevel;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.function.BiConsumer;

/**
 * Where the master stands of a source that is a replica. What a replica passes on may have been
 * executed by its master long before, while they were apart: how old it is only the master's
 * offsets tell. Asks the master on a connection of its own, which is made only where the source was
 * seen as a replica. Below 4.0 nobody is asked: whose offsets a server counts nothing there tells,
 * and the address may lead to another one. Thread-safe.
 */
public final class Upstream implements Sampler.Reading {
  private static final int MAX_SAMPLES = 300;

  /** A master that cannot be asked is not looked for at every turn. */
  private static final long AGAIN_MILLIS = 5_000;

  /** Nor is one that refuses us until somebody changes that. */
  private static final long REFUSED_MILLIS = 60_000;

  /** What was told before that does not stand for now. */
  private static final long FRESH_MILLIS = 2_000;

  /** A failover above the source is over by then. */
  private static final long LASTS_MILLIS = 5_000;

  private final RedisClient source;
  private final Clock clock;
  private final BiConsumer<LogLevel, String> log;

  /** Newest last. */
  private final ArrayDeque<Sample> samples = new ArrayDeque<>();

  /** Who the source names as its master; null where none is to be asked. */
  private HostAndPort named;

  /** The history that the source goes by, and that of the samples. */
  private String followed = "";

  private String replId = "";

  /** Why the master does not tell, and since when; null where it does. */
  private String refusal;

  private long refusedMillis;
  private boolean told;

  /** What the source was last said not to tell; for the thread that asks the source. */
  private String hidden = "";

  /** For the thread that asks the master: whom the source named, and not before this moment. */
  private HostAndPort foundFor;

  private long againMillis;

  /**
   * @param log where it is told that a master cannot be asked
   */
  public Upstream(RedisClient source, Clock clock, BiConsumer<LogLevel, String> log) {
    this.source = source;
    this.clock = clock;
    this.log = log;
  }

  /** A client of that master; it finds none while the source is one itself. */
  public RedisClient client() {
    return source.following(this::find);
  }

  private HostAndPort find(RedisClient client) throws RedisException {
    HostAndPort first = named();
    long now = clock.millis();
    if (first == null || (now < againMillis && first.equals(foundFor))) {
      throw notAsked("the master of " + source);
    }
    foundFor = first;
    againMillis = now + AGAIN_MILLIS;
    try {
      return MasterOfReplica.above(client, first);
    } catch (RedisException e) {
      if (!e.fault().retryable()) {
        againMillis = now + REFUSED_MILLIS;
      }
      refused(e.fault().message());
      throw e;
    }
  }

  @Override
  public void take(RedisConnection connection) throws RedisException {
    long before = clock.millis();
    ServerInfo info = connection.info("replication");
    if (!foundFor.equals(named()) || !info.isMaster()) {
      againMillis = 0;
      throw notAsked(connection.toString());
    }
    sampled(before, info.text("master_replid"), info.replOffset());
    if (!goesByTheSame()) {
      refused(connection + " has another history: it is not, or not yet, its master");
      throw notAsked(connection.toString());
    }
  }

  /**
   * The newest moment known at which the master had executed no more than the source has by now; -1
   * where there is none.
   *
   * @param info what the source tells of its replication
   * @param before our clock just before it was asked
   */
  long executedSince(ServerInfo info, long before) {
    String history = info.text("master_replid");
    HostAndPort master;
    try {
      master = MasterOfReplica.masterOf(info, source.addressMap());
    } catch (RedisException e) {
      newest(null, history, -1);
      tellHidden(e.fault().message(), isLinkHidden(info));
      return -1;
    }
    if (isLinkHidden(info)) {
      tellHidden("a replica does not tell whether it hears its master", true);
    } else {
      hidden = "";
    }
    long since = newest(master, history, info.number("slave_repl_offset"));
    if (master == null) {
      return before;
    }
    tell(master, before);
    return since;
  }

  /**
   * What the master has just told, where that is more than this; otherwise null. To be asked behind
   * {@link #executedSince}.
   */
  synchronized Sample ahead(long offset, long now) {
    if (named == null || samples.isEmpty() || !goesByTheSame()) {
      return null;
    }
    Sample newest = samples.peekLast();
    return now - newest.millis <= FRESH_MILLIS && newest.offset > offset ? newest : null;
  }

  private static RedisException notAsked(String who) {
    return new RedisException(Fault.retryable(FaultCode.MASTER_DOWN, who + " is not to be asked"));
  }

  private synchronized HostAndPort named() {
    return named;
  }

  private synchronized boolean goesByTheSame() {
    return replId.equals(followed);
  }

  private synchronized void sampled(long millis, String newReplId, long offset) {
    if (!newReplId.equals(replId)) {
      samples.clear();
      replId = newReplId;
    }
    if (samples.size() == MAX_SAMPLES) {
      samples.removeFirst();
    }
    samples.addLast(new Sample(millis, offset));
    if (goesByTheSame()) {
      refusal = null;
    }
  }

  private synchronized void refused(String why) {
    if (refusal == null) {
      refusedMillis = clock.millis();
    }
    refusal = why;
  }

  private synchronized long newest(HostAndPort master, String history, long has) {
    named = history.isEmpty() ? null : master;
    followed = history;
    if (named == null) {
      refusal = null;
      return -1;
    }
    if (!goesByTheSame()) {
      return -1;
    }
    for (Iterator<Sample> newestFirst = samples.descendingIterator(); newestFirst.hasNext(); ) {
      Sample sample = newestFirst.next();
      if (sample.offset <= has) {
        return sample.millis;
      }
    }
    return -1;
  }

  private static boolean isLinkHidden(ServerInfo info) {
    return !info.isMaster() && info.text("master_link_status").isEmpty();
  }

  /** Once for each reason: some services leave fields out of what they tell. */
  private void tellHidden(String why, boolean noLag) {
    if (why.equals(hidden)) {
      return;
    }
    hidden = why;
    log.accept(
        LogLevel.WARN,
        ("%s (INFO replication at the source): %s; nothing gets wrong by that, but everything is"
                + " checked as if it came late; where it can be, give the master's address as the"
                + " source")
            .formatted(
                why,
                noLag
                    ? "no lag can be told"
                    : "the lag that is told is the one behind the replica, not behind its master"));
  }

  /** Once each way. */
  private synchronized void tell(HostAndPort master, long now) {
    if (refusal == null) {
      if (told) {
        log.accept(LogLevel.INFO, "the master of the source, %s, is asked again".formatted(master));
      }
      told = false;
    } else if (!told && now - refusedMillis >= LASTS_MILLIS) {
      told = true;
      log.accept(
          LogLevel.WARN,
          ("the source is a replica, and its master %s cannot be asked: %s; nothing gets wrong by"
                  + " that, but everything is checked as if it came late, and keys that the replica"
                  + " hides as expired are waited for; let this machine reach %s with the source's"
                  + " user and password")
              .formatted(master, refusal, master));
    }
  }

  /** What the master had executed up to by then. */
  record Sample(long millis, long offset) {}
}
