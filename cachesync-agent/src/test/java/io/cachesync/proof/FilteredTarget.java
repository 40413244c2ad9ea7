package io.cachesync.proof;

import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.RedisEndpoint;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.DatasetComparer.Naming;
import io.cachesync.testkit.RedisServer;
import java.util.List;

/** A target that only a part of the source is moved to, under other names. */
final class FilteredTarget implements ProofTarget {
  private final ProofTarget target;
  private ProofFilter filter;

  FilteredTarget(ProofTarget target) {
    this.target = target;
    choose(0);
  }

  @Override
  public void choose(long seed) {
    filter = target instanceof ClusterTarget ? ProofFilter.ofCluster() : ProofFilter.ofServer(seed);
  }

  @Override
  public List<RedisServer> nodes() {
    return target.nodes();
  }

  @Override
  public List<RedisServer> masters() {
    return target.masters();
  }

  @Override
  public void reset() {
    target.reset();
  }

  @Override
  public List<String> differences(ProofSource from) {
    RedisServer source = from.masters().get(0);
    return target instanceof ClusterTarget cluster
        ? DatasetComparer.compare(source, cluster.cluster(), filter.naming())
        : DatasetComparer.compare(source, masters().get(0), filter.naming());
  }

  @Override
  public RedisServer owner(String key) {
    return target.owner(key);
  }

  @Override
  public FilterSpec filter() {
    return filter.spec();
  }

  @Override
  public ProofTarget whole() {
    return target;
  }

  @Override
  public Naming naming() {
    return filter.naming();
  }

  @Override
  public RedisEndpoint endpoint(Wires wires) {
    return target.endpoint(wires);
  }

  @Override
  public void close() {
    target.close();
  }
}
