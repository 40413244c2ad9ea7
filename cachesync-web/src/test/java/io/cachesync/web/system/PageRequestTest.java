package io.cachesync.web.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PageRequestTest {
  private static final Map<String, String> COLUMNS = Map.of("name", "t.name");

  @Test
  void takesTheDefaultForWhatMakesNoSense() {
    PageRequest request = new PageRequest("-3", "all", null);

    assertThat(request.number()).isEqualTo(1);
    assertThat(request.limit()).isEqualTo(25);
    assertThat(new PageRequest("3", "100000", null).limit()).isEqualTo(200);
    assertThat(new PageRequest("3", "10", null).offset()).isEqualTo(20);
  }

  @Test
  void letsOnlyKnownColumnsIntoTheOrder() {
    assertThat(new PageRequest(null, null, "-name").orderBy(COLUMNS, "t.id"))
        .isEqualTo("t.name desc");
    assertThat(new PageRequest(null, null, "name; drop table t").orderBy(COLUMNS, "t.id"))
        .isEqualTo("t.id");
  }

  @Test
  void turnsTheOrderAroundAtTheSecondClick() {
    assertThat(new PageRequest(null, null, null).toggled("name")).isEqualTo("name");
    assertThat(new PageRequest(null, null, "name").toggled("name")).isEqualTo("-name");
    assertThat(new PageRequest(null, null, "-name").toggled("name")).isEqualTo("name");
  }

  @Test
  void countsThePages() {
    Page<Integer> page = new Page<>(List.of(11, 12), 12, new PageRequest("2", "10", null));

    assertThat(page.pages()).isEqualTo(2);
    assertThat(page.first()).isEqualTo(11);
    assertThat(page.last()).isEqualTo(12);
    assertThat(page.hasNext()).isFalse();
    assertThat(page.hasPrevious()).isTrue();
  }

  @Test
  void changesOneParameterOfAnAddressAndEncodesAll() {
    Here here = new Here("/audit", Map.of("text", "a&b=c {x}", "page", "2"));

    assertThat(here.without("page").with("sort", "-at").full())
        .isEqualTo("/audit?sort=-at&text=a%26b%3Dc%20%7Bx%7D");
    assertThat(here.inside("/audit")).isTrue();
    assertThat(new Here("/auditor", Map.of()).inside("/audit")).isFalse();
  }

  @Test
  void keepsFormulasOutOfSpreadsheets() {
    assertThat(Csv.row(List.of("=1+1", "a,\"b\"", "plain")))
        .isEqualTo("'=1+1,\"a,\"\"b\"\"\",plain\r\n");
  }

  /** The bytes fb ef be are "++++" in base64: a program must read them as they are. */
  @Test
  void leavesAnExactNameAsItIs() {
    assertThat(
            Csv.row(
                List.of(
                    "-key",
                    Csv.exact("-key", ""),
                    "\\xfb\\xef\\xbe",
                    Csv.exact("\\xfb\\xef\\xbe", "++++"))))
        .isEqualTo("'-key,LWtleQ==,\\xfb\\xef\\xbe,++++\r\n");
  }
}
