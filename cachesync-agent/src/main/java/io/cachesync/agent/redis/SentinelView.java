package io.cachesync.agent.redis;

import io.cachesync.agent.resp.RespValue;
import io.cachesync.contract.Fault;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * What one sentinel says of the master that it watches.
 *
 * <pre>
 * SENTINEL MASTER name   → name, value, … : ip, port, flags
 * SENTINEL CKQUORUM name → OK …, or -NOQUORUM …
 * </pre>
 *
 * @param fault why it says nothing, null where it does
 * @param master host and port as it tells them
 * @param flags such as {@code master}, {@code s_down}, {@code failover_in_progress}
 * @param noQuorum why no failover could be voted for; empty where one could, or it does not tell
 */
public record SentinelView(
    HostAndPort sentinel, Fault fault, String master, Set<String> flags, String noQuorum) {

  public SentinelView {
    flags = Set.copyOf(flags);
  }

  /**
   * Asks all that were given, at once.
   *
   * @param client of an endpoint that is given by its sentinels
   */
  public static List<SentinelView> of(RedisClient client) throws RedisException {
    String name = client.endpoint().masterName();
    List<CompletableFuture<SentinelView>> asked = new ArrayList<>();
    for (HostAndPort sentinel : client.addresses()) {
      asked.add(CompletableFuture.supplyAsync(() -> ask(client, sentinel, name)));
    }
    return asked.stream().map(CompletableFuture::join).toList();
  }

  private static SentinelView ask(RedisClient client, HostAndPort sentinel, String name) {
    try (RedisConnection connection = client.connectToSentinel(sentinel)) {
      Map<String, String> fields = new HashMap<>();
      List<RespValue> words = connection.call("SENTINEL", "MASTER", name).elements();
      for (int i = 0; i + 1 < words.size(); i += 2) {
        fields.put(words.get(i).text(), words.get(i + 1).text());
      }
      RespValue quorum = connection.tryCall("SENTINEL", "CKQUORUM", name);
      // Below 2.8.23 and 3.0.6 there is no such question.
      boolean lacking = quorum.errorPrefix().equals("NOQUORUM");
      return new SentinelView(
          sentinel,
          null,
          fields.get("ip") + ':' + fields.get("port"),
          Set.copyOf(Arrays.asList(fields.getOrDefault("flags", "").split(",", -1))),
          lacking ? quorum.text() : "");
    } catch (RedisException e) {
      return new SentinelView(sentinel, e.fault(), "", Set.of(), "");
    }
  }
}
