package io.cachesync.web.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import io.cachesync.contract.CheckDifference;
import io.cachesync.contract.DifferenceKind;
import io.cachesync.web.system.Page;
import io.cachesync.web.system.PageRequest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.mockito.ArgumentCaptor;

class CheckExportPagesTest extends CheckPageCase {
  @Test
  void exportsAllThatIsListed() {
    assertThat(mvc.get().uri("/checks/7/differences.csv"))
        .hasStatusOk()
        .bodyText()
        .startsWith("database,key,keyBase64")
        .contains("0,user:7,,hash,FIELD_VALUE,first name,,Ann,Bob,");
    assertThat(mvc.get().uri("/api/v1/checks/7/differences.json"))
        .hasStatusOk()
        .bodyJson()
        .extractingPath("$[0].target")
        .isEqualTo("Bob");
  }

  /** No spreadsheet computes it, and nobody takes it for a key that begins with an apostrophe. */
  @Test
  void exportsAKeyThatLooksLikeAFormulaAsItIsToo() {
    CheckDifference found = CheckCase.difference("=cmd()", DifferenceKind.EXTRA, "");
    when(checks.listedAfter(7, 0))
        .thenReturn(List.of(DifferenceRow.of(7, found)), List.<DifferenceRow>of());
    String encoded = Base64.getEncoder().encodeToString("=cmd()".getBytes(StandardCharsets.UTF_8));
    assertThat(mvc.get().uri("/checks/7/differences.csv"))
        .bodyText()
        .contains("\n0,'=cmd()," + encoded + ",hash,EXTRA");
  }

  @Test
  void comparesWithAnotherCheckOfTheSameEnds() {
    when(checks.get(5)).thenReturn(check(CheckState.DONE, 1, 0));
    when(checks.compared(any(Comparison.class))).thenReturn(3L);
    when(checks.compared(any(Comparison.class), any()))
        .thenReturn(new Page<>(List.of(), 0, new PageRequest(null, null, null)));
    assertThat(mvc.get().uri("/checks/7/compare?with=5&change=GONE"))
        .hasStatusOk()
        .bodyText()
        .contains("Still different: 3", "No difference has gone.");
    ArgumentCaptor<Comparison> asked = ArgumentCaptor.forClass(Comparison.class);
    verify(checks).compared(asked.capture(), any());
    assertThat(asked.getValue().listedIn()).isEqualTo(asked.getValue().earlierId());
    List<DifferenceRow> rows =
        List.of(DifferenceRow.of(7, CheckCase.difference("user:7", DifferenceKind.TTL, "")));
    when(checks.compared(any(Comparison.class), any()))
        .thenReturn(new Page<>(List.of(rows), 1, new PageRequest(null, null, null)));
    assertThat(mvc.get().uri("/checks/7/compare?with=5&change=STILL"))
        .hasStatusOk()
        .bodyText()
        .contains("user:7", "Ann", "Bob");
    assertThat(mvc.get().uri("/checks/7/compare?with=7")).hasStatus(409);
    assertThat(mvc.get().uri("/api/v1/checks/7/compare?with=5&change=STILL"))
        .hasStatusOk()
        .bodyJson()
        .extractingPath("$.counts.STILL")
        .isEqualTo(3);
    assertThat(mvc.get().uri("/api/v1/checks/7/compare?with=7")).hasStatus(409);
  }

  @Test
  void saysInAComparisonWhichSideIsARepair() {
    Check earlier = check(CheckState.DONE, 1, 0);
    when(checks.get(5)).thenReturn(earlier);
    when(checks.compared(any(Comparison.class), any()))
        .thenReturn(new Page<>(List.of(), 0, new PageRequest(null, null, null)));
    String remark = "looked only at the keys of a repair";
    for (String path : List.of("/checks/7/compare?with=5", "/api/v1/checks/7/compare?with=5")) {
      assertThat(mvc.get().uri(path)).hasStatusOk().bodyText().doesNotContain(remark);
    }
    when(checks.repaired(earlier)).thenReturn(Optional.of(new RepairMapper.Scope(12, 3L)));
    for (String path : List.of("/checks/7/compare?with=5", "/api/v1/checks/7/compare?with=5")) {
      assertThat(mvc.get().uri(path)).hasStatusOk().bodyText().contains(remark, "Only the 12 keys");
    }
  }
}
