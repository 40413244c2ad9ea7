package io.cachesync.proof;

import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.RespError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Sends a workload's commands to the source, and remembers them with their replies. */
final class SourceWriter implements AutoCloseable {
  private static final int ROUND_MILLIS = 10;

  private final Supplier<RedisServer> master;
  private final RandomCommands commands;
  private final int commandsPerRound;
  private final boolean flushes;
  private final String wipe;
  private final History history;
  private final String tag;
  private final boolean follows;
  private final Object turn = new Object();
  private RedisServer at;
  private RespClient client;
  private volatile boolean writing;
  private volatile int burst;
  private volatile int replacing;
  private volatile int copies;
  private volatile boolean flush;
  private volatile String mark = "";
  private CompletableFuture<Void> work = CompletableFuture.completedFuture(null);

  /**
   * @param master where it writes; asked again where it is no master any more
   * @param prefix what all keys begin with
   * @param tags as {@link ProofSource#tags}
   */
  SourceWriter(
      Supplier<RedisServer> master,
      Workload workload,
      long seed,
      String prefix,
      List<String> tags,
      History history) {
    this.master = master;
    this.history = history;
    this.follows = !tags.isEmpty();
    this.tag = tags.isEmpty() ? "" : tags.get(0);
    at = master.get();
    client = at.client();
    commands = new RandomCommands(workload, seed, prefix, tags);
    flushes = workload.flushes();
    wipe = workload.flush();
    commandsPerRound = Math.max(1, workload.commandsPerSecond() * ROUND_MILLIS / 1000);
  }

  /** What is there before the migration begins. */
  void prepare() {
    List<String[]> round = new ArrayList<>();
    commands.prepare(round::add);
    send(round);
  }

  void start() {
    writing = true;
    work = CompletableFuture.runAsync(this::write);
  }

  /** Writes so many commands more, at once. */
  void burst(int count) {
    burst += count;
  }

  /** Writes so many commands at once that only replace, which may go without a transaction. */
  void burstOfReplacing(int count) {
    replacing += count;
  }

  /** The same, and half-way through them a SET of this word to itself. */
  void burstOfReplacing(int count, String newMark) {
    mark = newMark;
    burstOfReplacing(count);
  }

  /** Copies so many of the keys that are only replaced over others of them. */
  void burstOfCopies(int count) {
    copies += count;
  }

  /** Flushes everything between the commands of the next round, if the workload does such. */
  void flushInTheMiddle() {
    flush = flushes;
  }

  /** Does something while nothing is written. */
  void between(Runnable change) {
    synchronized (turn) {
      change.run();
    }
  }

  void stop() {
    writing = false;
    CompletableFuture<Void> ended = work;
    // What it failed by is told once: thrown again by close, it would be added to itself.
    work = CompletableFuture.completedFuture(null);
    ended.join();
  }

  @Override
  public void close() {
    try {
      stop();
    } finally {
      client.close();
    }
  }

  private void write() {
    List<String[]> round = new ArrayList<>();
    while (writing) {
      int count = commandsPerRound + burst;
      burst = 0;
      round.clear();
      while (round.size() < count) {
        if (flush && round.size() >= count / 2) {
          flush = false;
          round.add(new String[] {wipe});
        }
        commands.next(round::add);
      }
      addReplacing(round);
      int copied = copies;
      copies = 0;
      for (int i = 0; i < copied; i++) {
        commands.nextCopy(round::add);
      }
      synchronized (turn) {
        if (master.get() != at) {
          follow();
        }
        send(round);
      }
      LockSupport.parkNanos(ROUND_MILLIS * 1_000_000L);
    }
  }

  private void addReplacing(List<String[]> round) {
    int count = replacing;
    replacing = 0;
    for (int i = 0; i < count; i++) {
      if (i == count / 2 && !mark.isEmpty()) {
        round.add(new String[] {"SET", mark + tag, mark + tag});
        mark = "";
      }
      commands.nextReplacing(round::add);
    }
  }

  private void send(List<String[]> round) {
    long now = System.currentTimeMillis();
    List<Object> replies;
    try {
      replies = client.pipeline(round);
    } catch (RuntimeException e) {
      // A server that has been started again, or another one that has its slots now.
      follow();
      return;
    }
    for (int i = 0; i < round.size(); i++) {
      history.add(now, round.get(i), replies.get(i));
      ask(round.get(i), replies.get(i));
    }
    if (follows && replies.stream().anyMatch(SourceWriter::isNoMaster)) {
      follow();
    }
  }

  /** A key that is not there may already be where its slot moves to. */
  private void ask(String[] words, Object reply) {
    if (!follows || !(reply instanceof RespError error) || !error.getMessage().startsWith("ASK ")) {
      return;
    }
    int port =
        Integer.parseInt(error.getMessage().substring(error.getMessage().lastIndexOf(':') + 1));
    try (RespClient other = new RespClient("127.0.0.1", port)) {
      List<Object> replies = other.pipeline(List.of(new String[] {"ASKING"}, words));
      history.add(System.currentTimeMillis(), words, replies.get(1));
    } catch (UncheckedIOException e) {
      follow();
    }
  }

  private static boolean isNoMaster(Object reply) {
    return reply instanceof RespError error
        && (error.getMessage().startsWith("READONLY")
            || error.getMessage().startsWith("MOVED")
            || error.getMessage().startsWith("CLUSTERDOWN"));
  }

  /** What a failover took with it is not written again. */
  private void follow() {
    client.close();
    Pause.millis(50);
    at = master.get();
    try {
      client = at.client();
    } catch (RuntimeException e) {
      Pause.millis(50); // Nobody is there at the moment: the next round tries again.
    }
  }

  /** What was sent, for whoever has to explain a difference. */
  static final class History {
    private record Line(long millis, String[] words, Object reply) {}

    private final List<Line> lines = new ArrayList<>();

    synchronized void add(long millis, String[] words, Object reply) {
      lines.add(new Line(millis, words, reply));
    }

    synchronized int size() {
      return lines.size();
    }

    /** The newest commands that name this key, or whole databases. */
    synchronized List<String> about(String key, int most) {
      List<String> about = new ArrayList<>();
      for (int i = lines.size() - 1; i >= 0 && about.size() < most; i--) {
        Line line = lines.get(i);
        String name = line.words[0];
        if (Arrays.asList(line.words).contains(key)
            || name.startsWith("FLUSH")
            || name.equals("SWAPDB")
            || name.equals("SELECT")) {
          about.add(0, text(line));
        }
      }
      return about;
    }

    /**
     * All of it, and what the engines said, into files of the folder {@code cachesync.histories},
     * where that is named.
     */
    synchronized void dump(long seed, String said) {
      String folder = System.getProperty("cachesync.histories");
      if (folder == null) {
        return;
      }
      try {
        Files.write(
            Path.of(folder, "seed-" + seed + ".txt"), lines.stream().map(History::text).toList());
        Files.writeString(Path.of(folder, "seed-" + seed + "-said.txt"), said);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static String text(Line line) {
      String words = String.join(" ", line.words);
      String reply = String.valueOf(line.reply);
      return "%d %s -> %s"
          .formatted(line.millis, Differences.shown(words, 160), Differences.shown(reply, 60));
    }
  }
}
