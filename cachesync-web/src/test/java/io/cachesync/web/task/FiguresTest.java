package io.cachesync.web.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FiguresTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0 ms, 0 毫秒",
    "999, 999 ms, 999 毫秒",
    "1000, 1 s, 1 秒",
    "185000, 3 min 5 s, 3 分钟 5 秒",
    "7260000, 2 h 1 min, 2 小时 1 分钟",
    "180000000, 2 d 2 h, 2 天 2 小时",
    "-1, –, –",
  })
  void tellsTimesInTheReadersLanguage(long millis, String english, String chinese) {
    assertThat(new Figures(Locale.ENGLISH).lag(millis)).isEqualTo(english);
    assertThat(new Figures(Locale.SIMPLIFIED_CHINESE).lag(millis)).isEqualTo(chinese);
  }

  @Test
  void saysSoTooWhatAnAgentTells() {
    Figures chinese = new Figures(Locale.SIMPLIFIED_CHINESE);
    assertThat(chinese.told("47 min")).isEqualTo("47 分钟");
    assertThat(chinese.told("3 d")).isEqualTo("3 天");
    assertThat(chinese.told("47 minutes")).isEqualTo("47 minutes");
    assertThat(chinese.told("3 h ago")).isEqualTo("3 h ago");
    assertThat(new Figures(Locale.ENGLISH).told("47 min")).isEqualTo("47 min");
  }
}
