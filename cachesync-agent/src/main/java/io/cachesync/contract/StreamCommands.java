package io.cachesync.contract;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Names of the commands that a Redis or Valkey itself puts into its replication stream. */
public final class StreamCommands {
  /** What holds the stream together, and cannot be left out. */
  private static final List<String> FRAME =
      names(
          """
          PING SELECT MULTI EXEC REPLCONF OPINFO CLUSTER TRIMSLOTS
          """);

  private static final List<String> NAMES =
      names(
          """
          DEL UNLINK DELEX DELIFEQ RENAME RENAMENX MOVE COPY EXPIRE PEXPIRE EXPIREAT PEXPIREAT
          PERSIST RESTORE RESTORE-ASKING SORT SET SETNX SETEX PSETEX GETSET GETDEL GETEX MSET
          MSETNX MSETEX APPEND SETRANGE SETBIT BITFIELD BITOP INCR DECR INCRBY DECRBY
          INCRBYFLOAT LPUSH RPUSH LPUSHX RPUSHX LINSERT LSET LREM LTRIM LPOP RPOP LMPOP
          RPOPLPUSH BRPOPLPUSH LMOVE BLMOVE SADD SREM SPOP SMOVE SINTERSTORE SUNIONSTORE
          SDIFFSTORE ZADD ZINCRBY ZREM ZREMRANGEBYSCORE ZREMRANGEBYLEX ZREMRANGEBYRANK ZPOPMIN
          ZPOPMAX ZMPOP ZUNIONSTORE ZINTERSTORE ZDIFFSTORE ZRANGESTORE GEOADD GEORADIUS
          GEORADIUSBYMEMBER GEOSEARCHSTORE HSET HMSET HSETNX HDEL HINCRBY HINCRBYFLOAT HEXPIRE
          HPEXPIRE HEXPIREAT HPEXPIREAT HPERSIST HSETEX HGETEX HGETDEL PFADD PFMERGE PFCOUNT
          PFDEBUG XADD XTRIM XDEL XDELEX XACKDEL XCFGSET XIDMPRECORD XSETID XGROUP XCLAIM
          XAUTOCLAIM XACK VADD VREM VSETATTR EVAL EVALSHA FCALL SCRIPT FUNCTION FLUSHDB
          FLUSHALL SWAPDB PUBLISH SPUBLISH
          """);

  private StreamCommands() {}

  private static List<String> names(String text) {
    return List.of(text.strip().split("\\s+"));
  }

  /** All that a task may leave out by name. */
  public static List<String> all() {
    return NAMES;
  }

  /** Whether a command holds the stream together. */
  public static boolean isFrame(String name) {
    return FRAME.contains(upper(name));
  }

  /** Whether no server is known that sends it; a module's command is not known either. */
  public static boolean isUnknown(String name) {
    return !NAMES.contains(upper(name)) && !isFrame(name);
  }

  /**
   * What was meant by a name that is a slip of the pen. Empty for any other that is not known: a
   * module may send it, or a later version, or the server was given it in place of its own.
   */
  static Optional<String> meant(String name) {
    return isUnknown(name)
        ? NAMES.stream().filter(known -> Likeness.isSlip(upper(name), known)).findFirst()
        : Optional.empty();
  }

  private static String upper(String name) {
    return name.strip().toUpperCase(Locale.ROOT);
  }
}
