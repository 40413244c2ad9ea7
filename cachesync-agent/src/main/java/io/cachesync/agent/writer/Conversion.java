package io.cachesync.agent.writer;

import io.cachesync.agent.checkpoint.DatabaseKey;
import io.cachesync.agent.entry.KeyValue;
import io.cachesync.agent.rdb.OlderForm;
import io.cachesync.agent.rdb.RdbType;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;
import io.cachesync.contract.UnsupportedPolicy;
import java.io.IOException;

/** Tells values in a form that the target loads, and obeys the task's policy where it has none. */
final class Conversion {
  /** What of a value gets to the target. */
  enum Crossing {
    WHOLE,
    /** All but the times at which its fields expire. */
    IN_PART,
    NOT
  }

  private final TargetFeatures target;
  private final ModuleValues modules;
  private final UnsupportedPolicy policy;
  private final OlderForm form;
  private String why = "";

  /**
   * @param modules which values of modules are sent
   */
  Conversion(TargetFeatures target, ModuleValues modules, UnsupportedPolicy policy) {
    this.target = target;
    this.modules = modules;
    this.policy = policy;
    this.form = new OlderForm(target.rdbVersion());
  }

  /** Whether what has no place at the target is left out. */
  boolean skips() {
    return policy == UnsupportedPolicy.SKIP;
  }

  /**
   * Changes the value into the form to send.
   *
   * @throws FaultException VERSION_TOO_OLD where not all of it crosses and the policy is to stop
   */
  Crossing of(KeyValue value) throws IOException {
    int type = value.type();
    Crossing crossing =
        switch (form.of(value)) {
          case AS_IT_WAS, OLDER -> Crossing.WHOLE;
          case WITHOUT_FIELD_TIMES -> Crossing.IN_PART;
          case NONE -> Crossing.NOT;
        };
    boolean isModule = RdbType.isModule(type);
    String what =
        crossing == Crossing.WHOLE ? "" : isModule ? notLoaded(moduleType(value)) : what(type);
    if (crossing == Crossing.WHOLE && isModule) {
      what = refusal(value);
      crossing = what.isEmpty() ? Crossing.WHOLE : Crossing.NOT;
    }
    why = what.isEmpty() ? "" : why(what);
    if (crossing != Crossing.WHOLE && !skips()) {
      throw stopped(
          "%s: the key '%s' of database %d"
              .formatted(
                  why,
                  Batch.shown(value.keyBuffer(), value.keyOffset(), value.keyLength()),
                  value.database()));
    }
    return crossing;
  }

  /** Why the last value does not cross, or not whole; otherwise empty. */
  String why() {
    return why;
  }

  /**
   * Why a module's value did not cross that was sent; on any thread.
   *
   * @param type of the module
   * @throws FaultException VERSION_TOO_OLD where the policy is to stop
   */
  String refused(DatabaseKey key, String type) throws FaultException {
    String refused = whyRefused(type);
    if (!skips()) {
      throw new FaultException(fault(key, refused));
    }
    return refused;
  }

  /**
   * Why a module's value was refused, and what to do; on any thread.
   *
   * @param type of the module
   */
  String whyRefused(String type) {
    return why(
        notLoaded(type)
            + ": load the module there, in no older version than at the source, or leave this"
            + " type out");
  }

  /** What ends the link where a key does not cross and the policy is to stop. */
  static Fault fault(DatabaseKey key, String why) {
    String name = Batch.shown(key.key(), 0, key.key().length);
    return stop("%s: the key '%s' of database %d".formatted(why, name, key.database()));
  }

  /** The nine characters that a module's value begins with. */
  String moduleType(KeyValue value) {
    return RdbType.moduleName(value.bodyBuffer(), value.bodyOffset(), value.bodyLength());
  }

  private String refusal(KeyValue value) throws IOException {
    return modules.refusal(moduleType(value));
  }

  private String why(String what) {
    return "the target (%s) %s".formatted(target.version(), what);
  }

  /** Function libraries, where the target has none. */
  String whyNoFunctions() throws FaultException {
    String why = "the target (%s) has no functions".formatted(target.version());
    if (!skips()) {
      throw stopped(why);
    }
    return why;
  }

  private static String notLoaded(String moduleType) {
    return "does not load values of the module type '%s'".formatted(moduleType);
  }

  private static String what(int type) {
    return switch (type) {
      case RdbType.STREAM_LISTPACKS,
          RdbType.STREAM_LISTPACKS_2,
          RdbType.STREAM_LISTPACKS_3,
          RdbType.STREAM_LISTPACKS_4 ->
          "has no streams";
      case RdbType.HASH_METADATA,
          RdbType.HASH_METADATA_PRE_GA,
          RdbType.HASH_LISTPACK_EX,
          RdbType.HASH_LISTPACK_EX_PRE_GA ->
          "has no times of expiry for fields of hashes";
      default -> "has no form for values of type " + type;
    };
  }

  private static FaultException stopped(String what) {
    return new FaultException(stop(what));
  }

  private static Fault stop(String what) {
    return Fault.fatal(FaultCode.VERSION_TOO_OLD, what);
  }
}
