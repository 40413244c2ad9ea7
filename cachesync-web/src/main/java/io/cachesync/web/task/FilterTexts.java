package io.cachesync.web.task;

import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.StreamCommands;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.springframework.context.MessageSource;
import org.springframework.stereotype.Component;

/** What is moved, in the reader's sentences. */
@Component
class FilterTexts {
  private final MessageSource messages;

  FilterTexts(MessageSource messages) {
    this.messages = messages;
  }

  /** One sentence for each thing that is said; the first tells of keys and databases. */
  List<String> of(FilterSpec filter, Locale locale) {
    List<String> sentences = new ArrayList<>();
    sentences.add(keys(filter, locale));
    if (!filter.databases().isEmpty()) {
      sentences.add(say(locale, "databases", list(filter.databases())));
    }
    if (!filter.excludeDatabases().isEmpty()) {
      sentences.add(say(locale, "excludeDatabases", list(filter.excludeDatabases())));
    }
    filter
        .databaseMap()
        .forEach((from, to) -> sentences.add(say(locale, "map", "" + from, "" + to)));
    if (!filter.includeTypes().isEmpty()) {
      sentences.add(say(locale, "includeTypes", list(filter.includeTypes())));
    }
    if (!filter.excludeTypes().isEmpty()) {
      sentences.add(say(locale, "excludeTypes", list(filter.excludeTypes())));
    }
    if (!filter.excludeCommands().isEmpty()) {
      sentences.add(say(locale, "excludeCommands", list(filter.excludeCommands())));
    }
    List<String> unknown =
        filter.excludeCommands().stream().filter(StreamCommands::isUnknown).toList();
    if (!unknown.isEmpty()) {
      sentences.add(say(locale, "unknownCommands", list(unknown)));
    }
    filter
        .renames()
        .forEach(
            rename ->
                sentences.add(
                    rename.to().isEmpty()
                        ? say(locale, "renameAway", rename.from())
                        : rename.from().isEmpty()
                            ? say(locale, "renameAll", rename.to())
                            : say(locale, "rename", rename.from(), rename.to())));
    return sentences;
  }

  private String keys(FilterSpec filter, Locale locale) {
    boolean some = !filter.includeKeys().isEmpty();
    boolean except = !filter.excludeKeys().isEmpty();
    if (some && except) {
      return say(locale, "keysExcept", list(filter.includeKeys()), list(filter.excludeKeys()));
    }
    if (some) {
      return say(locale, "keys", list(filter.includeKeys()));
    }
    return except ? say(locale, "allExcept", list(filter.excludeKeys())) : say(locale, "all");
  }

  private static String list(List<?> each) {
    return each.stream().map(String::valueOf).collect(Collectors.joining(", "));
  }

  private String say(Locale locale, String what, Object... arguments) {
    return messages.getMessage("task.filter.says." + what, arguments, locale);
  }
}
