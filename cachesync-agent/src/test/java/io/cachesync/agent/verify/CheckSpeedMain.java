package io.cachesync.agent.verify;

import io.cachesync.agent.redis.HostAndPort;
import io.cachesync.agent.redis.RedisClient;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.resp.RespReader;
import io.cachesync.agent.resp.RespValue;
import io.cachesync.contract.CheckMode;
import io.cachesync.contract.CheckReport;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.contract.Topology;
import io.cachesync.testkit.RespClient;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * Times a check of two servers that hold the same strings beside a bare reader of both, which
 * compares nothing: {@code host:port host:port keys rounds}. Both servers must be empty, or hold
 * what a former run has written.
 */
final class CheckSpeedMain {
  private static final int BATCH = 512;
  private static final int THREADS = 4;
  private static final List<byte[]> END = List.of();

  private CheckSpeedMain() {}

  public static void main(String... args) throws Exception {
    RedisEndpoint source = endpoint(args[0]);
    RedisEndpoint target = endpoint(args[1]);
    int keys = Integer.parseInt(args[2]);
    fill(args[0], keys);
    fill(args[1], keys);
    for (int i = 0; i < Integer.parseInt(args[3]); i++) {
      Cost bare = Cost.of(args, () -> readBoth(source, target));
      print("bare reader", bare, keys, bare);
      for (CheckMode mode : List.of(CheckMode.FULL, CheckMode.LENGTH, CheckMode.OUTLINE)) {
        Checked.Setup setup = Checked.between(source, target).mode(mode).rounds(1, 0);
        print(mode.toString(), Cost.of(args, () -> check(setup)), keys, bare);
      }
    }
  }

  private static void check(Checked.Setup setup) {
    CheckReport report = setup.run().report();
    if (report.differentKeys() != 0 || report.fault() != null) {
      throw new IllegalStateException(report.toString());
    }
  }

  private static void fill(String address, int keys) {
    HostAndPort at = HostAndPort.parse(address);
    try (RespClient client = new RespClient(at.host(), at.port())) {
      if (client.number("DBSIZE") == keys) {
        return;
      }
      for (int i = 0; i < keys; i += 1000) {
        List<String[]> commands = new ArrayList<>();
        for (int j = i; j < Math.min(keys, i + 1000); j++) {
          commands.add(new String[] {"SET", "key:" + j, "value-of-a-small-string-" + j});
        }
        client.pipeline(commands);
      }
    }
  }

  /** Both sides at once: SCAN, and GET and PEXPIRETIME of what it gave. */
  private static void readBoth(RedisEndpoint source, RedisEndpoint target) {
    List<Thread> threads = new ArrayList<>();
    for (RedisEndpoint side : List.of(source, target)) {
      BlockingQueue<List<byte[]>> batches = new ArrayBlockingQueue<>(THREADS + 4);
      threads.add(start(() -> scan(side, batches)));
      for (int i = 0; i < THREADS; i++) {
        threads.add(start(() -> read(side, batches)));
      }
    }
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void scan(RedisEndpoint side, BlockingQueue<List<byte[]>> batches)
      throws Exception {
    try (RedisConnection connection = new RedisClient(side, "").connect()) {
      String cursor = "0";
      do {
        RespValue page = connection.call("SCAN", cursor, "COUNT", Integer.toString(BATCH));
        cursor = page.elements().get(0).text();
        batches.put(page.elements().get(1).elements().stream().map(RespValue::bytes).toList());
      } while (!cursor.equals("0"));
      batches.put(END);
    }
  }

  private static void read(RedisEndpoint side, BlockingQueue<List<byte[]>> batches)
      throws Exception {
    byte[] get = "GET".getBytes(StandardCharsets.US_ASCII);
    byte[] time = "PEXPIRETIME".getBytes(StandardCharsets.US_ASCII);
    try (RedisConnection connection = new RedisClient(side, "").connect()) {
      List<byte[]> batch = batches.take();
      while (batch != END) {
        for (byte[] key : batch) {
          connection.out().begin(2).arg(get).arg(key);
          connection.out().begin(2).arg(time).arg(key);
        }
        connection.flush();
        for (int i = 0; i < batch.size() * 2; i++) {
          if (connection.readToken() == RespReader.ERROR) {
            throw new RedisException(connection.tokenFault());
          }
        }
        batch = batches.take();
      }
      batches.put(END);
    }
  }

  private interface Work {
    void run() throws Exception;
  }

  private static Thread start(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    thread.start();
    return thread;
  }

  private static void print(String what, Cost cost, int keys, Cost bare) {
    System.out.printf(
        Locale.ROOT,
        "%-12s %6.2f s  %,9.0f keys/s  CPU: us %.2f s, source %.2f s, target %.2f s;"
            + " of bare: time %.2f, CPU %.2f, of servers %.2f%n",
        what,
        cost.seconds,
        keys / cost.seconds,
        cost.ownCpu,
        cost.sourceCpu,
        cost.targetCpu,
        cost.seconds / bare.seconds,
        cost.cpu() / bare.cpu(),
        (cost.sourceCpu + cost.targetCpu) / (bare.sourceCpu + bare.targetCpu));
  }

  /** What one run took, of the clock and of each process. */
  private record Cost(double seconds, double ownCpu, double sourceCpu, double targetCpu) {
    static Cost of(String[] servers, Runnable work) {
      double own = ownSeconds();
      double source = serverSeconds(servers[0]);
      double target = serverSeconds(servers[1]);
      long began = System.nanoTime();
      work.run();
      double seconds = (System.nanoTime() - began) / 1e9;
      return new Cost(
          seconds,
          ownSeconds() - own,
          serverSeconds(servers[0]) - source,
          serverSeconds(servers[1]) - target);
    }

    double cpu() {
      return ownCpu + sourceCpu + targetCpu;
    }

    private static double ownSeconds() {
      return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toMillis() / 1000.0;
    }

    private static double serverSeconds(String address) {
      HostAndPort at = HostAndPort.parse(address);
      try (RespClient client = new RespClient(at.host(), at.port())) {
        Map<String, String> cpu = client.info("cpu");
        return Double.parseDouble(cpu.get("used_cpu_user"))
            + Double.parseDouble(cpu.get("used_cpu_sys"));
      }
    }
  }

  private static RedisEndpoint endpoint(String address) {
    return new RedisEndpoint(Topology.STANDALONE, List.of(address), "", null);
  }
}
