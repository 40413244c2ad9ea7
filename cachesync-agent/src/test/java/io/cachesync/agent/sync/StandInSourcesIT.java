package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.agent.entry.KeyValue;
import io.cachesync.agent.rdb.RdbReader;
import io.cachesync.agent.rdb.RdbRecord;
import io.cachesync.agent.rdb.RdbType;
import io.cachesync.agent.resp.RespWriter;
import io.cachesync.contract.LinkStatus;
import io.cachesync.contract.Phase;
import io.cachesync.contract.UnsupportedPolicy;
import io.cachesync.testkit.DatasetComparer;
import io.cachesync.testkit.RedisServer;
import io.cachesync.testkit.RespClient;
import io.cachesync.testkit.ScriptedSource;
import io.cachesync.testkit.ServerVersion;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.IntPredicate;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Versions that no registry has, by a stand-in that says what they say: a snapshot in their format,
 * with the values that their neighbour wrote in encodings which both have, and the stream that they
 * send. A server of that neighbour tells what is to come out.
 */
class StandInSourcesIT {
  private static final Path FIXTURES = Path.of("src/test/resources/rdb");
  private static final String FAR = "4102444800123";

  /** A version, what its neighbour wrote, and what that has and it has not. */
  enum StandIn {
    REDIS_4_0("4.0.14", "0008", ServerVersion.V6_2, "6.2-lfu.rdb"),
    REDIS_5_0("5.0.14", "0009", ServerVersion.V6_2, "6.2-lru.rdb"),
    REDIS_7_2("7.2.10", "0011", ServerVersion.V7_4, "7.4-plain.rdb");

    private final String version;
    private final String format;
    private final ServerVersion neighbour;
    private final String fixture;

    StandIn(String version, String format, ServerVersion neighbour, String fixture) {
      this.version = version;
      this.format = format;
      this.neighbour = neighbour;
      this.fixture = fixture;
    }

    private IntPredicate types() {
      return switch (this) {
        case REDIS_4_0 -> type -> type <= RdbType.LIST_QUICKLIST;
        case REDIS_5_0 -> type -> type <= RdbType.STREAM_LISTPACKS;
        case REDIS_7_2 -> type -> type <= RdbType.STREAM_LISTPACKS_3;
      };
    }

    /** What it sends behind its snapshot, in forms that it has. */
    private List<String[]> stream() {
      List<String[]> lines = new ArrayList<>();
      lines.add(words("SELECT 0"));
      lines.add(words("set plain v"));
      lines.add(words("PEXPIREAT plain " + FAR));
      lines.add(words("MULTI"));
      lines.add(words("INCRBY count 7"));
      lines.add(words("SREM set:3 123456"));
      lines.add(words("EXEC"));
      lines.add(words("UNLINK zset:3"));
      lines.add(words("ZADD zset:12 4.5 added"));
      lines.add(words("SELECT 7"));
      lines.add(words("RPUSH list a b c"));
      lines.add(words("SELECT 0"));
      if (this == REDIS_4_0) {
        lines.add(words("SWAPDB 7 8"));
        lines.add(words("GEOADD geo 13.36 38.11 p"));
        return lines;
      }
      lines.add(words("XADD stream MAXLEN 9 12-1 field last"));
      lines.add(
          words("XCLAIM stream group bob 0 5-1 TIME 1700000000000 RETRYCOUNT 2 JUSTID FORCE"));
      lines.add(words("XGROUP SETID stream inside 9-1"));
      lines.add(words("ZREM zset:12 added"));
      lines.add(words("RPOPLPUSH list:3 list:12"));
      if (this == REDIS_7_2) {
        lines.add(words("SET late v PXAT " + FAR));
        lines.add(words("XGROUP CREATECONSUMER stream group new"));
        lines.add(words("LMOVE list:12 list:3 LEFT RIGHT"));
        lines.add(words("COPY set:12 copied"));
        lines.add(words("FUNCTION DELETE sample"));
      }
      return lines;
    }

    /** The neighbour's file as this version writes it: without what it does not have. */
    private byte[] snapshot() throws IOException {
      byte[] file = Files.readAllBytes(FIXTURES.resolve(fixture));
      RdbReader reader = new RdbReader(new ByteArrayInputStream(file)::read);
      KeyValue value = new KeyValue();
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      out.writeBytes(bytes("REDIS" + format));
      aux(out, "redis-ver", version);
      aux(out, "redis-bits", "64");
      aux(out, "repl-stream-db", "0");
      aux(out, "repl-id", "a".repeat(40));
      aux(out, "repl-offset", "0");
      int begin = file.length;
      for (RdbRecord record = reader.next(value);
          record != RdbRecord.END;
          record = reader.next(value)) {
        int end = (int) reader.bytesRead();
        boolean kept = record == RdbRecord.KEY ? types().test(value.type()) : this == REDIS_7_2;
        // Before the first of them stand the neighbour's own facts.
        int from = begin == file.length ? firstKey(file) : begin;
        if (kept) {
          out.write(0xfe);
          out.write(value.database());
          out.write(file, from, end - from);
        }
        begin = end;
      }
      out.write(0xff);
      // No checksum, as with rdbchecksum off.
      out.writeBytes(new byte[Long.BYTES]);
      return out.toByteArray();
    }

    /** Behind the facts that the file begins with: opcode, name, value, each in plain or short. */
    private static int firstKey(byte[] file) {
      int at = 9;
      while ((file[at] & 0xff) == 0xfa) {
        at = behindString(file, behindString(file, at + 1));
      }
      return at;
    }

    private static int behindString(byte[] file, int at) {
      int first = file[at] & 0xff;
      return first < 0xc0 ? at + 1 + first : at + 1 + (1 << (first & 3));
    }

    private static void aux(ByteArrayOutputStream out, String name, String text) {
      out.write(0xfa);
      for (String each : List.of(name, text)) {
        out.write(each.length());
        out.writeBytes(bytes(each));
      }
    }

    private static byte[] bytes(String text) {
      return text.getBytes(StandardCharsets.ISO_8859_1);
    }
  }

  private static String[] words(String line) {
    return line.split(" ", -1);
  }

  @ParameterizedTest
  @EnumSource(StandIn.class)
  void crossesToANewerTarget(StandIn version) throws IOException {
    crosses(version, ServerVersion.V7_4);
  }

  @ParameterizedTest
  @EnumSource(value = StandIn.class, names = "REDIS_4_0")
  void crossesToTheOldest(StandIn version) throws IOException {
    crosses(version, ServerVersion.V2_8);
  }

  @ParameterizedTest
  @EnumSource(value = StandIn.class, names = "REDIS_7_2")
  void crossesDownwards(StandIn version) throws IOException {
    crosses(version, ServerVersion.V6_2);
    crosses(version, ServerVersion.V7_0);
  }

  /**
   * What a shard of Redis 8.6.3 sent while it took slots in from another with, and from one without
   * functions, and what it sends where somebody restores none: in the form of its own version.
   */
  @ParameterizedTest
  @CsvSource({"V7_0, REPLACE, 1", "V7_0, FLUSH, 0", "V6_2, REPLACE, 0"})
  void functionsOfALaterVersionCross(ServerVersion to, String policy, int libraries)
      throws IOException {
    String none = "0d00" + "ff32d5f308cad51a";
    String one =
        "f5404723216c7561206e616d653d73616d706c650a72656469732e72656769737465725f66756e6374696f6e"
            + "282266222c2066756e6374696f6e28292072657475726e203120656e64290d00353d51d5830d10ca";
    RespWriter stream = new RespWriter();
    for (String dump : to == ServerVersion.V6_2 ? List.<String>of() : List.of(none, one)) {
      stream.begin(4).arg("FUNCTION").arg("RESTORE").arg(HexFormat.of().parseHex(dump));
      stream.arg("REPLACE");
    }
    if (libraries == 0) {
      stream.begin(4).arg("FUNCTION").arg("RESTORE").arg(HexFormat.of().parseHex(none));
      stream.arg(policy);
    }
    stream.command("SELECT", "0");
    stream.command("SET", "k", "v");
    byte[] snapshot = HexFormat.of().parseHex("5245444953303031" + "33" + "ff" + "00".repeat(8));
    try (ScriptedSource source = ScriptedSource.of("8.6.3", snapshot, stream.toByteArray());
        RedisServer target = new RedisServer(to).start();
        RespClient client = target.client()) {
      RunningLink.Setup setup =
          new RunningLink.Setup("127.0.0.1:" + source.port(), target.address());
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
        assertThat(link.status().ledger().balanced()).isTrue();
      }
      assertThat(client.text("GET", "k")).isEqualTo("v");
      if (to != ServerVersion.V6_2) {
        assertThat(client.list("FUNCTION", "LIST")).hasSize(libraries);
      }
    }
  }

  private static void crosses(StandIn version, ServerVersion to) throws IOException {
    List<String[]> lines = new ArrayList<>(version.stream());
    if (to == ServerVersion.V2_8) {
      lines.removeIf(line -> line[0].equals("SWAPDB") || line[0].equals("GEOADD"));
    }
    RespWriter stream = new RespWriter();
    lines.forEach(stream::command);
    try (ScriptedSource source =
            ScriptedSource.of(version.version, version.snapshot(), stream.toByteArray());
        RedisServer target = server(to).start();
        RedisServer neighbour = neighbour(version)) {
      RunningLink.Setup setup =
          new RunningLink.Setup("127.0.0.1:" + source.port(), target.address());
      // Its functions have no place below 7.0; streams cross, and below 5.0 there are none here.
      setup.onUnsupported = UnsupportedPolicy.SKIP;
      try (RunningLink link = setup.start()) {
        link.awaitCaughtUp();
        LinkStatus status = link.status();
        assertThat(status.healed()).as("nothing is fetched from a stand-in").isEmpty();
        assertThat(link.finish().phase()).as("%s", link.said()).isEqualTo(Phase.DONE);
        assertThat(link.status().ledger().balanced()).isTrue();
        assertThat(link.status().ledger().read()).isEqualTo(lines.size());
      }
      neighbour.pipeline(lines);
      DatasetComparer.assertEqual(neighbour, target);
    }
  }

  /** A score of -0 becomes 0 in the encoding of few members. */
  private static RedisServer server(ServerVersion version) {
    return new RedisServer(version).option("zset-max-ziplist-entries", "6");
  }

  /** With the same keys, loaded from the file itself. */
  private static RedisServer neighbour(StandIn version) throws IOException {
    RedisServer server = server(version.neighbour).start();
    server.setBack(Files.readAllBytes(FIXTURES.resolve(version.fixture)));
    IntPredicate types = version.types();
    RdbReader reader =
        new RdbReader(
            new ByteArrayInputStream(Files.readAllBytes(FIXTURES.resolve(version.fixture)))::read);
    KeyValue value = new KeyValue();
    try (RespClient client = server.client()) {
      for (RdbRecord record = reader.next(value);
          record != RdbRecord.END;
          record = reader.next(value)) {
        if (record == RdbRecord.KEY && !types.test(value.type())) {
          client.call("SELECT", Integer.toString(value.database()));
          client.call("DEL", new String(value.key(), StandardCharsets.ISO_8859_1));
        }
      }
    }
    return server;
  }
}
