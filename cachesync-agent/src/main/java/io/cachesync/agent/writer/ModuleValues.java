package io.cachesync.agent.writer;

import io.cachesync.agent.rdb.RdbType;
import io.cachesync.agent.redis.Modules;
import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import io.cachesync.agent.redis.ServerInfo;
import java.util.List;

/**
 * Which values of modules may be sent to a target. One that ends itself where it does not load a
 * value ({@link Modules#areAnswered}) gets none but what it is known to load. A value tells its
 * type and not its module: so the target has to have every module that the source has, in no older
 * version.
 */
public final class ModuleValues {
  /** Of a target that answers. */
  static final ModuleValues ANSWERED = new ModuleValues(null, () -> Modules.UNKNOWN);

  /** Of a target that ends itself, and of whose modules nothing is known. */
  static final ModuleValues NONE = new ModuleValues(Modules.UNKNOWN, () -> Modules.UNKNOWN);

  /** What every master has; null where they answer. */
  private final Modules target;

  private final Source source;

  ModuleValues(Modules target, Source source) {
    this.target = target;
    this.source = source;
  }

  /** Asked at each value: a module may have been loaded just now. */
  public interface Source {
    /** All that it has, or {@link Modules#UNKNOWN}. */
    Modules modules() throws RedisException;
  }

  /** Of a target that nothing was asked. */
  static ModuleValues of(int level) {
    return Modules.areAnswered(level) ? ANSWERED : NONE;
  }

  /**
   * @param lowest what the target's master of the lowest version says of itself
   */
  public static ModuleValues of(ServerInfo lowest, List<RedisConnection> masters, Source source)
      throws RedisException {
    if (Modules.areAnswered(lowest.commandLevel())) {
      return ANSWERED;
    }
    Modules everywhere = null;
    for (RedisConnection master : masters) {
      Modules here = Modules.of(master, master.info());
      everywhere = everywhere == null ? here : everywhere.and(here);
    }
    return new ModuleValues(everywhere == null ? Modules.UNKNOWN : everywhere, source);
  }

  /** Whether what DUMP returned is a module's value. */
  public static boolean isOne(byte[] dump) {
    return dump.length > 0 && RdbType.isModule(dump[0] & 0xff);
  }

  /** For the values of one snapshot: the source is asked once. */
  ModuleValues ofSnapshot() {
    return target == null ? this : new ModuleValues(target, new Once(source));
  }

  /**
   * Why the target must not be sent a value, in words that begin behind its name.
   *
   * @param type the name of its type
   * @return empty where it may be sent
   */
  String refusal(String type) throws RedisException {
    String unknown = unknown(type);
    return unknown.isEmpty()
        ? ""
        : ("is not known to load values of the module type '%s' (%s), and below 6.2 a server ends"
                + " itself at one that it does not load: load all modules of the source there, take"
                + " a target of 6.2 or later, or leave this type out")
            .formatted(type, unknown);
  }

  private String unknown(String type) throws RedisException {
    if (target == null) {
      return "";
    }
    if (!target.isKnown()) {
      return "it does not tell what it has, MODULE LIST";
    }
    if (target.isEmpty()) {
      return "it has no modules";
    }
    Modules all = source.modules();
    if (!all.isKnown()) {
      return "the source does not tell what it has, MODULE LIST";
    }
    Modules makers = all.makersOf(type);
    if (makers.isEmpty()) {
      return "the source names no module that made it";
    }
    List<String> missing = makers.missingIn(target);
    return missing.isEmpty() ? "" : "it lacks " + String.join(", ", missing);
  }

  /** For one thread. */
  private static final class Once implements Source {
    private final Source source;
    private Modules modules;

    Once(Source source) {
      this.source = source;
    }

    @Override
    public Modules modules() throws RedisException {
      if (modules == null) {
        modules = source.modules();
      }
      return modules;
    }
  }
}
