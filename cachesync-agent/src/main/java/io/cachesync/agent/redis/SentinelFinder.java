package io.cachesync.agent.redis;

import io.cachesync.agent.resp.RespValue;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Finds the master that sentinels watch. All of them are asked at once, those that the others know
 * of too, and the one with the highest configuration epoch is believed: a sentinel that was cut off
 * still tells the former master.
 *
 * <pre>
 * SENTINEL MASTER name     → name, value, … : config-epoch
 * SENTINEL GET-MASTER-ADDR-BY-NAME name → ip, port
 * SENTINEL SENTINELS name  → a list of such maps, of the others
 * </pre>
 */
final class SentinelFinder implements NodeFinder {
  private final String name;
  private volatile Set<HostAndPort> known = Set.of();

  SentinelFinder(String name) {
    this.name = name;
  }

  @Override
  public HostAndPort find(RedisClient client) throws RedisException {
    Set<HostAndPort> sentinels = new LinkedHashSet<>(client.addresses());
    sentinels.addAll(known);
    AddressMap addresses = client.addressMap();
    List<CompletableFuture<Answer>> asked = new ArrayList<>();
    for (HostAndPort sentinel : sentinels) {
      asked.add(
          CompletableFuture.supplyAsync(
              () -> ask(client, sentinel, addresses), SentinelFinder::onItsOwnThread));
    }
    List<Answer> answers = asked.stream().map(CompletableFuture::join).toList();
    Answer newest = null;
    Set<HostAndPort> others = new LinkedHashSet<>();
    for (Answer answer : answers) {
      if (answer.fault == null) {
        others.addAll(answer.others);
        newest = newest == null || answer.epoch > newest.epoch ? answer : newest;
      }
    }
    if (newest == null) {
      throw new RedisException(fault(answers));
    }
    known = Set.copyOf(others);
    return newest.master;
  }

  /** One that does not answer holds up nobody else's work. */
  private static void onItsOwnThread(Runnable task) {
    Thread thread = new Thread(task, "sentinel");
    thread.setDaemon(true);
    thread.start();
  }

  private Answer ask(RedisClient client, HostAndPort sentinel, AddressMap addresses) {
    try (RedisConnection connection = client.connectToSentinel(sentinel)) {
      RespValue master = connection.tryCall("SENTINEL", "MASTER", name);
      if (master.isError()) {
        return new Answer(refusal(connection, master));
      }
      Map<String, String> fields = fields(master);
      List<HostAndPort> others = new ArrayList<>();
      for (RespValue other : connection.call("SENTINEL", "SENTINELS", name).elements()) {
        others.add(addresses.reach(address(fields(other))));
      }
      // The former master stands in the fields until a failover is over; here the new one does.
      List<RespValue> now = connection.call("SENTINEL", "GET-MASTER-ADDR-BY-NAME", name).elements();
      if (now.size() != 2) {
        throw new IllegalArgumentException("the master's address has " + now.size() + " parts");
      }
      return new Answer(
          null,
          addresses.reach(new HostAndPort(now.get(0).text(), Integer.parseInt(now.get(1).text()))),
          Long.parseLong(fields.getOrDefault("config-epoch", "0")),
          others);
    } catch (RedisException e) {
      return new Answer(e.fault());
    } catch (IllegalArgumentException e) {
      return new Answer(
          Fault.fatal(
              FaultCode.PROTOCOL_ERROR,
              "the sentinel %s told of '%s' what cannot be read: %s"
                  .formatted(sentinel, name, e.getMessage())));
    }
  }

  /** Only a sentinel knows the command; of a name that it does not know it says ERR. */
  private Fault refusal(RedisConnection connection, RespValue error) throws RedisException {
    RespValue masters = connection.tryCall("SENTINEL", "MASTERS");
    if (masters.isError()) {
      return masters.errorPrefix().equals("ERR")
          ? Fault.fatal(FaultCode.NOT_STANDALONE, connection + " is no sentinel")
          : ReplyFault.of(connection.toString(), masters.errorPrefix(), masters.text());
    }
    if (!error.errorPrefix().equals("ERR")) {
      return ReplyFault.of(connection.toString(), error.errorPrefix(), error.text());
    }
    List<String> names =
        masters.elements().stream().map(each -> fields(each).getOrDefault("name", "")).toList();
    return Fault.fatal(
        FaultCode.ADDRESS_UNKNOWN,
        "the sentinel %s watches no master '%s'; it watches %s"
            .formatted(connection, name, names.isEmpty() ? "none" : String.join(", ", names)));
  }

  /** What may pass counts for more: another sentinel may be right. */
  private Fault fault(List<Answer> answers) {
    Fault first = null;
    for (Answer answer : answers) {
      if (first == null || (answer.fault.retryable() && !first.retryable())) {
        first = answer.fault;
      }
    }
    return first == null ? Fault.fatal(FaultCode.ADDRESS_UNKNOWN, "no sentinel is given") : first;
  }

  private static Map<String, String> fields(RespValue flat) {
    Map<String, String> fields = new HashMap<>();
    List<RespValue> words = flat.elements();
    for (int i = 0; i + 1 < words.size(); i += 2) {
      fields.put(words.get(i).text(), words.get(i + 1).text());
    }
    return fields;
  }

  private static HostAndPort address(Map<String, String> fields) {
    return new HostAndPort(
        fields.getOrDefault("ip", ""), Integer.parseInt(fields.getOrDefault("port", "")));
  }

  /** What one sentinel says, or why it says nothing. */
  private record Answer(Fault fault, HostAndPort master, long epoch, List<HostAndPort> others) {
    Answer(Fault fault) {
      this(fault, null, -1, List.of());
    }
  }
}
