package io.cachesync.web.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.csrf;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.user;

import io.cachesync.web.system.PageRequest;
import io.cachesync.web.task.TaskFilter;
import io.cachesync.web.task.TaskLists;
import io.cachesync.web.testkit.ConsoleTest;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.http.HttpMethod;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** Every route that changes something names its role, and every lower role is refused. */
@ConsoleTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RouteRolesTest {
  /** Pages that show more than the form on them: a viewer reads them. */
  private static final Set<String> READ_BY_VIEWERS =
      Set.of("/tasks/{id}/precheck", "/account/password");

  @Autowired private MockMvcTester mvc;

  @Autowired
  @Qualifier("requestMappingHandlerMapping")
  private RequestMappingHandlerMapping mappings;

  @Autowired private TaskLists lists;

  @ParameterizedTest
  @MethodSource("changingRoutes")
  void aRouteThatChangesSomethingIsOpenToItsRoleOnly(Route route) {
    ForRole needed = route.handler().getMethodAnnotation(ForRole.class);
    assertThat(needed != null || route.handler().hasMethodAnnotation(ForAnybody.class))
        .as("%s names the role it needs", route)
        .isTrue();
    for (Role role : Role.values()) {
      boolean open = needed == null || role.compareTo(needed.value()) >= 0;
      int status = status(route, role);
      assertThat(status == 403).as("%s as %s: %d", route, role, status).isEqualTo(!open);
    }
  }

  @ParameterizedTest
  @MethodSource("programmedRoutes")
  void refusesAParameterThatTheRouteDoesNotHave(Route route) {
    assertThat(
            mvc.method(HttpMethod.valueOf(route.method()))
                .uri(uri(route) + "?nonsense=1")
                .with(user("somebody").roles("ADMIN"))
                .with(csrf()))
        .hasStatus(400)
        .bodyText()
        .contains("\"field\":\"nonsense\"", "There is no parameter “nonsense” here");
  }

  @ParameterizedTest
  @MethodSource("formsOfRoutes")
  void aFormOpensToThoseWhoMaySendItOnly(Route form) {
    ForRole needed = form.handler().getMethodAnnotation(ForRole.class);
    assertThat(needed).as("%s names the role it needs", form).isNotNull();
    for (Role role : Role.values()) {
      boolean open = role.compareTo(needed.value()) >= 0;
      assertThat(status(form, role) == 403).as("%s as %s", form, role).isEqualTo(!open);
    }
  }

  @Test
  void aViewerMakesNoDraft() {
    long before = drafts();
    assertThat(
            mvc.post()
                .uri("/tasks/new")
                .with(user("v").roles("VIEWER"))
                .with(csrf())
                .param("machineId", "1")
                .param("source.address", "10.0.0.1:6379")
                .param("target.address", "10.0.0.2:6379"))
        .hasStatus(403);
    assertThat(drafts()).isEqualTo(before);
  }

  private long drafts() {
    return SystemActor.call(
        () -> lists.search(TaskFilter.everything(), PageRequest.first()).total());
  }

  private int status(Route route, Role role) {
    return mvc.method(HttpMethod.valueOf(route.method()))
        .uri(uri(route))
        .with(user("somebody").roles(role.name()))
        .with(csrf())
        .exchange()
        .getResponse()
        .getStatus();
  }

  /** Of things that are not there. */
  private static String uri(Route route) {
    return route.path().replaceAll("\\{action:(\\w+)[^}]*}", "$1").replaceAll("\\{\\w+}", "9999");
  }

  Stream<Route> changingRoutes() {
    return routes().filter(route -> !route.method().equals("GET"));
  }

  Stream<Route> programmedRoutes() {
    return routes().filter(route -> route.path().startsWith("/api/v1/"));
  }

  /** GET routes at whose path something can be sent. */
  Stream<Route> formsOfRoutes() {
    List<String> sent = changingRoutes().map(Route::path).toList();
    return routes()
        .filter(route -> route.method().equals("GET") && sent.contains(route.path()))
        .filter(route -> !route.path().startsWith("/api/"))
        .filter(route -> !READ_BY_VIEWERS.contains(route.path()));
  }

  private Stream<Route> routes() {
    return mappings.getHandlerMethods().entrySet().stream()
        .filter(each -> each.getValue().getBeanType().getName().startsWith("io.cachesync."))
        .flatMap(
            each ->
                each.getKey().getPathPatternsCondition().getPatternValues().stream()
                    .filter(path -> !path.startsWith("/agent/") && !path.equals("/error"))
                    .flatMap(
                        path ->
                            each.getKey().getMethodsCondition().getMethods().stream()
                                .map(RequestMethod::name)
                                .map(method -> new Route(method, path, each.getValue()))));
  }

  /** One method at one path. */
  record Route(String method, String path, HandlerMethod handler) {
    @Override
    public String toString() {
      return method + " " + path;
    }
  }
}
