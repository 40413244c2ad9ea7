package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.FaultCode;
import io.cachesync.contract.LinkStatus;
import io.cachesync.contract.Phase;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.FaultProxy;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A source that fails over twice, behind one address. It tells of its last history and of the one
 * before; who stands in the one before that is a stranger to it.
 */
class SecondFailoverIT {
  private static final int KEYS = 2_000;
  private static final int SLOW = 1_000_000;

  @RegisterExtension static final RedisServer TARGET = new RedisServer(ServerVersion.V7_0);

  @RegisterExtension static final RedisServer OTHER = new RedisServer(ServerVersion.V7_0);

  private final List<RedisServer> chain = new ArrayList<>();
  private FaultProxy address;

  @BeforeEach
  void begin() {
    TARGET.flush();
    OTHER.flush();
    for (int i = 0; i < 3; i++) {
      RedisServer server = new RedisServer(ServerVersion.V7_0);
      if (i > 0) {
        server.option("replicaof", "127.0.0.1 " + chain.get(i - 1).port());
      }
      chain.add(server.start());
    }
    fill(master(), "a");
    // What a replica is given by a copy its backlog does not have: the link comes behind that.
    for (int i = 1; i < chain.size(); i++) {
      ReplicaSourceIT.awaitThatHas(chain.get(i), chain.get(i - 1));
    }
    address = new FaultProxy(master().port());
  }

  @AfterEach
  void end() {
    address.close();
    chain.forEach(RedisServer::close);
  }

  @Test
  void stopsWhereBothCameWhileNobodyLookedAndSaysSo() {
    RunningLink.Setup setup = setup();
    setup.start().awaitCaughtUp().stop();
    failOver();
    failOver();
    try (RunningLink link = setup.start()) {
      assertThat(link.end().fault().code())
          .as("%s", link.said())
          .isEqualTo(FaultCode.SOURCE_REPLACED);
      assertThat(link.end().fault().message()).contains("failed over more than once");
    }
    assertThat(TARGET.keys()).isGreaterThanOrEqualTo(KEYS);
    setup.afresh = true;
    try (RunningLink link = setup.start()) {
      link.awaitCaughtUp();
      assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
    }
    DatasetComparer.assertEqual(master(), TARGET);
  }

  @Test
  void goesOnWhereItWasUpAgainBetweenThem() {
    RunningLink.Setup setup = setup();
    for (int i = 0; i < 2; i++) {
      setup.start().awaitCaughtUp().stop();
      failOver();
      call(master(), "INCR", "a:counter");
    }
    try (RunningLink link = setup.start()) {
      link.awaitCaughtUp();
      assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
    }
    DatasetComparer.assertEqual(master(), TARGET);
  }

  /** What is copied again after the first is asked from there in the second. */
  @Test
  void goesOnWhereTheSecondComesInTheCopyThatFollowsTheFirst() {
    RunningLink.Setup setup = setup();
    address.slowReplies(SLOW);
    AtomicBoolean once = new AtomicBoolean();
    setup.onSaid = line -> failOverOnce(line, "everything is copied again", once);
    try (RunningLink link = setup.start()) {
      Awaitility.await().until(() -> isInTheMiddle(link.status()));
      byte[] middle = TARGET.save();
      address.slowReplies(0);
      link.awaitCaughtUp();
      address.slowReplies(SLOW);
      TARGET.setBack(middle);
      call(master(), "INCR", "a:counter");
      Awaitility.await()
          .until(() -> link.said().stream().anyMatch(line -> line.contains("full sync 2 of")));
      Awaitility.await().until(() -> isInTheMiddle(link.status()));
      failOver();
      address.slowReplies(0);
      link.awaitCaughtUp();
      assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
      assertThat(link.said()).anyMatch(line -> line.contains("full sync 3 of"));
    }
    DatasetComparer.assertEqual(master(), TARGET);
  }

  @Test
  void goesOnSoWithSeveralSources() {
    fill(OTHER, "b");
    RunningLinks.Setup setup =
        RunningLinks.between(
            () -> List.of(master(), OTHER),
            List.of(
                RunningLink.endpoint("127.0.0.1:" + address.port()),
                RunningLink.endpoint(OTHER.address())),
            RunningLink.endpoint(TARGET.address()));
    address.slowReplies(SLOW);
    AtomicBoolean once = new AtomicBoolean();
    setup.onSaid = line -> failOverOnce(line, "all sources are copied again", once);
    try (RunningLinks links = setup.start()) {
      awaitMiddle(links);
      byte[] middle = TARGET.save();
      address.slowReplies(0);
      links.awaitPhase(Phase.INCREMENTAL);
      address.slowReplies(SLOW);
      TARGET.setBack(middle);
      call(master(), "INCR", "a:counter");
      call(OTHER, "INCR", "b:counter");
      links.await("emptied", all -> links.hasSaid("the target was emptied"));
      awaitMiddle(links);
      failOver();
      address.slowReplies(0);
      links.await("emptied twice", all -> count(links, "the target was emptied") == 2);
      links.awaitPhase(Phase.INCREMENTAL);
      assertThat(links.finish().phase()).as("%s", links.said()).isEqualTo(Phase.DONE);
    }
    assertThat(DatasetComparer.compareUnion(List.of(master(), OTHER), TARGET)).isEmpty();
  }

  private RunningLink.Setup setup() {
    return new RunningLink.Setup("127.0.0.1:" + address.port(), TARGET.address());
  }

  /** All of it has not even been received. */
  private static boolean isInTheMiddle(LinkStatus link) {
    return link.phase() == Phase.FULL_SYNC
        && link.keysApplied() > 100
        && link.keysApplied() < KEYS / 2;
  }

  private static void awaitMiddle(RunningLinks links) {
    links.await(
        "the slow one is in its middle",
        all -> all.stream().anyMatch(link -> link.link() == 0 && isInTheMiddle(link)));
  }

  private static long count(RunningLinks links, String part) {
    return links.said().stream().filter(line -> line.contains(part)).count();
  }

  /** Before it is asked who it is that the copy is to be of. */
  private void failOverOnce(String line, String when, AtomicBoolean once) {
    if (line.contains(when) && once.compareAndSet(false, true)) {
      failOver();
    }
  }

  private RedisServer master() {
    return chain.get(0);
  }

  /** To the next of the chain, which has all that its master had. */
  private void failOver() {
    RedisServer former = master();
    RedisServer next = chain.get(1);
    Awaitility.await().until(() -> next.replOffset() == former.replOffset());
    former.close();
    chain.remove(0);
    call(next, "REPLICAOF", "NO", "ONE");
    if (chain.size() > 1) {
      RedisServer last = chain.get(1);
      Awaitility.await().until(() -> history(last).equals(history(next)));
    }
    address.leadTo(next.port());
  }

  private static String history(RedisServer server) {
    try (RespClient client = server.client()) {
      return client.info("replication").get("master_replid");
    }
  }

  private static void fill(RedisServer server, String name) {
    List<String[]> writes = new ArrayList<>();
    for (int i = 0; i < KEYS; i++) {
      writes.add(new String[] {"RPUSH", name + ":" + i, RunningLink.noise(5_000)});
    }
    server.pipeline(writes);
  }

  private static void call(RedisServer server, String... command) {
    try (RespClient client = server.client()) {
      client.call(command);
    }
  }
}
