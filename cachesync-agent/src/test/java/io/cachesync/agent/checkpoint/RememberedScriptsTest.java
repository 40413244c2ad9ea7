package io.cachesync.agent.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RememberedScriptsTest {
  /** The hash at the target: what is written in a transaction, and what is removed with it. */
  private final Map<String, String> hash = new TreeMap<>();

  private RememberedScripts scripts = new RememberedScripts(3);

  @Test
  void keepsThoseThatWereUsedLastAndKnowsThatOthersAreForgotten() {
    for (int i = 1; i <= 3; i++) {
      add("d" + i, i, "3");
    }
    call("stays", 4);
    assertThat(scripts.words("d1")).isEqualTo("3");
    add("d4", 5, "ARGV1");
    tidy(5);
    assertThat(hash.keySet()).containsExactly("l:", "l:d1", "l:d3", "l:d4", "l:stays");
    for (int start = 0; start < 2; start++) {
      assertThat(scripts.mayBeForgotten("d2")).isTrue();
      assertThat(scripts.mayBeForgotten("unseen")).isTrue();
      assertThat(scripts.mayBeForgotten("stays")).isFalse();
      assertThat(scripts.words("stays")).isEmpty();
      assertThat(scripts.words("d4")).isEqualTo("ARGV1");
      readAgain();
    }
    // Its text came once more, as it does where the source has forgotten it.
    add("new", 6, "");
    call("unseen", 7);
    assertThat(scripts.mayBeForgotten("new")).isFalse();
    assertThat(scripts.mayBeForgotten("unseen")).isTrue();
  }

  @Test
  void aFlushEndsWhatCameBeforeItOnceNothingBeforeItIsLookedAtAnyMore() {
    for (int i = 1; i <= 4; i++) {
      add("d" + i, i, "3");
    }
    call("stays", 5);
    tidy(5);
    scripts.flushed(6);
    tidy(5);
    assertThat(scripts.words("d4")).isEqualTo("3");
    assertThat(scripts.mayBeForgotten("d1")).isTrue();
    add("d3", 7, "3");
    tidy(7);
    assertThat(hash).containsOnly(Map.entry("l:d3", "7 3"));
    readAgain();
    assertThat(scripts.words("d4")).isEmpty();
    assertThat(scripts.mayBeForgotten("d1")).isFalse();
    assertThat(scripts.words("d3")).isEqualTo("3");
  }

  @Test
  void aFlushInEachBatchEndsWhatCameBeforeTheOneBeforeIt() {
    for (int i = 0; i < 10; i++) {
      add("d" + i, 10 * i + 1, "3");
      scripts.flushed(10 * i + 2);
      tidy(10 * i);
    }
    assertThat(hash.keySet()).containsExactly("l:d9");
  }

  /** It comes again behind each full sync of a replica. */
  @Test
  void whatAFormerBuildDidNotTellIsToldOnceTheTextComesAgain() {
    for (String words : List.of("-1", "")) {
      scripts = new RememberedScripts(3);
      scripts.read("d1", "5 ?");
      assertThat(scripts.isAnyLeaving()).isTrue();
      assertThat(scripts.add("d1", 7, words)).isTrue();
      assertThat(scripts.words("d1")).isEqualTo(words);
      String written = new String(scripts.wordsOf("d1").get(1), StandardCharsets.US_ASCII);
      assertThat(written).isEqualTo("7 " + words);
    }
  }

  /** What was taken is let go and taken once more, where something before it was in doubt. */
  @Test
  void whatIsTakenOnceMoreIsWrittenOnceMore() {
    assertThat(scripts.add("d1", 1, "3")).isTrue();
    assertThat(scripts.called("stays", 2)).isTrue();
    assertThat(scripts.add("d1", 3, "3")).isFalse();
    assertThat(scripts.called("stays", 4)).isFalse();
    assertThat(scripts.add("d1", 1, "3")).isTrue();
    assertThat(scripts.called("stays", 2)).isTrue();
    scripts.flushed(5);
    assertThat(scripts.add("d1", 6, "3")).isTrue();
    assertThat(scripts.add("d1", 1, "3")).as("the flush is not behind it then").isTrue();
    tidy(5);
    assertThat(scripts.words("d1")).isEqualTo("3");
  }

  /** Which stay it did not write down: before any is forgotten they are seen. */
  @Test
  void readsWhatAFormerBuildHasWritten() {
    for (int i = 1; i <= 8; i++) {
      hash.put("l:d" + i, i + " 3 ARGV1");
    }
    hash.put("l:any", "9 ?");
    readAgain();
    tidy(10);
    assertThat(hash).hasSize(10).containsEntry("l:", "-1 ");
    assertThat(scripts.mayBeForgotten("unseen")).isFalse();
    assertThat(scripts.words("d1")).isEqualTo("3 ARGV1");
    assertThat(scripts.words("any")).isEqualTo("?");
    call("stays", 11);
    readAgain();
    tidy(12);
    assertThat(hash.keySet()).containsExactly("l:", "l:any", "l:d7", "l:d8", "l:stays");
    assertThat(scripts.mayBeForgotten("stays")).isFalse();
  }

  private void add(String digest, long offset, String words) {
    if (scripts.add(digest, offset, words)) {
      write(scripts.wordsOf(digest));
    }
  }

  private void call(String digest, long offset) {
    if (scripts.called(digest, offset)) {
      write(scripts.wordsOf(digest));
    }
  }

  private void tidy(long begin) {
    List<byte[]> gone = new ArrayList<>();
    List<byte[]> words = scripts.tidy(begin, gone::add);
    gone.forEach(field -> hash.remove(text(field)));
    write(words);
  }

  private void readAgain() {
    scripts = new RememberedScripts(3);
    hash.forEach((field, value) -> scripts.read(field.substring(2), value));
    assertThat(scripts.isEmpty()).isEqualTo(hash.isEmpty());
    List<byte[]> words = scripts.words();
    Map<String, String> written = new TreeMap<>();
    for (int i = 0; i < words.size(); i += 2) {
      written.put(text(words.get(i)), text(words.get(i + 1)));
    }
    assertThat(written).isEqualTo(hash);
  }

  private void write(List<byte[]> words) {
    for (int i = 0; i < words.size(); i += 2) {
      hash.put(text(words.get(i)), text(words.get(i + 1)));
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.US_ASCII);
  }
}
