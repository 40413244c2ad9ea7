package io.cachesync.agent.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.contract.DifferenceKind;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ServerVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Where hardly anything but strings is, no type is asked for, and what is none is still seen. */
class MostlyStringsIT {
  private static final int KEYS = 20_000;

  @RegisterExtension static final RedisServer SOURCE = new RedisServer(ServerVersion.V7_0);
  @RegisterExtension static final RedisServer TARGET = new RedisServer(ServerVersion.V7_0);

  @Test
  void whatIsNoStringIsSeenAmongThem() {
    Map<String, Set<DifferenceKind>> damage = new TreeMap<>();
    try (RespClient source = SOURCE.client();
        RespClient target = TARGET.client()) {
      for (RespClient side : List.of(source, target)) {
        side.pipeline(keys());
      }
      Checked equal = Checked.between(SOURCE, TARGET).rounds(1, 0).run();
      assertThat(equal.isDone()).as("%s", equal.report()).isTrue();
      assertThat(equal.kinds()).isEmpty();
      assertThat(equal.report().target().commands()).isLessThan(5 * KEYS / 2);

      for (int i = 0; i < KEYS; i += 500) {
        String key = "key:" + i;
        DifferenceKind kind =
            switch (i / 500 % 8) {
              case 0 -> spoil(target, DifferenceKind.MISSING, "DEL", key);
              case 1 -> spoil(target, DifferenceKind.VALUE, "SET", key, "value:" + i + "!");
              case 2 -> spoil(target, DifferenceKind.VALUE, "SET", key, "");
              case 3 -> spoil(source, DifferenceKind.VALUE, "SET", key, "");
              case 4 -> spoil(target, DifferenceKind.TTL, "PEXPIREAT", key, "4102444800000");
              case 5 -> spoil(source, DifferenceKind.TTL, "PEXPIREAT", key, "4102444800000");
              case 6 -> becomesAList(target, key);
              default -> becomesAList(source, key);
            };
        damage.put("0 " + key, Set.of(kind));
      }
      for (int i = 0; i < KEYS; i += 1000) {
        target.call("SADD", "set:" + i, "more");
        damage.put("0 set:" + i, Set.of(DifferenceKind.MEMBER_EXTRA));
      }
    }
    Checked unlike = Checked.between(SOURCE, TARGET).rounds(1, 0).run();
    assertThat(unlike.kinds()).isEqualTo(damage);
  }

  private static DifferenceKind spoil(RespClient side, DifferenceKind kind, String... command) {
    side.call(command);
    return kind;
  }

  private static DifferenceKind becomesAList(RespClient side, String key) {
    side.call("DEL", key);
    return spoil(side, DifferenceKind.TYPE, "RPUSH", key, "element");
  }

  private static List<String[]> keys() {
    List<String[]> commands = new ArrayList<>();
    for (int i = 0; i < KEYS; i++) {
      commands.add(new String[] {"SET", "key:" + i, "value:" + i});
      if (i % 100 == 0) {
        commands.add(new String[] {"SADD", "set:" + i, "member", Integer.toString(i)});
      }
    }
    return commands;
  }
}
