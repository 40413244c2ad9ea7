package io.cachesync.agent.writer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cachesync.agent.command.Command;
import io.cachesync.agent.command.CommandTable;
import io.cachesync.agent.entry.StreamCommand;
import io.cachesync.agent.entry.StreamReader;
import io.cachesync.agent.resp.RespWriter;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What is sent for what came in. Received at 1000000 ms; the grace is 1000 ms for the source's
 * times and 5000 ms for those counted from our own clock.
 */
class StreamRewriteTest {
  private static final long RECEIVED = 1_000_000;

  /** Of the source, where nothing hangs on it. */
  private static final int NEWEST = 800;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SET k v                    | SET k v
          set k v                    | set k v
          SET k v NX                 | SET k v
          SET k v XX GET             | SET k v
          SET k v PX 500             | SET k v PXAT 1005500
          SET k v EX 2 NX            | SET k v PXAT 1007000
          SET k v pxat 9000          | SET k v PXAT 10000
          SET k v EXAT 9             | SET k v PXAT 10000
          SET k v XX KEEPTTL         | SET k v KEEPTTL
          SETNX k v                  | SET k v
          SETEX k 2 v                | SET k v PXAT 1007000
          PSETEX k 2 v               | SET k v PXAT 1005002
          SET k v IFEQ x             | SET k v
          SET k v IFNE x             | SET k v
          SET k v IFDEQ 12 PX 500    | SET k v PXAT 1005500
          SET k v IFDNE 12           | SET k v
          DELEX k                    | DEL k
          DELEX k IFEQ v             | DEL k
          DELIFEQ k v                | DEL k
          MSETEX 2 a 1 b 2           | SET a 1; SET b 2
          MSETEX 1 a 1 NX PXAT 9000  | SET a 1 PXAT 10000
          MSETEX 2 a 1 b nx EX 2     | SET a 1 PXAT 1007000; SET b nx PXAT 1007000
          MSETEX 1 a KEEPTTL XX EXAT 9 | SET a KEEPTTL PXAT 10000
          MSETEX 2 a 1 b 2 KEEPTTL   | SET a 1 KEEPTTL; SET b 2 KEEPTTL
          GETSET k v                 | SET k v
          GETDEL k                   | DEL k
          MSETNX a 1 b 2             | MSET a 1 b 2
          RENAMENX a b               | RENAME a b
          HSETNX h f v               | HSET h f v
          LPUSHX l a b               | LPUSH l a b
          RPUSHX l a                 | RPUSH l a
          BRPOPLPUSH a b 0           | RPOPLPUSH a b
          EXPIRE k 2 NX              | PEXPIREAT k 1007000
          EXPIRE k -1                | PEXPIREAT k 1004000
          PEXPIRE k 2                | PEXPIREAT k 1005002
          EXPIREAT k 9               | PEXPIREAT k 10000
          PEXPIREAT k 9000 GT        | PEXPIREAT k 10000
          PEXPIREAT k 9223372036854775807 | PEXPIREAT k 9223372036854775807
          GETEX k EX 2               | PEXPIREAT k 1007000
          GETEX k PERSIST            | PERSIST k
          PERSIST k                  | PERSIST k
          RESTORE k 0 p              | RESTORE k 0 p REPLACE
          RESTORE k 500 p            | RESTORE k 1005500 p REPLACE ABSTTL
          RESTORE k 9000 p ABSTTL REPLACE FREQ 3 | RESTORE k 10000 p REPLACE ABSTTL
          RESTORE-ASKING k 0 p       | RESTORE k 0 p REPLACE
          COPY a b                   | COPY a b REPLACE
          COPY a b DB 3 REPLACE      | COPY a b DB 3 REPLACE
          HPEXPIREAT h 9000 GT FIELDS 1 a | HPEXPIREAT h 10000 FIELDS 1 a
          HPEXPIREAT h 9000 FIELDS 2 a b | HPEXPIREAT h 10000 FIELDS 2 a b
          HEXPIRE h 2 FIELDS 1 a     | HPEXPIREAT h 1007000 FIELDS 1 a
          HPERSIST h FIELDS 1 a      | HPERSIST h FIELDS 1 a
          HSETEX h FNX PXAT 9000 FIELDS 1 f v | HSETEX h PXAT 10000 FIELDS 1 f v
          HSETEX h KEEPTTL FIELDS 1 f v | HSETEX h KEEPTTL FIELDS 1 f v
          HSETEX h XX PXAT 9000 FIELDS 1 f v | HSETEX h PXAT 10000 FIELDS 1 f v
          HGETDEL h FIELDS 2 a b     | HDEL h a b
          HGETEX h PERSIST FIELDS 1 a | HPERSIST h FIELDS 1 a
          HGETEX h PX 5 FIELDS 1 a   | HPEXPIREAT h 1005005 FIELDS 1 a
          FUNCTION LOAD code         | FUNCTION LOAD REPLACE code
          FUNCTION LOAD REPLACE code | FUNCTION LOAD REPLACE code
          FUNCTION RESTORE p         | FUNCTION RESTORE p REPLACE
          FUNCTION RESTORE p FLUSH   | FUNCTION RESTORE p FLUSH
          FUNCTION DELETE lib        | FUNCTION DELETE lib
          SCRIPT LOAD code           | SCRIPT LOAD code
          SCRIPT FLUSH SYNC          | SCRIPT FLUSH
          FLUSHALL ASYNC             | FLUSHALL ASYNC
          FLUSHDB SYNC               | FLUSHDB
          LPOP l 3                   | LPOP l 3
          UNLINK a b                 | UNLINK a b
          LMOVE a b LEFT RIGHT       | LMOVE a b LEFT RIGHT
          ZADD z GT CH 1 a           | ZADD z GT CH 1 a
          XADD s 1-1 a b             | XADD s 1-1 a b
          XADD s NOMKSTREAM 1-1 a b  | XADD s 1-1 a b
          XADD s MAXLEN = 5 LIMIT 2 7-1 LIMIT b | XADD s MAXLEN = 5 7-1 LIMIT b
          XADD s NOMKSTREAM MINID = 5-1 LIMIT 2 7-1 a b | XADD s MINID = 5-1 7-1 a b
          XADD s MAXLEN 5 NOMKSTREAM 7-1 a b | XADD s MAXLEN 5 7-1 a b
          XTRIM s MAXLEN = 2 LIMIT 2 | XTRIM s MAXLEN = 2
          XTRIM s MAXLEN 2           | XTRIM s MAXLEN 2
          XTRIM s MINID = 5-1        | XTRIM s MINID = 5-1
          XADD s KEEPREF MAXLEN = 2 9-1 a b | XADD s MAXLEN = 2 9-1 a b
          XTRIM s MAXLEN = 2 KEEPREF | XTRIM s MAXLEN = 2
          XADD s IDMP p m 9-1 a b    | XADD s 9-1 a b
          XADD s IDMPAUTO p 9-1 MAXLEN IDMP | XADD s 9-1 MAXLEN IDMP
          XADD s IDMP p m * a b      | (nothing)
          XADD s IDMPAUTO p * a b    | (nothing)
          XADD s * a b               | XADD s * a b
          XCFGSET s IDMP-DURATION 9  | (nothing)
          PFDEBUG GETREG k           | (nothing)
          GETEX k                    | (nothing)
          """)
  void sendsToTheNewest(String in, String out) throws Exception {
    assertThat(rewrite(800, in)).isEqualTo(out);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          XADD s DELREF MAXLEN = 2 9-1 a b | XADD s DELREF MAXLEN = 2 9-1 a b
          XADD s NOMKSTREAM ACKED IDMP p m MINID 2-1 9-1 a b | XADD s ACKED IDMP p m MINID 2-1 9-1 a b
          XADD s IDMP p m 9-1 a b    | XADD s IDMP p m 9-1 a b
          XADD s IDMP p m * a b      | (nothing)
          XTRIM s MAXLEN = 1 ACKED   | XTRIM s MAXLEN = 1 ACKED
          XTRIM s MAXLEN = 1 LIMIT 5 ACKED | XTRIM s ACKED MAXLEN = 1
          XDELEX s DELREF IDS 1 1-1  | XDELEX s DELREF IDS 1 1-1
          XACKDEL s g IDS 1 1-1      | XACKDEL s g IDS 1 1-1
          XCFGSET s IDMP-DURATION 9  | XCFGSET s IDMP-DURATION 9
          """)
  void keepsWhatStreamsOfTheNewestKnow(String in, String out) throws Exception {
    assertThat(rewrite(806, in)).isEqualTo(out);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          600 | SET k v PX 500       | SET k v; PEXPIREAT k 1005500
          600 | SETEX k 2 v          | SET k v; PEXPIREAT k 1007000
          600 | SET k v KEEPTTL      | SET k v KEEPTTL
          600 | LPOP l 3             | LTRIM l 3 -1
          600 | RPOP l 3             | LTRIM l 0 -4
          600 | LPOP l               | LPOP l
          600 | LMOVE a b RIGHT LEFT | RPOPLPUSH a b
          600 | ZADD z GT 1 a        | ZADD z 1 a
          600 | ZADD z NX CH 1 a 2 b | ZADD z NX CH 1 a 2 b
          600 | ZADD z LT INCR 1 a   | ZINCRBY z 1 a
          600 | ZADD z 1 a 2 GT      | ZADD z 1 a 2 GT
          208 | ZADD z CH 1 a 2 b    | ZADD z 1 a 2 b
          208 | zadd z XX 1 a        | ZADD z 1 a
          208 | ZADD z INCR 1 a      | ZINCRBY z 1 a
          500 | XADD s NOMKSTREAM MAXLEN = 5 LIMIT 2 7-1 a b | XADD s MAXLEN = 5 7-1 a b
          702 | HPERSIST h FIELDS 1 a | (nothing)
          702 | HSETEX h FIELDS 1 f v | HSET h f v
          400 | EVAL script 1 k      | EVAL script 1 k
          600 | XGROUP CREATECONSUMER s g c | (nothing)
          602 | XGROUP CREATECONSUMER s g c | XGROUP CREATECONSUMER s g c
          602 | XGROUP CREATE s g 0 MKSTREAM ENTRIESREAD 3 | XGROUP CREATE s g 0 MKSTREAM
          602 | XSETID s 3-0 ENTRIESADDED 3 MAXDELETEDID 0-0 | XSETID s 3-0
          602 | SPUBLISH c m         | PUBLISH c m
          704 | HSETEX h PXAT 9000 FIELDS 2 a 1 b 2 | HSET h a 1 b 2; HPEXPIREAT h 10000 FIELDS 2 a b
          400 | ZPOPMIN z            | ZREMRANGEBYRANK z 0 0
          400 | ZPOPMAX z 3          | ZREMRANGEBYRANK z -3 -1
          400 | RESTORE k 500 p      | RESTORE k 0 p REPLACE; PEXPIREAT k 1005500
          302 | UNLINK a b           | DEL a b
          302 | HSET h a 1 b 2       | HMSET h a 1 b 2
          302 | FLUSHALL ASYNC       | FLUSHALL
          208 | RESTORE k 0 p        | DEL k; RESTORE k 0 p
          """)
  void saysItOtherwiseToOlderTargets(int level, String in, String out) throws Exception {
    assertThat(rewrite(level, in)).isEqualTo(out);
  }

  @Test
  void keepsATimeToLiveBelowSixByAScript() throws Exception {
    assertThat(rewrite(500, "SET k v KEEPTTL")).startsWith("EVAL ").endsWith(" 1 k v");
  }

  @Test
  void movesBetweenListsByAScriptWhereThereIsNoCommand() throws Exception {
    assertThat(rewrite(600, "LMOVE a b LEFT RIGHT"))
        .startsWith("EVAL ")
        .endsWith(" 2 a b LPOP RPUSH");
    assertThat(rewrite(600, "LMOVE a b LEFT LEFT")).endsWith(" 2 a b LPOP LPUSH");
    assertThat(rewrite(600, "LMOVE a b right right")).endsWith(" 2 a b RPOP RPUSH");
  }

  @Test
  void tellsWhatHasNoPlaceFromWhatHasNoWords() {
    assertThat(kind(208, "XADD s 1-1 a b")).isEqualTo(OlderTarget.Kind.NO_PLACE);
    assertThat(kind(208, "XCLAIM s g c 0 1-1")).isEqualTo(OlderTarget.Kind.NO_PLACE);
    assertThat(kind(208, "XGROUP CREATE s g 0")).isEqualTo(OlderTarget.Kind.NO_PLACE);
    assertThat(kind(602, "FUNCTION FLUSH")).isEqualTo(OlderTarget.Kind.NO_PLACE);
    assertThat(kind(702, "HPEXPIREAT h 9 FIELDS 1 a")).isEqualTo(OlderTarget.Kind.NO_PLACE);
    assertThat(kind(302, "COPY a b")).isEqualTo(OlderTarget.Kind.NO_WORDS);
    assertThat(kind(600, "ZRANGESTORE a b 0 -1")).isEqualTo(OlderTarget.Kind.NO_WORDS);
  }

  /** Its fields get there though their times do not. */
  @Test
  void sendsOfACommandWhatTheTargetHasAPlaceFor() throws Exception {
    Batch batch = new Batch(0);
    StreamRewrite rewrite = new StreamRewrite(features(702), CommandTable.standard());
    assertThatThrownBy(() -> append(rewrite, batch, "HSETEX h PXAT 9 FIELDS 1 f v", 0))
        .isInstanceOf(OlderTarget.class);
    assertThat(words(batch)).isEqualTo("HSET h f v");
  }

  /** From level to level: what one of them does and the other does not is fetched. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          208 | 302 | MOVE k 1                           | fetched
          302 | 208 | MOVE k 1                           | fetched
          302 | 704 | MOVE k 1                           | sent
          208 | 208 | MOVE k 1                           | sent
          0   | 704 | MOVE k 1                           | fetched
          0   | 208 | MOVE k 1                           | fetched
          0   | 704 | PFMERGE a b                        | fetched
          0   | 602 | XCLAIM s g c 0 1-1                 | fetched
          602 | 602 | XCLAIM s g c 0 1-1                 | sent
          0   | 700 | XCLAIM s g c 0 1-1                 | sent
          0   | 704 | GEORADIUS g 1 2 3 km STORE d       | sent
          208 | 700 | SORT l BY nosort DESC STORE d      | fetched
          602 | 700 | SORT l STORE d                     | sent
          302 | 602 | PFMERGE a b                        | fetched
          602 | 208 | PFMERGE a b                        | fetched
          600 | 704 | PFMERGE a b                        | sent
          700 | 600 | GEORADIUS g 1 2 3 km STORE d       | fetched
          0   | 600 | GEORADIUSBYMEMBER g m 3 km STORE d | fetched
          602 | 602 | GEOSEARCHSTORE d g FROMMEMBER m BYRADIUS 3 km | fetched
          602 | 602 | ZRANGESTORE d z 0 -1               | fetched
          600 | 602 | GEORADIUS g 1 2 3 km STORE d       | sent
          602 | 700 | GEORADIUS g 1 2 3 km STORE d       | sent
          700 | 704 | ZRANGESTORE d z 0 -1               | sent
          """)
  void leavesOutWhatTheTargetDoesOtherwise(int source, int level, String in, String out)
      throws Exception {
    TargetFeatures target =
        new TargetFeatures(
            level,
            6,
            "level " + level,
            0,
            0,
            false,
            TargetBounds.NONE,
            ModuleValues.of(level),
            level >= 700);
    StreamRewrite rewrite = new StreamRewrite(target, CommandTable.standard());
    if (out.equals("sent")) {
      Batch batch = new Batch(0);
      assertThat(append(rewrite, batch, in, 0, source)).isTrue();
      assertThat(words(batch)).isEqualTo(in);
    } else {
      assertThatThrownBy(() -> append(rewrite, new Batch(0), in, 0, source))
          .isInstanceOfSatisfying(
              OlderTarget.class,
              left -> assertThat(left.kind()).isEqualTo(OlderTarget.Kind.NO_WORDS));
    }
  }

  private static OlderTarget.Kind kind(int level, String line) {
    return org.assertj.core.api.Assertions.catchThrowableOfType(
            OlderTarget.class, () -> rewrite(level, line))
        .kind();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          208 | XADD s 1-1 a b             | VERSION_TOO_OLD
          600 | ZADD z GT 1 a 2 b          | VERSION_TOO_OLD
          208 | ZADD z NX 1 a 2 b          | VERSION_TOO_OLD
          600 | XADD s MINID = 5-1 7-1 a b | VERSION_TOO_OLD
          208 | XTRIM s MAXLEN = 5         | VERSION_TOO_OLD
          500 | EVAL script 1 k            | SCRIPT_TEXT
          704 | EVALSHA sha 1 k            | SCRIPT_TEXT
          600 | COPY a b                   | VERSION_TOO_OLD
          602 | FUNCTION LOAD code         | VERSION_TOO_OLD
          702 | HPEXPIREAT h 9 FIELDS 1 a  | VERSION_TOO_OLD
          704 | HSETEX h KEEPTTL FIELDS 1 f v | VERSION_TOO_OLD
          302 | SWAPDB 0 1                 | VERSION_TOO_OLD
          704 | HPEXPIREAT h 9 NX FIELDS 2 a b | VERSION_TOO_OLD
          704 | XDELEX s IDS 1 1-1         | VERSION_TOO_OLD
          800 | XACKDEL s g IDS 1 1-1      | VERSION_TOO_OLD
          800 | XTRIM s MAXLEN = 2 ACKED   | VERSION_TOO_OLD
          800 | MSETEX 2 a 1 b             | UNKNOWN_COMMAND
          800 | MSETEX 1 a 1 LATER         | UNKNOWN_COMMAND
          800 | SET k v LATER              | UNKNOWN_COMMAND
          800 | SET k v PX soon            | UNKNOWN_COMMAND
          800 | SET k v EX 9223372036854775807 | UNKNOWN_COMMAND
          800 | EXPIRE k                   | UNKNOWN_COMMAND
          800 | XTRIM s MAXLEN =           | UNKNOWN_COMMAND
          800 | XTRIM s MAXLEN             | UNKNOWN_COMMAND
          800 | HSETEX h f v               | UNKNOWN_COMMAND
          """)
  void refusesWhatItCannotSay(int level, String in, FaultCode code) {
    assertThatThrownBy(() -> rewrite(level, in))
        .isInstanceOfSatisfying(
            FaultException.class,
            e ->
                assertThat(e.fault())
                    .extracting(Fault::code, Fault::retryable)
                    .containsExactly(code, false));
  }

  @Test
  void selectsTheDatabaseOnceAndKnowsWhereOurKeysLie() throws Exception {
    Batch batch = new Batch(2);
    StreamRewrite rewrite = new StreamRewrite(features(800), CommandTable.standard());
    append(rewrite, batch, "SET a 1", 2);
    append(rewrite, batch, "SET a 1", 3);
    append(rewrite, batch, "SET a 1", 3);
    append(rewrite, batch, "FLUSHDB", 3);
    assertThat(batch.ownKeysAt()).isEqualTo(2);
    append(rewrite, batch, "SWAPDB 2 5", 3);
    assertThat(batch.ownKeysAt()).isEqualTo(5);
    append(rewrite, batch, "FLUSHDB", 2);
    assertThat(batch.ownKeysAt()).isEqualTo(5);
    append(rewrite, batch, "FLUSHDB", 5);
    assertThat(batch.ownKeysAt()).isEqualTo(Batch.OWN_KEYS_GONE);
    assertThat(words(batch))
        .isEqualTo(
            "SET a 1; SELECT 3; SET a 1; SET a 1; FLUSHDB; SWAPDB 2 5; SELECT 2; FLUSHDB;"
                + " SELECT 5; FLUSHDB");
    assertThat(batch.count()).isEqualTo(10);
    assertThat(batch.describe(5)).isEqualTo("SWAPDB 2 (source offset 30)");
  }

  /** Those below 6.2 end themselves where they cannot load it. */
  @Test
  void whatAModuleIsToLoadIsFetchedForATargetThatMayNotHaveIt() throws Exception {
    String line = "RESTORE k 0 \u0007abcdefghijk";
    assertThatThrownBy(() -> rewrite(600, line))
        .isInstanceOfSatisfying(
            OlderTarget.class, e -> assertThat(e.kind()).isEqualTo(OlderTarget.Kind.NO_WORDS))
        .hasMessageContaining("is not known to load values of the module type");
    assertThat(rewrite(602, line)).isEqualTo(line + " REPLACE");
  }

  @Test
  void noTimeBefore1970GoesWhereImportModeWouldKeepIt() throws Exception {
    TargetFeatures imports = new TargetFeatures(702, 11, "valkey 8.1", 1000, 5000, true);
    Batch batch = new Batch(0);
    append(new StreamRewrite(imports, CommandTable.standard()), batch, "PEXPIREAT k -9000", 0);
    assertThat(words(batch)).isEqualTo("PEXPIREAT k 1");
    assertThat(rewrite(702, "PEXPIREAT k -9000")).isEqualTo("PEXPIREAT k -8000");
  }

  private static String rewrite(int level, String line) throws Exception {
    Batch batch = new Batch(0);
    boolean sent =
        append(new StreamRewrite(features(level), CommandTable.standard()), batch, line, 0);
    assertThat(sent).isEqualTo(batch.count() > 0);
    return sent ? words(batch) : "(nothing)";
  }

  private static TargetFeatures features(int level) {
    return new TargetFeatures(level, 6, "level " + level, 1000, 5000, false);
  }

  private static boolean append(StreamRewrite rewrite, Batch batch, String line, int database)
      throws Exception {
    return append(rewrite, batch, line, database, NEWEST);
  }

  private static boolean append(
      StreamRewrite rewrite, Batch batch, String line, int database, int source) throws Exception {
    byte[] bytes = new RespWriter().command(line.split(" ")).toByteArray();
    StreamReader reader = new StreamReader(0);
    reader.writtenBy(source);
    reader.append(bytes, 0, bytes.length, RECEIVED);
    StreamCommand in = reader.next();
    Command command = CommandTable.standard().find(in.buffer(), in.offset(0), in.length(0));
    batch.from(in.endOffset(), database);
    return rewrite.apply(command, in, batch);
  }

  private static String words(Batch batch) throws Exception {
    StreamReader reader = new StreamReader(0);
    reader.append(batch.buffer(), 0, batch.bytes(), 0);
    List<String> commands = new ArrayList<>();
    for (StreamCommand command = reader.next(); command != null; command = reader.next()) {
      List<String> words = new ArrayList<>();
      for (int i = 0; i < command.count(); i++) {
        words.add(command.text(i));
      }
      commands.add(words.stream().collect(Collectors.joining(" ")));
    }
    return String.join("; ", commands);
  }
}
