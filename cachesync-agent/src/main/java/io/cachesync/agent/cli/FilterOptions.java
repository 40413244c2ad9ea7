package io.cachesync.agent.cli;

import io.cachesync.agent.filter.Selection;
import io.cachesync.contract.FilterMistake;
import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.KeyRename;
import io.cachesync.contract.StreamCommands;
import io.cachesync.contract.Topology;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** Which part of the source is moved, and under which names. */
final class FilterOptions {
  private static final String BECOMES = ":=";

  @Option(
      names = "--include-db",
      split = ",",
      paramLabel = "N",
      description = "Databases to move (default: all). May be repeated or separated by commas.")
  private List<Integer> databases = new ArrayList<>();

  @Option(
      names = "--exclude-db",
      split = ",",
      paramLabel = "N",
      description = "Databases not to move.")
  private List<Integer> excludedDatabases = new ArrayList<>();

  @Option(
      names = "--db-map",
      split = ",",
      paramLabel = "FROM:TO",
      description = {
        "A database of the source to one of the target, as 3:0. The others keep their number;"
            + " no two become one."
      })
  private List<String> databaseMap = new ArrayList<>();

  @Option(
      names = "--include-key",
      paramLabel = "PATTERN",
      description = {
        "Keys to move (default: all), as a pattern of Redis (KEYS), a byte as \\xHH. May be"
            + " repeated."
      })
  private List<String> includedKeys = new ArrayList<>();

  @Option(
      names = "--exclude-key",
      paramLabel = "PATTERN",
      description = "Keys not to move, also where an --include-key has them. May be repeated.")
  private List<String> excludedKeys = new ArrayList<>();

  @Option(
      names = "--include-type",
      split = ",",
      paramLabel = "TYPE",
      description = {
        "Types to move (default: all): string, list, set, zset, hash, stream, module, or the name"
            + " of a module's type."
      })
  private List<String> includedTypes = new ArrayList<>();

  @Option(
      names = "--exclude-type",
      split = ",",
      paramLabel = "TYPE",
      description = "Types not to move.")
  private List<String> excludedTypes = new ArrayList<>();

  @Option(
      names = "--exclude-command",
      split = ",",
      paramLabel = "NAME",
      description = {
        "Commands of the stream that are not applied, as FLUSHALL. What else they would have done"
            + " the target lacks from then on."
      })
  private List<String> excludedCommands = new ArrayList<>();

  @Option(
      names = "--rename-prefix",
      paramLabel = "FROM:=TO",
      description = {
        "Give keys another beginning at the target, as user::=u:. The first rule that fits a key is"
            + " applied. May be repeated."
      })
  private List<String> renames = new ArrayList<>();

  @Option(names = "--publish", description = "Forward PUBLISH too (default: left out and counted).")
  private boolean publish;

  @Spec(Target.MIXEE)
  private CommandSpec command;

  /**
   * @param from the source, the first of several
   */
  FilterSpec read(EndpointArguments from) {
    OptionalInt database = from.database();
    List<Integer> chosen = new ArrayList<>(databases);
    if (database.isPresent()) {
      if (!chosen.isEmpty()) {
        throw refused(
            "--include-db: give the database there or behind the source's address, not in both");
      }
      chosen.add(database.getAsInt());
    }
    FilterSpec asked =
        new FilterSpec(
            chosen,
            excludedDatabases,
            readMap(),
            includedKeys,
            excludedKeys,
            includedTypes,
            excludedTypes,
            excludedCommands,
            renames.stream().map(this::rename).toList(),
            publish);
    FilterSpec spec =
        from.endpoint().topology() == Topology.CLUSTER ? asked.ofOneDatabase() : asked;
    Selection.mistake(spec)
        .ifPresent(
            mistake -> {
              throw refused(placed(mistake, spec));
            });
    excludedCommands.stream().filter(StreamCommands::isUnknown).forEach(this::warnOfUnknown);
    return spec;
  }

  private void warnOfUnknown(String name) {
    command
        .commandLine()
        .getErr()
        .println(
            "warning --exclude-command: no Redis or Valkey sends a command %s. It is left out where"
                    .formatted(name)
                + " a module of the source sends one, or the source was given that name.");
  }

  /** What is wrong, behind the option that says it. */
  private static String placed(String mistake, FilterSpec spec) {
    List<FilterMistake> mistakes = spec.mistakes();
    if (mistakes.isEmpty()) {
      // What is left are names that collide.
      return "--rename-prefix: " + mistake;
    }
    String found = mistakes.get(0).found();
    return switch (mistakes.get(0).kind()) {
      case EMPTY_PATTERN, BROKEN_ESCAPE, OPEN_BRACKET -> {
        boolean included = spec.includeKeys().contains(found);
        boolean excluded = spec.excludeKeys().contains(found);
        yield (included ? "--include-key: " : excluded ? "--exclude-key: " : "--rename-prefix: ")
            + mistake;
      }
      case NEGATIVE_DATABASE -> {
        boolean included = holds(spec.databases(), found);
        boolean excluded = holds(spec.excludeDatabases(), found);
        yield (included ? "--include-db: " : excluded ? "--exclude-db: " : "--db-map: ") + mistake;
      }
      case NO_DATABASE_LEFT -> "--exclude-db: " + mistake;
      case MAPPED_NOT_MOVED -> "--db-map: " + mistake;
      case DATABASES_COLLIDE ->
          "--db-map: " + mistake + ": map the other one too, or leave it out with --exclude-db";
      case EMPTY_TYPE, UNKNOWN_TYPE ->
          (spec.includeTypes().contains(found) ? "--include-type: " : "--exclude-type: ") + mistake;
      case EMPTY_COMMAND, MISSPELT_COMMAND, FRAME_COMMAND -> "--exclude-command: " + mistake;
      case RENAMES_NOTHING, RENAME_NEVER_USED, RENAMES_COLLIDE -> "--rename-prefix: " + mistake;
    };
  }

  private static boolean holds(List<Integer> databases, String found) {
    return databases.stream().anyMatch(each -> each.toString().equals(found));
  }

  private Map<Integer, Integer> readMap() {
    Map<Integer, Integer> map = new LinkedHashMap<>();
    for (String text : databaseMap) {
      String[] ends = text.split(":", -1);
      try {
        if (ends.length != 2
            || map.put(Integer.valueOf(ends[0].strip()), Integer.valueOf(ends[1].strip()))
                != null) {
          throw refused("--db-map wants FROM:TO, each database once, not '" + text + "'");
        }
      } catch (NumberFormatException e) {
        throw refused("--db-map wants two numbers as 3:0, not '" + text + "'");
      }
    }
    return map;
  }

  private KeyRename rename(String text) {
    int at = text.indexOf(BECOMES);
    if (at < 0) {
      throw refused("--rename-prefix wants FROM:=TO, not '" + text + "'");
    }
    return new KeyRename(text.substring(0, at), text.substring(at + BECOMES.length()));
  }

  private ParameterException refused(String why) {
    return new ParameterException(command.commandLine(), why + ".");
  }
}
