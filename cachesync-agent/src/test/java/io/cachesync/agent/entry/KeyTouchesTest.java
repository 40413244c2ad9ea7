package io.cachesync.agent.entry;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class KeyTouchesTest {
  private final KeyTouches touches = new KeyTouches();
  private int follower;

  @BeforeEach
  void follow() {
    follower = touches.follow();
    touches.share(follower, KeyTouches.WHOLE);
  }

  @Test
  void tellsKeysInTheirOrderHoweverOftenTheRingGoesRound() {
    Random random = new Random(1);
    List<String> told = new ArrayList<>();
    List<String> touched = new ArrayList<>();
    for (int i = 0; i < 60_000; i++) {
      String key = "k".repeat(random.nextInt(90)) + i;
      touched.add(i % 16 + " " + key + " " + i);
      touch(key, i % 16, i);
      if (random.nextInt(900) == 0) {
        drain(told);
      }
    }
    drain(told);
    assertThat(touches.lost()).isZero();
    assertThat(told).isEqualTo(touched);
  }

  @Test
  void aKeyThatWaitsIsNotToldTwiceAndIsToldAgainOnceItWasTaken() {
    touch("a", 0, 1);
    touch("a", 0, 2);
    touch("a", 1, 3);
    List<String> told = new ArrayList<>();
    drain(told);
    assertThat(told).containsExactly("0 a 1", "1 a 3");
    touch("a", 0, 4);
    drain(told);
    assertThat(told).endsWith("0 a 4");
  }

  @Test
  void whatFindsNoRoomIsCountedAndItsOffsetKnown() {
    for (int i = 0; i < 100_000; i++) {
      touch("key:" + i, 0, i);
    }
    touches.touch(new byte[70_000], 0, 70_000, 0, 200_000);
    List<String> told = new ArrayList<>();
    drain(told);
    assertThat(told.size() + touches.lost()).isEqualTo(100_001);
    assertThat(touches.lost()).isGreaterThan(50_000);
    assertThat(touches.lastTouch(bytes("key:99999"))).isGreaterThanOrEqualTo(99_999);
    assertThat(touches.lastTouch(new byte[70_000])).isEqualTo(200_000);
  }

  @Test
  void aSmallerShareHoldsSomeOfTheSameKeys() {
    List<String> half = new ArrayList<>();
    touches.share(follower, KeyTouches.WHOLE / 2);
    touchAll(10_000);
    drain(half);
    List<String> tenth = new ArrayList<>();
    touches.share(follower, KeyTouches.WHOLE / 10);
    touchAll(10_000);
    drain(tenth);
    assertThat(half).hasSizeBetween(4500, 5500).containsAll(tenth);
    assertThat(tenth).hasSizeBetween(800, 1200);
    assertThat(touches.isChosen(bytes("key:1"))).isEqualTo(tenth.contains("0 key:1 1"));
  }

  @Test
  void anOffsetIsNeverToldTooLow() {
    touch("a", 0, 10);
    touch("a", 0, 7);
    assertThat(touches.lastTouch(bytes("a"))).isEqualTo(10);
    touches.touchEvery(12);
    assertThat(touches.lastTouch(bytes("a"))).isEqualTo(12);
    assertThat(touches.lastTouch(bytes("never"))).isEqualTo(12);
    int before = touches.session();
    touches.begin(3);
    assertThat(touches.session()).isNotEqualTo(before);
    assertThat(touches.lastTouch(bytes("a"))).isNegative();
    assertThat(touches.isSteady()).isFalse();
    touches.from("id", true);
    assertThat(touches.isSteady()).isTrue();
  }

  @Test
  void whoFollowsNoMoreHearsNothingAndChangesNothing() {
    touch("a", 0, 1);
    int next = touches.follow();
    assertThat(touches.isFollowed()).isFalse();
    touches.share(next, KeyTouches.WHOLE);
    touches.share(follower, 0);
    assertThat(touches.isFollowed()).isTrue();
    touch("b", 0, 2);
    assertThat(touches.poll(follower)).isNull();
    assertThat(touches.poll(next).key()).isEqualTo(bytes("b"));
    assertThat(touches.poll(next)).isNull();
  }

  @Test
  void everyTouchIsFollowedByATellingOrIsCounted() throws Exception {
    int keys = 50;
    long last = 2_000_000;
    CompletableFuture<Void> touching =
        CompletableFuture.runAsync(
            () -> {
              for (long i = 1; i <= last; i++) {
                touch("key:" + i % keys, 0, i);
                touches.applied(i);
              }
            });
    Map<String, Long> told = new HashMap<>();
    while (!touching.isDone()) {
      take(told);
    }
    touching.get(1, TimeUnit.MINUTES);
    take(told);
    // Of each key at least the last touch but one that found it waiting.
    assertThat(told).hasSize(keys);
    for (int i = 0; i < keys; i++) {
      touch("key:" + i, 0, last + 1);
    }
    Map<String, Long> after = new HashMap<>();
    take(after);
    assertThat(after).hasSize(keys);
  }

  private void take(Map<String, Long> into) {
    for (KeyTouches.Touch touch = touches.poll(follower);
        touch != null;
        touch = touches.poll(follower)) {
      into.put(new String(touch.key(), StandardCharsets.ISO_8859_1), touch.endOffset());
    }
  }

  private void touchAll(int keys) {
    for (int i = 0; i < keys; i++) {
      touch("key:" + i, 0, i);
    }
  }

  private void touch(String key, int database, long endOffset) {
    byte[] buffer = bytes("xx" + key + "yy");
    touches.touch(buffer, 2, buffer.length - 4, database, endOffset);
  }

  private void drain(List<String> into) {
    for (KeyTouches.Touch touch = touches.poll(follower);
        touch != null;
        touch = touches.poll(follower)) {
      String key = new String(touch.key(), StandardCharsets.ISO_8859_1);
      into.add(touch.database() + " " + key + " " + touch.endOffset());
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
