package io.cachesync.agent.precheck;

import io.cachesync.agent.checkpoint.Claim;
import io.cachesync.agent.checkpoint.OwnKeys;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.contract.NodeFacts;
import io.cachesync.contract.PrecheckFinding;
import io.cachesync.contract.Topology;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.function.Function;

/**
 * Several sources as one: their servers together, for checks of what all of them bring. What is of
 * one deployment alone is told of the first. Closes nothing.
 */
final class SourcesEnd implements End {
  private final List<End> sources;

  /**
   * @param sources at least one
   */
  SourcesEnd(List<End> sources) {
    this.sources = List.copyOf(sources);
  }

  private <T> List<T> all(Function<End, List<T>> each) {
    List<T> all = new ArrayList<>();
    sources.forEach(source -> all.addAll(each.apply(source)));
    return all;
  }

  private End first() {
    return sources.get(0);
  }

  @Override
  public Topology given() {
    return first().given();
  }

  @Override
  public Server front() {
    return first().front();
  }

  @Override
  public List<Server> masters() {
    return all(End::masters);
  }

  @Override
  public List<Server> nodes() {
    return all(End::nodes);
  }

  @Override
  public boolean isAsGiven() {
    return sources.stream().allMatch(End::isAsGiven);
  }

  @Override
  public OptionalInt databases() throws RedisException {
    return first().databases();
  }

  @Override
  public boolean hasOnlyDatabaseZero() {
    return sources.stream().allMatch(End::hasOnlyDatabaseZero);
  }

  @Override
  public String keyAt(Server master, String name) {
    return first().keyAt(master, name);
  }

  @Override
  public List<List<String>> sent() {
    return first().sent();
  }

  @Override
  public double share(Server master) {
    return first().share(master);
  }

  @Override
  public SortedMap<Integer, Claim> claims(OwnKeys keys) throws RedisException {
    return first().claims(keys);
  }

  @Override
  public boolean isOwned(OwnKeys keys, Claim claim) throws RedisException {
    return first().isOwned(keys, claim);
  }

  @Override
  public SortedMap<Integer, Long> ownKeys(OwnKeys keys, int links) throws RedisException {
    return first().ownKeys(keys, links);
  }

  @Override
  public int replicas() {
    return sources.stream().mapToInt(End::replicas).sum();
  }

  @Override
  public List<Server> mastersAlone() {
    return all(End::mastersAlone);
  }

  @Override
  public List<PrecheckFinding> health() throws RedisException {
    return first().health();
  }

  @Override
  public List<PeerNode> away() {
    return all(End::away);
  }

  @Override
  public List<NodeFacts> nodeFacts() throws RedisException {
    return first().nodeFacts();
  }

  @Override
  public void close() {}
}
