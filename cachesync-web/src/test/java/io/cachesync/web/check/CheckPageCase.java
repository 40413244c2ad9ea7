package io.cachesync.web.check;

import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.when;

import io.cachesync.contract.CheckPhase;
import io.cachesync.contract.CheckSpec;
import io.cachesync.contract.DifferenceKind;
import io.cachesync.contract.LimitSpec;
import io.cachesync.web.agent.ContractJson;
import io.cachesync.web.endpoint.EndpointService;
import io.cachesync.web.machine.MachineService;
import io.cachesync.web.system.Page;
import io.cachesync.web.system.PageRequest;
import io.cachesync.web.task.TaskService;
import io.cachesync.web.task.TaskViews;
import io.cachesync.web.testkit.PageTest;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;
import org.springframework.security.test.context.support.WithMockUser;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.context.bean.override.mockito.MockitoBean;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

/** Pages of checks over one check, the seventh, between two registered endpoints. */
@PageTest({
  CheckController.class,
  CheckApiController.class,
  CheckExportController.class,
  ComparisonController.class,
  RepairController.class,
  RepairApiController.class
})
@Import({
  CheckViews.class,
  KeyViews.class,
  CheckExport.class,
  CheckForms.class,
  CheckRequests.class,
  Comparisons.class,
  RepairViews.class,
  FullCheckProgram.class,
  TaskViews.class
})
@TestPropertySource(properties = "cachesync.redis-full-check=/opt/redis-full-check")
@WithMockUser(roles = "OPERATOR")
abstract class CheckPageCase {
  static final String SCRIPT = "<script>alert(1)</script>";

  @Autowired MockMvcTester mvc;
  @MockitoBean CheckService checks;
  @MockitoBean ScheduleService schedules;
  @MockitoBean CheckEnds ends;
  @MockitoBean RepairService repairs;
  @MockitoBean TaskService tasks;
  @MockitoBean EndpointService endpoints;
  @MockitoBean MachineService machines;
  @MockitoBean ToolPackages tools;

  @BeforeEach
  void oneCheck() {
    given(CheckState.DONE, 1, 0);
  }

  final void given(CheckState state, long different, long settling) {
    Check check = check(state, different, settling);
    when(checks.get(7)).thenReturn(check);
    when(checks.spec(any())).thenReturn(ContractJson.read(check.specJson(), CheckSpec.class));
    when(checks.report(any())).thenReturn(CheckCase.report(CheckPhase.COMPARING, different, null));
    when(checks.asked(any()))
        .thenReturn(
            new CheckAsk(
                null,
                0,
                11L,
                12L,
                3L,
                ContractJson.read(check.specJson(), CheckSpec.class),
                LimitSpec.none()));
    PageRequest request = new PageRequest(null, null, null);
    List<DifferenceRow> rows =
        List.of(
            DifferenceRow.of(
                7, CheckCase.difference("user:7", DifferenceKind.FIELD_VALUE, "first name")));
    when(checks.ofSameEnds(any())).thenReturn(List.of(check(CheckState.DONE, 0, 0)));
    when(checks.keys(eq(7L), any(), any()))
        .thenReturn(new Page<>(different == 0 ? List.of() : List.of(rows), different, request));
    when(checks.narrowings(7))
        .thenReturn(
            new CheckService.Narrowings(
                List.of(new DifferenceMapper.Count("FIELD_VALUE", 1)),
                List.of(new DifferenceMapper.Count("hash", 1)),
                List.of(0)));
    when(checks.listedAfter(7, 0)).thenReturn(rows, List.of(), rows, List.of());
    when(checks.search(any(), any())).thenReturn(new Page<>(List.of(check), 1, request));
  }

  static Check check(CheckState state, long different, long settling) {
    return check(state, different, settling, 0);
  }

  static Check check(CheckState state, long different, long settling, int sourceNumber) {
    Check asked = CheckCase.asked(SCRIPT, "cache-b");
    return new Check(
        7L,
        null,
        "",
        sourceNumber,
        asked.sourceEndpointId(),
        asked.sourceLabel(),
        asked.targetEndpointId(),
        asked.targetLabel(),
        asked.endsHash(),
        asked.machineId(),
        asked.machineName(),
        asked.specJson(),
        0,
        0,
        state,
        CheckCase.NOW,
        0,
        null,
        null,
        null,
        "{}",
        50,
        different,
        settling,
        1,
        "ann",
        CheckCase.NOW,
        CheckCase.NOW,
        CheckCase.NOW.plusSeconds(5));
  }
}
