package io.cachesync.agent.filter;

import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;
import io.cachesync.contract.FilterMistake;
import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.KeyRename;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A filter as the engine asks it: whether a key is moved, and what it is called at the target. Keys
 * with the prefix of our own are never moved. Asking does not allocate.
 */
public final class Selection {
  /** In the place of a rule: the key keeps its name. */
  public static final int NO_RULE = -1;

  private final FilterSpec spec;
  private final byte[] ownPrefix;
  private final KeyPattern[] included;
  private final KeyPattern[] excluded;
  private final TypeFilter types;
  private final Rename[] renames;
  private final Set<String> commands;
  private final SkippedKeys skipped;
  private final BitSet databases = new BitSet();
  private final BitSet databasesLeftOut = new BitSet();
  private final boolean everyDatabase;
  private final boolean everyName;

  private Selection(FilterSpec spec, String ownPrefix, int mostSkipped) {
    this.spec = spec;
    this.skipped = new SkippedKeys(mostSkipped);
    this.ownPrefix = ownPrefix.getBytes(StandardCharsets.UTF_8);
    this.included = patterns(spec.includeKeys());
    this.excluded = patterns(spec.excludeKeys());
    this.types = new TypeFilter(spec.includeTypes(), spec.excludeTypes());
    this.renames = spec.renames().stream().map(Rename::of).toArray(Rename[]::new);
    this.commands =
        spec.excludeCommands().stream()
            .map(name -> name.strip().toUpperCase(Locale.ROOT))
            .collect(Collectors.toUnmodifiableSet());
    spec.databases().forEach(databases::set);
    spec.excludeDatabases().forEach(databasesLeftOut::set);
    everyDatabase = databases.isEmpty() && databasesLeftOut.isEmpty();
    everyName = included.length == 0 && excluded.length == 0;
  }

  /**
   * @param ownPrefix what our own keys begin with, at the source too
   * @throws FaultException FILTER_INVALID where it cannot be meant so
   */
  public static Selection of(FilterSpec spec, String ownPrefix) throws FaultException {
    return of(spec, ownPrefix, 0);
  }

  /**
   * As above.
   *
   * @param mostSkipped how many keys that the target had are remembered
   */
  public static Selection of(FilterSpec spec, String ownPrefix, int mostSkipped)
      throws FaultException {
    Optional<String> mistake = mistake(spec);
    if (mistake.isPresent()) {
      throw new FaultException(Fault.fatal(FaultCode.FILTER_INVALID, mistake.get()));
    }
    return new Selection(spec, ownPrefix, mostSkipped);
  }

  /** What cannot be meant so, as a sentence without its full stop. */
  public static Optional<String> mistake(FilterSpec spec) {
    List<FilterMistake> mistakes = spec.mistakes();
    if (!mistakes.isEmpty()) {
      return Optional.of(FilterWords.of(mistakes.get(0)));
    }
    return collision(spec.renames());
  }

  /** Two beginnings may be the same bytes though they are not written alike. */
  private static Optional<String> collision(List<KeyRename> rules) {
    for (int i = 0; i < rules.size(); i++) {
      byte[] later = Rename.of(rules.get(i)).to();
      for (KeyRename rule : rules.subList(0, i)) {
        byte[] earlier = Rename.of(rule).to();
        if (Rename.begins(later, 0, later.length, earlier)
            || Rename.begins(earlier, 0, earlier.length, later)) {
          String words = rules.get(i).from() + ":=" + rules.get(i).to();
          return Optional.of(
              FilterWords.of(new FilterMistake(FilterMistake.Kind.RENAMES_COLLIDE, words)));
        }
      }
    }
    return Optional.empty();
  }

  /** Everything but keys with this prefix. */
  public static Selection everything(String ownPrefix) {
    return new Selection(FilterSpec.everything(), ownPrefix, 0);
  }

  public FilterSpec spec() {
    return spec;
  }

  /** Whether a part of what a moved database holds may be left out or renamed. */
  public boolean selectsKeys() {
    return spec.selectsKeys() || !skipped.isEmpty();
  }

  /**
   * What is not moved because the target had it; it may become more while a snapshot is written.
   */
  public SkippedKeys skipped() {
    return skipped;
  }

  public boolean selectsTypes() {
    return types.isActive();
  }

  public boolean renames() {
    return renames.length > 0;
  }

  public boolean mapsDatabases() {
    return !spec.databaseMap().isEmpty();
  }

  public boolean movesDatabase(int database) {
    return everyDatabase
        || ((databases.isEmpty() || databases.get(database)) && !databasesLeftOut.get(database));
  }

  /** What a database that is moved is at the target. */
  public int targetDatabase(int database) {
    return mapsDatabases() ? spec.targetDatabase(database) : database;
  }

  /** Which database of the source a database of the target is, or -1 where it is none of them. */
  public int sourceDatabase(int database) {
    for (Map.Entry<Integer, Integer> each : spec.databaseMap().entrySet()) {
      if (each.getValue() == database && movesDatabase(each.getKey())) {
        return each.getKey();
      }
    }
    boolean same = targetDatabase(database) == database && movesDatabase(database);
    return same ? database : -1;
  }

  /** Whether a command of the stream is applied, by its name in upper case. */
  public boolean appliesCommand(String name) {
    return commands.isEmpty() || !commands.contains(name);
  }

  /** Whether a key is moved, if its type is. */
  public boolean moves(int database, byte[] buffer, int offset, int length) {
    return movesDatabase(database)
        && movesName(buffer, offset, length)
        && !skipped.contains(database, buffer, offset, length);
  }

  private boolean movesName(byte[] buffer, int offset, int length) {
    if (isOwn(buffer, offset, length)) {
      return false;
    }
    return everyName
        || (included.length == 0 || any(included, buffer, offset, length))
            && !any(excluded, buffer, offset, length);
  }

  /** Whether values of a type are moved, by the name that TYPE tells. */
  public boolean movesType(String name) {
    return types.moves(name);
  }

  /**
   * Whether values of a type are moved.
   *
   * @param rdbType the type byte
   * @param buffer what stands behind that byte
   */
  public boolean movesType(int rdbType, byte[] buffer, int offset, int length) {
    return types.moves(rdbType, buffer, offset, length);
  }

  public boolean isOwn(byte[] key) {
    return isOwn(key, 0, key.length);
  }

  boolean isOwn(byte[] buffer, int offset, int length) {
    return Rename.begins(buffer, offset, length, ownPrefix);
  }

  /**
   * The rule that renames a key that is moved, or {@link #NO_RULE}.
   *
   * @throws FaultException KEYS_COLLIDE where another key may get this one's name, RESERVED_KEY
   *     where it would get one of ours
   */
  public int rule(int database, byte[] buffer, int offset, int length) throws FaultException {
    int rule = firstRule(buffer, offset, length);
    if (rule != NO_RULE) {
      refuseOwn(renames[rule], buffer, offset, length);
      return rule;
    }
    for (int i = 0; i < renames.length; i++) {
      if (Rename.begins(buffer, offset, length, renames[i].to())) {
        refuseCollision(i, database, buffer, offset, length);
      }
    }
    return NO_RULE;
  }

  /** What a rule takes from the beginning of a key. */
  public byte[] from(int rule) {
    return renames[rule].from();
  }

  /** What a rule puts there. */
  public byte[] to(int rule) {
    return renames[rule].to();
  }

  /** The name at the target of a key that is moved; the same array where it keeps its name. */
  public byte[] targetKey(byte[] key) {
    int rule = firstRule(key, 0, key.length);
    return rule == NO_RULE ? key : Rename.swap(from(rule), to(rule), key, 0, key.length);
  }

  /** The name at the source of a key that the target has from there. */
  public byte[] sourceKey(byte[] key) {
    for (int i = 0; i < renames.length; i++) {
      if (Rename.begins(key, 0, key.length, to(i))) {
        byte[] name = Rename.swap(to(i), from(i), key, 0, key.length);
        if (firstRule(name, 0, name.length) == i && movesName(name, 0, name.length)) {
          return name;
        }
      }
    }
    return key;
  }

  private int firstRule(byte[] buffer, int offset, int length) {
    for (int i = 0; i < renames.length; i++) {
      if (Rename.begins(buffer, offset, length, renames[i].from())) {
        return i;
      }
    }
    return NO_RULE;
  }

  private void refuseOwn(Rename rule, byte[] buffer, int offset, int length) throws FaultException {
    int known = Math.min(rule.to().length, ownPrefix.length);
    for (int i = 0; i < known; i++) {
      if (rule.to()[i] != ownPrefix[i]) {
        return;
      }
    }
    byte[] name = Rename.swap(rule.from(), rule.to(), buffer, offset, length);
    if (isOwn(name, 0, name.length)) {
      throw new FaultException(
          Fault.fatal(
              FaultCode.RESERVED_KEY,
              "the key '%s' would be called '%s' at the target, which begins as our own keys do"
                  .formatted(shown(buffer, offset, length), shown(name, 0, name.length))));
    }
  }

  private void refuseCollision(int rule, int database, byte[] buffer, int offset, int length)
      throws FaultException {
    byte[] other = Rename.swap(to(rule), from(rule), buffer, offset, length);
    if (firstRule(other, 0, other.length) == rule && moves(database, other, 0, other.length)) {
      throw new FaultException(
          Fault.fatal(
              FaultCode.KEYS_COLLIDE,
              "the key '%s' of database %d keeps its name, which '%s' would be renamed to"
                  .formatted(
                      shown(buffer, offset, length), database, shown(other, 0, other.length))));
    }
  }

  private static boolean any(KeyPattern[] patterns, byte[] buffer, int offset, int length) {
    for (KeyPattern pattern : patterns) {
      if (pattern.matches(buffer, offset, length)) {
        return true;
      }
    }
    return false;
  }

  private static KeyPattern[] patterns(List<String> texts) {
    return texts.stream().map(KeyPattern::of).toArray(KeyPattern[]::new);
  }

  private static String shown(byte[] bytes, int offset, int length) {
    StringBuilder text = new StringBuilder();
    for (int i = offset; i < offset + length; i++) {
      int b = bytes[i] & 0xff;
      text.append(b >= ' ' && b < 127 ? String.valueOf((char) b) : "\\x%02X".formatted(b));
    }
    return text.toString();
  }
}
