package io.cachesync.web.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.csrf;

import io.cachesync.contract.CheckMode;
import io.cachesync.contract.CheckPhase;
import io.cachesync.contract.CheckSpec;
import io.cachesync.contract.LimitSpec;
import io.cachesync.web.agent.ContractJson;
import io.cachesync.web.endpoint.Endpoint;
import io.cachesync.web.endpoint.EndpointService;
import io.cachesync.web.machine.Machine;
import io.cachesync.web.machine.MachineService;
import io.cachesync.web.system.Refusal;
import io.cachesync.web.task.TaskService;
import io.cachesync.web.task.TaskViews;
import io.cachesync.web.testkit.PageTest;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mockito.ArgumentCaptor;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;
import org.springframework.http.MediaType;
import org.springframework.security.test.context.support.WithMockUser;
import org.springframework.test.context.bean.override.mockito.MockitoBean;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

@PageTest({CheckController.class, ScheduleController.class, ScheduleApiController.class})
@Import({
  CheckForms.class,
  CheckRequests.class,
  CheckViews.class,
  FullCheckProgram.class,
  ScheduleViews.class,
  KeyViews.class,
  RepairViews.class,
  TaskViews.class
})
@WithMockUser(roles = "OPERATOR")
class SchedulePagesTest {
  @Autowired private MockMvcTester mvc;
  @MockitoBean private ScheduleService schedules;
  @MockitoBean private CheckService checks;
  @MockitoBean private RepairService repairs;
  @MockitoBean private CheckEnds ends;
  @MockitoBean private TaskService tasks;
  @MockitoBean private EndpointService endpoints;
  @MockitoBean private MachineService machines;
  @MockitoBean private ToolPackages tools;

  @BeforeEach
  void oneSchedule() {
    given(false);
    when(schedules.asked(any())).thenReturn(ask());
    Check check = mock(Check.class);
    when(check.id()).thenReturn(7L);
    when(check.state()).thenReturn(CheckState.DONE);
    when(check.differentKeys()).thenReturn(2L);
    when(check.comparedKeys()).thenReturn(50L);
    when(checks.get(7)).thenReturn(check);
    when(checks.spec(any())).thenReturn(ask().spec());
    when(checks.report(any())).thenReturn(CheckCase.report(CheckPhase.DONE, 2, null));
    when(schedules.runs(4))
        .thenReturn(
            List.of(
                run(ScheduleRun.Outcome.SKIPPED, 7L, "check.schedule.skipped", "[\"7\"]"),
                run(ScheduleRun.Outcome.MISSED, null, "check.schedule.missed.several", "[\"3\"]"),
                run(ScheduleRun.Outcome.REFUSED, null, "check.invalid.machine", "[\"m-1\"]"),
                run(ScheduleRun.Outcome.STARTED, 7L, null, null)));
    when(schedules.lastRun(4))
        .thenReturn(Optional.of(run(ScheduleRun.Outcome.STARTED, 7L, null, null)));
  }

  @Test
  void listsSchedulesWithTheirNextTimeAndWhatTheLastCameTo() {
    assertThat(mvc.get().uri("/checks/schedules"))
        .hasStatusOk()
        .bodyText()
        .contains("Mon, Fri at 02:30 (Europe/Berlin)", "2 differ", ":30:00Z", "&lt;nightly&gt;")
        .doesNotContain("<nightly>");
    given(true);
    assertThat(mvc.get().uri("/checks/schedules"))
        .bodyText()
        .contains("Paused")
        .doesNotContain(":30:00Z");
  }

  @Test
  void saysWhatEachTimeCameTo() {
    assertThat(mvc.get().uri("/checks/schedules/4"))
        .hasStatusOk()
        .bodyText()
        .contains(
            "The former check (7) was still running.",
            "No console ran at that time, and at those before it: 3 times in all.",
            "The machine m-1 is not ready",
            "The newest 30 results are kept.",
            "/checks/schedules/4/pause")
        .doesNotContain("/checks/schedules/4/resume");
    assertThat(mvc.get().uri("/checks/schedules/4").locale(Locale.CHINA))
        .bodyText()
        .contains("上一次校验（7）仍在进行。");
  }

  @Test
  void makesAScheduleOfAFormThatSaysHowOften() {
    when(schedules.add(any(), any())).thenReturn(row(false));
    assertThat(form("/checks/new", "WEEKLY", "02:30", "FRIDAY", ""))
        .hasRedirectedUrl("/checks/schedules/4");
    ArgumentCaptor<ScheduleForm> asked = ArgumentCaptor.forClass(ScheduleForm.class);
    verify(schedules).add(any(), asked.capture());
    assertThat(asked.getValue().days()).containsExactly("MONDAY", "FRIDAY");
    assertThat(asked.getValue().time()).isEqualTo("02:30");
    verify(checks, never()).start(any());
  }

  @Test
  void saysAtTheFieldWhatIsWrong() {
    assertThat(form("/checks/new", "DAILY", "24:00", "", ""))
        .hasStatusOk()
        .bodyText()
        .contains("A time of day, please");
    assertThat(form("/checks/new", "WEEKLY", "02:30", "DOOMSDAY", ""))
        .bodyText()
        .contains("At least one day of the week");
    assertThat(form("/checks/new", "CRON", "", "", "every night"))
        .bodyText()
        .contains("Not a cron expression");
    assertThat(form("/checks/new", "CRON", "", "", "*/5 * * * * ?"))
        .bodyText()
        .contains("At least a minute between two times");
    assertThat(form("/checks/new", "CRON", "", "", "0 0 3 * * ? 2020"))
        .bodyText()
        .contains("it would never be due");
    verify(schedules, never()).add(any(), any());
  }

  @Test
  void changesWhatIsThere() {
    assertThat(mvc.get().uri("/checks/schedules/4/edit"))
        .hasStatusOk()
        .bodyText()
        .doesNotContain("redis-full-check")
        .contains("Change a scheduled check", "/checks/schedules/4/edit", "value=\"02:30\"", "Save")
        .doesNotContain("Once, now");
    when(schedules.change(anyLong(), any(), any())).thenReturn(row(false));
    assertThat(form("/checks/schedules/4/edit", "DAILY", "04:00", "", ""))
        .hasRedirectedUrl("/checks/schedules/4");
    ArgumentCaptor<CheckAsk> asked = ArgumentCaptor.forClass(CheckAsk.class);
    verify(schedules).change(eq(4L), asked.capture(), any());
    assertThat(asked.getValue().spec().mode()).isEqualTo(CheckMode.SMART);
    assertThat(form("/checks/schedules/4/edit", "", "04:00", "", ""))
        .hasStatusOk()
        .bodyText()
        .contains("Change a scheduled check");
  }

  @Test
  void pausesResumesStartsAndDeletes() {
    assertThat(post("pause")).hasRedirectedUrl("/checks/schedules/4");
    verify(schedules).pause(4);
    assertThat(post("resume")).hasRedirectedUrl("/checks/schedules/4");
    verify(schedules).resume(4);
    when(schedules.start(4)).thenReturn(run(ScheduleRun.Outcome.STARTED, 7L, null, null));
    assertThat(post("start")).hasRedirectedUrl("/checks/7");
    when(schedules.start(4))
        .thenReturn(run(ScheduleRun.Outcome.SKIPPED, 7L, "check.schedule.skipped", "[\"7\"]"));
    assertThat(post("start")).hasRedirectedUrl("/checks/schedules/4");
    assertThat(post("delete")).hasRedirectedUrl("/checks/schedules");
    verify(schedules).delete(4);
  }

  @Test
  @WithMockUser(roles = "VIEWER")
  void showsViewersNoButtonsAndObeysThemInNothing() {
    assertThat(mvc.get().uri("/checks/schedules/4"))
        .hasStatusOk()
        .bodyText()
        .doesNotContain("/checks/schedules/4/");
    assertThat(post("pause")).hasStatus(403);
    assertThat(mvc.get().uri("/checks/schedules/4/edit")).hasStatus(403);
    verify(schedules, never()).pause(anyLong());
  }

  @Test
  void servesPrograms() {
    when(schedules.next(any())).thenReturn(Optional.of(Instant.parse("2026-03-06T01:30:00Z")));
    when(schedules.all(null)).thenReturn(List.of(row(false)));
    assertThat(mvc.get().uri("/api/v1/check-schedules"))
        .hasStatusOk()
        .bodyJson()
        .extractingPath("$[0].next")
        .isEqualTo("2026-03-06T01:30:00Z");
    assertThat(mvc.get().uri("/api/v1/check-schedules/4/runs"))
        .bodyJson()
        .extractingPath("$[0].reason")
        .isEqualTo("The former check (7) was still running.");
    Endpoint a = CheckCase.endpoint(11, "cache-a", "10.0.0.1:6379");
    Endpoint b = CheckCase.endpoint(12, "cache-b", "10.0.0.2:6379");
    when(endpoints.all()).thenReturn(List.of(a, b));
    Machine machine = mock(Machine.class);
    when(machine.id()).thenReturn(3L);
    when(machines.leastLoaded()).thenReturn(Optional.of(machine));
    when(schedules.add(any(), any())).thenReturn(row(false));
    assertThat(
            sent(
                """
                {"rhythm": "DAILY", "time": "02:30",
                 "check": {"source": "cache-a", "target": "cache-b", "commandsPerSecond": 500}}
                """))
        .hasStatus(201)
        .bodyJson()
        .extractingPath("$.cron")
        .isEqualTo("0 30 2 ? * MON,FRI");
    ArgumentCaptor<CheckAsk> asked = ArgumentCaptor.forClass(CheckAsk.class);
    verify(schedules).add(asked.capture(), any());
    assertThat(asked.getValue().limits().commandsPerSecond()).isEqualTo(500);
    assertThat(asked.getValue().targetEndpointId()).isEqualTo(12);
    assertThat(sent("{\"rhythm\": \"DAILY\", \"time\": \"2:30\", \"check\": {}}"))
        .hasStatus(422)
        .bodyText()
        .contains("\"field\":\"time\"");
    assertThat(sent("{\"rhythm\": \"DAILY\", \"time\": \"02:30\"}")).hasStatus(422);
  }

  /** Whatever is answered of a schedule is taken back, and comes to what was asked for. */
  @Test
  void takesBackWhatItAnswers() throws Exception {
    Machine machine = twoEndpointsAndAMachine();
    when(machines.all()).thenReturn(List.of(machine));
    when(schedules.change(anyLong(), any(), any())).thenReturn(row(true));
    given(true);
    MvcTestResult got = mvc.get().uri("/api/v1/check-schedules/4").exchange();
    String answer = got.getResponse().getContentAsString();
    assertThat(got)
        .hasStatusOk()
        .bodyText()
        .contains("\"source\":\"cache-a\"", "\"target\":\"cache-b\"", "\"machine\":\"m-3\"")
        .doesNotContain("EndpointId", "machineId", "\"spec\"");
    assertThat(sentBack(answer)).hasStatusOk();
    ArgumentCaptor<CheckAsk> asked = ArgumentCaptor.forClass(CheckAsk.class);
    ArgumentCaptor<ScheduleForm> form = ArgumentCaptor.forClass(ScheduleForm.class);
    verify(schedules).change(eq(4L), asked.capture(), form.capture());
    assertThat(asked.getValue()).isEqualTo(ask());
    assertThat(form.getValue().days()).containsExactly("MONDAY", "FRIDAY");
    assertThat(form.getValue().name()).isEqualTo("<nightly>");
    for (String[] other :
        new String[][] {
          {"\"paused\":true", "\"paused\":false", "by /pause and /resume"},
          {"\"zone\":\"Europe/Berlin\"", "\"zone\":\"Asia/Nowhere\"", "leave out zone"},
          {"\"id\":4", "\"task\":5", "change check.task"}
        }) {
      String changed = answer.replace("\"task\":null,", "").replace(other[0], other[1]);
      assertThat(sentBack(changed)).hasStatus(422).bodyText().contains(other[2]);
    }
  }

  /** The form has all fields; the program has some of them only, and REST refuses the others. */
  @Test
  void takesBackWhatItAnswersOfACheckByTheProgram() throws Exception {
    Machine machine = twoEndpointsAndAMachine();
    when(machines.all()).thenReturn(List.of(machine));
    when(schedules.change(anyLong(), any(), any())).thenReturn(row(false));
    CheckSpec spec =
        CheckSpec.between(null, null)
            .mode(CheckMode.FULL)
            .pauseMillis(1500)
            .bothDirections(true)
            .program(FullCheckProgram.WANTED)
            .build();
    when(schedules.asked(any()))
        .thenReturn(new CheckAsk(null, 0, 11L, 12L, 3L, spec, LimitSpec.none()));
    String answer =
        mvc.get().uri("/api/v1/check-schedules/4").exchange().getResponse().getContentAsString();
    assertThat(sentBack(answer)).hasStatusOk();
    ArgumentCaptor<CheckAsk> asked = ArgumentCaptor.forClass(CheckAsk.class);
    verify(schedules).change(eq(4L), asked.capture(), any());
    assertThat(asked.getValue().spec().program()).isEqualTo(FullCheckProgram.WANTED);
    assertThat(asked.getValue().spec().pauseMillis()).isEqualTo(2000);
  }

  @Test
  void namesWhatIsWrongAsTheBodyHasIt() {
    twoEndpointsAndAMachine();
    when(schedules.add(any(), any()))
        .thenThrow(Refusal.invalid("machineId", "check.invalid.choose"));
    String ends = "\"source\": \"cache-a\", \"target\": \"cache-b\"";
    for (String[] wrong :
        new String[][] {
          {"{\"cron\": \"nightly\", \"check\": {" + ends + "}}", "cron"},
          {daily("\"source\": \"nobody\""), "check.source"},
          {daily(ends + ", \"pauseMillis\": -1"), "check.pauseMillis"},
          {daily(ends), "check.machine"}
        }) {
      assertThat(sent(wrong[0]))
          .hasStatus(422)
          .bodyJson()
          .extractingPath("$.errors[0].field")
          .isEqualTo(wrong[1]);
    }
  }

  private static String daily(String check) {
    return "{\"rhythm\": \"DAILY\", \"time\": \"02:30\", \"check\": {" + check + "}}";
  }

  private Machine twoEndpointsAndAMachine() {
    Endpoint a = CheckCase.endpoint(11, "cache-a", "10.0.0.1:6379");
    Endpoint b = CheckCase.endpoint(12, "cache-b", "10.0.0.2:6379");
    when(endpoints.all()).thenReturn(List.of(a, b));
    when(endpoints.find(11)).thenReturn(Optional.of(a));
    when(endpoints.find(12)).thenReturn(Optional.of(b));
    Machine machine = mock(Machine.class);
    when(machine.id()).thenReturn(3L);
    when(machine.name()).thenReturn("m-3");
    when(machines.find(3)).thenReturn(Optional.of(machine));
    when(machines.leastLoaded()).thenReturn(Optional.of(machine));
    return machine;
  }

  private MvcTestResult sentBack(String answer) {
    return mvc.put()
        .uri("/api/v1/check-schedules/4")
        .contentType(MediaType.APPLICATION_JSON)
        .content(answer)
        .exchange();
  }

  private MvcTestResult sent(String body) {
    return mvc.post()
        .uri("/api/v1/check-schedules")
        .contentType(MediaType.APPLICATION_JSON)
        .content(body)
        .exchange();
  }

  private MvcTestResult post(String what) {
    return mvc.post().uri("/checks/schedules/4/" + what).with(csrf()).exchange();
  }

  private MvcTestResult form(String path, String rhythm, String time, String day, String cron) {
    return mvc.post()
        .uri(path)
        .with(csrf())
        .param("sourceEndpointId", "11")
        .param("targetEndpointId", "12")
        .param("machineId", "3")
        .param("mode", "SMART")
        .param("rounds", "2")
        .param("pauseSeconds", "0.5")
        .param("parallel", "4")
        .param("samplePercent", "100")
        .param("bigElements", "1000")
        .param("ttlToleranceMillis", "2000")
        .param("schedule.rhythm", rhythm)
        .param("schedule.time", time)
        .param("schedule.days", day.isEmpty() ? new String[0] : new String[] {"MONDAY", day})
        .param("schedule.cron", cron)
        .param("schedule.keepResults", "30")
        .exchange();
  }

  private void given(boolean paused) {
    when(schedules.get(4)).thenReturn(row(paused));
    when(schedules.all(any())).thenReturn(List.of(row(paused)));
  }

  private static ScheduleRun run(
      ScheduleRun.Outcome outcome, Long check, String reason, String arguments) {
    return new ScheduleRun(1, 4, CheckCase.NOW, outcome, check, reason, arguments);
  }

  private static CheckAsk ask() {
    CheckSpec spec =
        ContractJson.read(CheckCase.asked("cache-a", "cache-b").specJson(), CheckSpec.class);
    return new CheckAsk(null, 0, 11L, 12L, 3L, spec, LimitSpec.none());
  }

  private static CheckSchedule row(boolean paused) {
    return new CheckSchedule(
        4L,
        "<nightly>",
        null,
        "cache-a → cache-b",
        "{}",
        Rhythm.WEEKLY,
        "02:30",
        "MONDAY,FRIDAY",
        "",
        "Europe/Berlin",
        30,
        paused,
        CheckCase.NOW,
        "ann",
        CheckCase.NOW);
  }
}
