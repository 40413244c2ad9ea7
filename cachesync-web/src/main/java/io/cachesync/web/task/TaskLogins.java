package io.cachesync.web.task;

import io.cachesync.contract.RedisEndpoint;
import io.cachesync.web.audit.AuditService;
import io.cachesync.web.endpoint.SentinelLogin;
import io.cachesync.web.security.RequiresOperator;
import io.cachesync.web.security.SecretBox;
import io.cachesync.web.system.Refusal;
import java.util.ArrayList;
import java.util.List;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.json.JsonMapper;

/**
 * Changes user and password of an end that was typed into a task, so that a task whose password was
 * changed at the server goes on from its checkpoint. Where the end is stays as it is.
 */
@Service
class TaskLogins {
  private final TaskService service;
  private final TaskMapper tasks;
  private final TaskSpecMapper specs;
  private final SecretBox box;
  private final JsonMapper json;
  private final MoreSources moreSources;
  private final AuditService audit;

  TaskLogins(
      TaskService service,
      TaskMapper tasks,
      TaskSpecMapper specs,
      SecretBox box,
      JsonMapper json,
      AuditService audit) {
    this.service = service;
    this.tasks = tasks;
    this.specs = specs;
    this.box = box;
    this.json = json;
    this.moreSources = new MoreSources(json);
    this.audit = audit;
  }

  /** The next start takes them. */
  @RequiresOperator
  @Transactional
  Task change(long id, LoginForm form) {
    Task task = service.get(id);
    TaskSpec spec = service.spec(id);
    StoredEnd stored = end(form, spec);
    check(form, task, stored);
    RedisEndpoint before = json.readValue(stored.json(), RedisEndpoint.class);
    SentinelLogin.check(before.topology(), form.sentinelUser(), form.sentinelPassword());
    SentinelLogin.checkComplete(form.sentinelUser(), !form.sentinelPassword().isEmpty());
    RedisEndpoint now =
        new RedisEndpoint(
            before.topology(),
            before.addresses(),
            form.user(),
            before.tls(),
            before.addressMap(),
            before.masterName(),
            form.sentinelUser());
    StoredEnd changed =
        stored.withLogin(
            json.writeValueAsString(now), sealed(form.password()), sealed(form.sentinelPassword()));
    // Counts as a change of the task: nobody starts it with half of the login.
    if (tasks.describe(
            id, task.version(), task.name(), task.tags(), task.notes(), task.wizardStep())
        == 0) {
      throw new OptimisticLockingFailureException("task " + id + " has moved on");
    }
    write(form, spec, changed);
    audit.record(
        "task.login",
        task.name() + " (" + id + ")",
        form.end() + ": " + form.user() + "@" + String.join(",", before.addresses()));
    return service.get(id);
  }

  private StoredEnd end(LoginForm form, TaskSpec spec) {
    if (form.end().equals(EndsForm.TARGET)) {
      return spec.target();
    }
    List<StoredEnd> sources = new ArrayList<>();
    sources.add(spec.source());
    sources.addAll(moreSources.of(spec));
    int number = form.sourceNumber().orElse(sources.size());
    if (number >= sources.size()) {
      throw Refusal.invalid("end", "task.login.end");
    }
    return sources.get(number);
  }

  private void write(LoginForm form, TaskSpec spec, StoredEnd changed) {
    int number = form.sourceNumber().orElse(-1);
    if (number < 0) {
      specs.targetLogin(spec.taskId(), changed);
    } else if (number == 0) {
      specs.sourceLogin(spec.taskId(), changed);
    } else {
      List<StoredEnd> more = new ArrayList<>(moreSources.of(spec));
      more.set(number - 1, changed);
      specs.moreSourceLogins(moreSources.put(spec, more));
    }
  }

  /** Whether an end of the task can be given another login now. */
  static boolean mayChange(TaskState state, TaskSpec spec) {
    return spec.hasTypedEnd() && hasEnded(state);
  }

  private static boolean hasEnded(TaskState state) {
    return state == TaskState.STOPPED || state == TaskState.FAILED;
  }

  private static void check(LoginForm form, Task task, StoredEnd end) {
    checkLength("user", form.user(), LoginForm.USER_MAX);
    checkUser("user", form.user());
    checkLength("password", form.password(), LoginForm.PASSWORD_MAX);
    checkLength(SentinelLogin.USER, form.sentinelUser(), LoginForm.USER_MAX);
    checkUser(SentinelLogin.USER, form.sentinelUser());
    checkLength(SentinelLogin.PASSWORD, form.sentinelPassword(), LoginForm.PASSWORD_MAX);
    if (end.endpointId() != null) {
      throw Refusal.conflict("task.refused.loginRegistered", end.label());
    }
    if (!hasEnded(task.state())) {
      throw Refusal.conflict("task.refused.login", task.state());
    }
  }

  private static void checkUser(String field, String user) {
    if (user.chars().anyMatch(Character::isISOControl)) {
      throw Refusal.invalid(field, EndForm.CONTROL);
    }
  }

  private static void checkLength(String field, String text, int most) {
    if (text.length() > most) {
      throw Refusal.invalid(field, "common.field.tooLong", most);
    }
  }

  private String sealed(String password) {
    return password.isEmpty() ? null : box.seal(password);
  }
}
