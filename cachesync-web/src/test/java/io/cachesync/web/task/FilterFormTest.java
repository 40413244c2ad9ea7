package io.cachesync.web.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.cachesync.contract.FilterSpec;
import io.cachesync.contract.KeyRename;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.context.support.ResourceBundleMessageSource;

/** Which part of a source people ask for, and what they are told where that is not clear. */
class FilterFormTest {
  private static final FilterSpec EVERYTHING_SAID =
      new FilterSpec(
          List.of(0, 1, 2),
          List.of(2),
          Map.of(0, 3),
          List.of("user:*", "order:[0-9]*"),
          List.of("user:tmp:*"),
          List.of("hash", "string"),
          List.of("stream"),
          List.of("FLUSHALL"),
          List.of(new KeyRename("user:", "u:"), new KeyRename("", "all:")),
          false);

  @Test
  void readsWhatPeopleType() {
    FilterForm typed =
        new FilterForm(
            "2",
            " 0 : 3 ",
            "user:*\r\n\norder:[0-9]*\n",
            "user:tmp:*",
            "Hash, string",
            "stream",
            "flushall",
            "user::=u:\n:=all:");
    assertThat(typed.problems(List.of(0, 1, 2))).isEmpty();
    assertThat(typed.spec(List.of(0, 1, 2))).isEqualTo(EVERYTHING_SAID);
    assertThat(FilterForm.of(EVERYTHING_SAID).spec(List.of(0, 1, 2))).isEqualTo(EVERYTHING_SAID);
    assertThat(typed.narrows()).isTrue();
    assertThat(FilterForm.of(FilterSpec.everything()).narrows()).isFalse();
  }

  /** A program may send what no field can hold. */
  @Test
  void keepsBytesThatAFieldWouldLose() {
    FilterSpec sent =
        new FilterSpec(
            null, null, null, List.of("a\nb ", " c"), null, null, null, null, null, false);
    assertThat(FilterForm.of(sent).spec(List.of()).includeKeys())
        .containsExactly("a\\x0Ab\\x20", "\\x20c");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "databaseMap|0-3|filter.databaseMap task.filter.noMapping 0-3",
        "databaseMap|0:3, 0:4|filter.databaseMap task.filter.noMapping 0:4",
        "databaseMap|7:1|filter.databaseMap task.filter.mistake.MAPPED_NOT_MOVED 7:1",
        "databaseMap|0:1|filter.databaseMap task.filter.mistake.DATABASES_COLLIDE 1",
        "excludeDatabases|a|filter.excludeDatabases task.form.databases.invalid",
        "excludeDatabases|0,1|filter.excludeDatabases task.filter.mistake.NO_DATABASE_LEFT [0, 1]",
        "includeKeys|a[b|filter.includeKeys task.filter.mistake.OPEN_BRACKET a[b",
        "excludeKeys|a\\x4|filter.excludeKeys task.filter.mistake.BROKEN_ESCAPE a\\x4",
        "includeTypes|sets|filter.includeTypes task.filter.noType sets",
        "excludeTypes|<b>|filter.excludeTypes task.filter.noType <b>",
        "excludeCommands|FLUSH;ALL|filter.excludeCommands task.filter.noCommand FLUSH;ALL",
        "excludeCommands|flushal|"
            + "filter.excludeCommands task.filter.mistake.MISSPELT_COMMAND FLUSHAL, FLUSHALL",
        "excludeCommands|exec|filter.excludeCommands task.filter.mistake.FRAME_COMMAND EXEC",
        "excludeCommands|json.set|",
        "renames|user:=|",
        "renames|user u|filter.renames task.filter.noRename user u",
        "renames|a:=a|filter.renames task.filter.mistake.RENAMES_NOTHING a:=a",
        "renames|a:=cachesync:|filter.renames task.filter.reserved a:=cachesync:",
        "renames|:=cachesync:old:|filter.renames task.filter.reserved :=cachesync:old:",
        "renames|a:=cache|",
        "renames|x\\:=y|filter.renames task.filter.mistake.BROKEN_ESCAPE x\\:=y",
      })
  void saysAtWhichFieldWhatIsWrong(String field, String typed, String told) {
    List<Problem> problems = with(field, typed).problems(List.of(0, 1));
    assertThat(
            problems.stream()
                .map(
                    each ->
                        (each.field() + " " + each.key() + " " + each.arguments())
                            .replaceAll(" \\[(.*)]$", " $1")
                            .strip()))
        .isEqualTo(told == null ? List.of() : List.of(told));
  }

  @Test
  void tellsItInSentences() {
    ResourceBundleMessageSource messages = new ResourceBundleMessageSource();
    messages.setBasename("messages.task");
    messages.setDefaultEncoding("UTF-8");
    messages.setFallbackToSystemLocale(false);
    FilterTexts texts = new FilterTexts(messages);
    assertThat(texts.of(EVERYTHING_SAID, Locale.ENGLISH))
        .containsExactly(
            "Keys matching user:*, order:[0-9]*, except user:tmp:*",
            "Of the databases 0, 1, 2",
            "Not of the databases 2",
            "Database 0 → 3",
            "Only of the types hash, string",
            "Not of the types stream",
            "Not applied: FLUSHALL",
            "user:… becomes u:…",
            "Every key begins with all: at the target");
    assertThat(texts.of(FilterSpec.everything(), Locale.SIMPLIFIED_CHINESE)).containsExactly("全部键");
    FilterSpec module =
        new FilterSpec(
            null, null, null, null, null, null, null, List.of("JSON.SET", "DEL"), null, false);
    assertThat(texts.of(module, Locale.ENGLISH))
        .contains("Not applied: JSON.SET, DEL")
        .last(STRING)
        .startsWith("No Redis or Valkey sends JSON.SET:");
  }

  @Test
  void theCommandLineQuotesWhatAShellWouldTakeApart() {
    FilterSpec filter =
        new FilterSpec(
            List.of(),
            List.of(2),
            Map.of(0, 3),
            List.of("it's $(x)*"),
            List.of(),
            List.of("hash"),
            List.of(),
            List.of(),
            List.of(new KeyRename("a", "b")),
            false);
    assertThat(TaskConfigs.filter(filter))
        .containsExactly(
            "--exclude-db 2",
            "--db-map 0:3",
            "--include-key 'it'\\''s $(x)*'",
            "--include-type hash",
            "--rename-prefix 'a:=b'");
  }

  private static FilterForm with(String field, String typed) {
    return new FilterForm(
        field.equals("excludeDatabases") ? typed : "",
        field.equals("databaseMap") ? typed : "",
        field.equals("includeKeys") ? typed : "",
        field.equals("excludeKeys") ? typed : "",
        field.equals("includeTypes") ? typed : "",
        field.equals("excludeTypes") ? typed : "",
        field.equals("excludeCommands") ? typed : "",
        field.equals("renames") ? typed : "");
  }
}
