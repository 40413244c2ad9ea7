package io.cachesync.web.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.ArgumentMatchers.argThat;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.clearInvocations;
import static org.mockito.Mockito.description;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.csrf;

import io.cachesync.contract.UnsupportedPolicy;
import io.cachesync.web.machine.Machine;
import io.cachesync.web.system.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.springframework.security.test.context.support.WithMockUser;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

/** Tasks that programs ask for: the wizard's steps at once. */
@WithMockUser(roles = "OPERATOR")
class TaskRequestsTest extends TaskPageCase {
  private static final String ENDS =
      "\"source\": {\"topology\": \"CLUSTER\", \"address\": \"c:1\"}, \"target\": {\"address\": \"t\"}";

  @Test
  void takesOfProgramsSourcesThatAreTypedIn() {
    Machine machine = mock(Machine.class);
    when(machine.id()).thenReturn(1L);
    when(machines.leastLoaded()).thenReturn(Optional.of(machine));
    when(drafts.create(any(), any())).thenAnswer(call -> tasks.get(7));
    when(drafts.how(anyLong(), any())).thenAnswer(call -> tasks.get(7));
    String target = "\"target\": {\"address\": \"t\"}";
    String sources =
        """
        {"sources": [{"address": "a"}, {"address": "b", "user": "u", "password": "geheim"},
          {"topology": "CLUSTER", "addresses": ["c:1", "c:2"], "tls": true}], %s}
        """
            .formatted(target);
    assertThat(create(sources)).hasStatus(201);
    verify(drafts)
        .create(
            argThat(
                form ->
                    form.moreSources().get(0).password().equals("geheim")
                        && form.moreSources().get(1).topology().equals("CLUSTER")),
            any());
    String wrong =
        "{\"sources\": [{\"address\": \"a\"}, {\"address\": \"b\", \"password\": \"%s\"},"
            + " {\"address\": \"no where\", \"caPem\": \"x\"}, null], "
            + target
            + "}";
    assertThat(create(wrong.formatted("x".repeat(513))))
        .hasStatus(422)
        .bodyText()
        .contains(
            "\"field\":\"sources[1].password\"",
            "\"field\":\"sources[2].address\"",
            "\"field\":\"sources[2].caPem\"",
            "\"field\":\"sources[3].address\"")
        .doesNotContain("xxx");
    when(drafts.create(any(), any()))
        .thenThrow(
            Refusal.invalid(
                "moreSources[1].sentinelPassword", "endpoint.invalid.sentinelUserAlone"));
    assertThat(create(sources))
        .hasStatus(422)
        .bodyText()
        .contains("\"field\":\"sources[2].sentinelPassword\"");
    refused("\"sources\": [" + "null,".repeat(51) + "null]", "\"field\":\"sources\"", "at most 50");
    refused(
        "\"moreSources\": [" + "\"x\",".repeat(50) + "\"x\"]",
        "\"field\":\"moreSources\"",
        "at most 50");
    refused("\"sources\": []", "\"field\":\"sources[0].address\"");
    refused("\"sources\": [{\"endpoint\": \"x\"}]", "\"field\":\"sources[0].endpoint\"");
    refused("\"sources\": [{}], \"source\": {\"address\": \"a\"}", "\"field\":\"sources\"");
    refused("\"sources\": [{}], \"moreSources\": [\"x\"]", "\"field\":\"sources\"");
    refused("\"moreSources\": [\"x\"]", "\"field\":\"moreSources[0]\"");
    refused("\"moreSources\": [\" \"]", "\"field\":\"moreSources[0]\"");
    refused("\"source\": {\"caPem\": \"x\"}", "\"field\":\"source.caPem\"");
    refused("\"target\": {\"caPem\": \"x\"}", "\"field\":\"target.caPem\"");
  }

  private void refused(String task, String... words) {
    assertThat(create("{" + task + "}")).as(task).hasStatus(422).bodyText().contains(words);
  }

  @Test
  void spreadsOverMachinesOfTheirNames() {
    machines("m1", "m2", "m3");
    created("\"machines\": [\"m3\", \" m1 \"]", "3", List.of("3", "1"));
    created("\"machine\": \"m2\", \"machines\": [\"m1\", \"m2\"]", "2", List.of("2", "1"));
    created("\"machines\": [\"m2\"]", "2", List.of("2"));
    created("\"machine\": \"m3\", \"machines\": []", "3", List.of("3"));
  }

  @Test
  void saysWhichOfTheMachinesIsWrong() {
    machines("m1", "m2", "m3");
    refused(ENDS + ", \"machines\": [\"m1\", \"m9\"]", "\"field\":\"machines\"", "m9");
    refused(ENDS + ", \"machines\": [\"m1\", null]", "\"field\":\"machines\"", "of the name");
    refused(
        ENDS + ", \"machines\": [\"m1\", \"m1 \"]", "\"field\":\"machines\"", "m1 is named twice");
    refused(ENDS + ", \"machine\": \"m8\"", "\"field\":\"machine\"", "m8");
    refused(
        ENDS + ", \"machine\": \"m1\", \"machines\": [\"m2\", \"m3\"]",
        "\"field\":\"machine\"",
        "m1 is not among the machines");
    assertThat(
            mvc.put()
                .uri("/api/v1/tasks/7/machines")
                .with(csrf())
                .locale(Locale.SIMPLIFIED_CHINESE)
                .contentType("application/json")
                .content("{\"machines\": [\"m1\", \"m9\"]}"))
        .hasStatus(422)
        .bodyText()
        .contains("\"field\":\"machines\"", "m9", "没有名为");
    verify(drafts, never()).create(any(), any());
    verify(drafts, never()).spreadAgain(anyLong(), any());
  }

  @Test
  void atMostFiftyMachinesShareTheShards() {
    String[] names = new String[51];
    for (int i = 0; i < names.length; i++) {
      names[i] = "m" + i;
    }
    machines(names);
    refused(
        ENDS + ", \"machines\": [\"" + String.join("\", \"", names) + "\"]",
        "\"field\":\"machines\"",
        "At most 50 machines");
  }

  /** What is answered may be sent. */
  @Test
  void answersTheMachinesAsTheyAreAskedFor() {
    machines("m1", "m2", "m3");
    when(tasks.spreadMachines(7)).thenReturn(List.of("m3", "m2"));
    when(tasks.chosenMachines(7)).thenReturn(List.of("m2", "m3"));
    when(tasks.partViews(eq(7L), any(), any()))
        .thenReturn(
            List.of(
                new TaskPartView(
                    "m2", "10923-16383,0-99", List.of(), TaskState.INCREMENTAL, null)));
    assertThat(mvc.get().uri("/api/v1/tasks/7"))
        .bodyJson()
        .extractingPath("$.machine")
        .as("its own has gone elsewhere")
        .isEqualTo("m3");
    assertThat(mvc.get().uri("/api/v1/tasks/7"))
        .bodyText()
        .contains("\"machines\":[\"m3\",\"m2\"]")
        .contains("\"machines\":[\"m2\",\"m3\"]", "\"slots\":\"0-99,10923-16383\"");
    created("\"machine\": \"m3\", \"machines\": [\"m3\", \"m2\"]", "3", List.of("3", "2"));
  }

  private void created(String machines, String own, List<String> all) {
    when(drafts.create(any(), any())).thenAnswer(call -> tasks.get(7));
    when(drafts.how(anyLong(), any())).thenAnswer(call -> tasks.get(7));
    assertThat(create("{" + ENDS + ", " + machines + "}")).as(machines).hasStatus(201);
    verify(drafts, description(machines))
        .create(
            argThat(form -> form.machineId().equals(own) && form.allMachines().equals(all)), any());
    clearInvocations(drafts);
  }

  private void machines(String... names) {
    List<Machine> all = new ArrayList<>();
    for (String name : names) {
      Machine machine = mock(Machine.class);
      when(machine.id()).thenReturn(Long.valueOf(name.substring(1)));
      when(machine.name()).thenReturn(name);
      all.add(machine);
    }
    when(machines.all()).thenReturn(all);
  }

  @Test
  void takesOfProgramsWhatTheWizardTakes() {
    String task =
        """
        {"source": {"topology": "%s", "address": "s:1", "masterName": "orders",
          "sentinelUser": "watch", "sentinelPassword": "wache"},
         "target": {"address": "10.0.0.2"}, "onUnsupported": "SKIP"}
        """;
    Machine machine = mock(Machine.class);
    when(machine.id()).thenReturn(1L);
    when(machines.leastLoaded()).thenReturn(Optional.of(machine));
    when(drafts.create(any(), any())).thenAnswer(call -> tasks.get(7));
    when(drafts.how(anyLong(), any())).thenAnswer(call -> tasks.get(7));
    assertThat(create(task.formatted("SENTINEL"))).hasStatus(201);
    verify(drafts)
        .create(
            argThat(
                form ->
                    form.source().sentinelUser().equals("watch")
                        && form.source().sentinelPassword().equals("wache")),
            any());
    verify(drafts)
        .what(eq(7L), argThat(form -> form.unsupportedPolicy() == UnsupportedPolicy.SKIP));
    assertThat(create(task.formatted("CLUSTER").replace("\"masterName\": \"orders\",", "")))
        .hasStatus(422)
        .bodyText()
        .contains("\"field\":\"source.sentinelUser\"", "Only sentinels have a login");
  }

  @Test
  @WithMockUser(roles = "VIEWER")
  void viewersAskForNothing() {
    assertThat(create("{\"sources\": [{\"address\": \"a\"}]}")).hasStatus(403);
    verify(drafts, never()).create(any(), any());
  }

  private MvcTestResult create(String task) {
    return mvc.post()
        .uri("/api/v1/tasks")
        .with(csrf())
        .contentType("application/json")
        .content(task)
        .exchange();
  }
}
