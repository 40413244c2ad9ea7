package io.cachesync.agent.sync;

import io.cachesync.agent.repair.RepairPiece;
import io.cachesync.contract.Desired;
import io.cachesync.contract.Fault;
import io.cachesync.contract.LimitSpec;
import io.cachesync.contract.LinkStatus;
import io.cachesync.contract.Phase;
import java.util.List;
import java.util.Optional;

/** A job whose source is one server. */
final class OneLink implements LinkGroup {
  private final Link link;

  OneLink(Link link) {
    this.link = link;
  }

  @Override
  public void start() {
    link.start();
  }

  @Override
  public void direct(Desired desired, LimitSpec limits) {
    link.direct(desired, limits);
  }

  @Override
  public void repair(RepairPiece piece) {
    link.repair(piece);
  }

  @Override
  public Optional<LinkOutcome> outcome() {
    return link.outcome();
  }

  @Override
  public List<LinkStatus> statuses() {
    return List.of(link.status());
  }

  @Override
  public long epoch() {
    return link.epoch();
  }

  @Override
  public Phase phase() {
    return link.status().phase();
  }

  @Override
  public Fault fault() {
    return link.fault();
  }
}
