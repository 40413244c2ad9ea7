package io.cachesync.agent.verify;

import io.cachesync.contract.DifferenceKind;
import io.cachesync.testkit.ServerVersion;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * One way to spoil a key of the target, and what the check must say of it. In commands {@code K}
 * stands for the key, and words are separated by blanks.
 *
 * @param key its name, which says what is wrong
 * @param since both sides must be at least so new
 * @param before commands for both sides
 * @param spoil commands for the target alone
 * @param kinds what must be told; empty: nothing, for both sides are equal in other forms
 * @param field where, of the first of these kinds; empty for the key as a whole or for anywhere
 */
record Damage(
    String key,
    ServerVersion since,
    List<String[]> before,
    List<String[]> spoil,
    Set<DifferenceKind> kinds,
    String field) {

  static Damage of(String key) {
    return new Damage(key, ServerVersion.V6_2, List.of(), List.of(), Set.of(), "");
  }

  Damage since(ServerVersion version) {
    return new Damage(key, version, before, spoil, kinds, field);
  }

  Damage before(String... commands) {
    return new Damage(key, since, words(commands), spoil, kinds, field);
  }

  Damage spoil(String... commands) {
    return new Damage(key, since, before, words(commands), kinds, field);
  }

  Damage tells(DifferenceKind... told) {
    return new Damage(key, since, before, spoil, Set.of(told), field);
  }

  Damage at(String newField) {
    return new Damage(key, since, before, spoil, kinds, newField);
  }

  /** The same with one more command before the others, for values too long to write down. */
  Damage with(String... command) {
    List<String[]> all = new ArrayList<>();
    all.add(named(command));
    all.addAll(before);
    return new Damage(key, since, all, spoil, kinds, field);
  }

  private List<String[]> words(String... commands) {
    return Arrays.stream(commands).map(text -> named(text.split(" ", -1))).toList();
  }

  private String[] named(String... words) {
    return Arrays.stream(words).map(word -> word.equals("K") ? key : word).toArray(String[]::new);
  }
}
