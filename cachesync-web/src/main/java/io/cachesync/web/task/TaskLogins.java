package io.cachesync.web.task;

import io.cachesync.contract.RedisEndpoint;
import io.cachesync.web.audit.AuditService;
import io.cachesync.web.security.RequiresOperator;
import io.cachesync.web.security.SecretBox;
import io.cachesync.web.system.Refusal;
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
    this.audit = audit;
  }

  /** The next start takes them. */
  @RequiresOperator
  @Transactional
  Task change(long id, LoginForm form) {
    Task task = service.get(id);
    TaskSpec spec = service.spec(id);
    boolean source = form.end().equals("source");
    check(form, task, spec);
    RedisEndpoint before =
        json.readValue(source ? spec.sourceJson() : spec.targetJson(), RedisEndpoint.class);
    String now =
        json.writeValueAsString(
            new RedisEndpoint(
                before.topology(),
                before.addresses(),
                form.user(),
                before.tls(),
                before.addressMap(),
                before.masterName()));
    String sealed = form.password().isEmpty() ? null : box.seal(form.password());
    // Counts as a change of the task: nobody starts it with half of the login.
    if (tasks.describe(
            id, task.version(), task.name(), task.tags(), task.notes(), task.wizardStep())
        == 0) {
      throw new OptimisticLockingFailureException("task " + id + " has moved on");
    }
    if (source) {
      specs.sourceLogin(id, now, sealed);
    } else {
      specs.targetLogin(id, now, sealed);
    }
    audit.record(
        "task.login",
        task.name() + " (" + id + ")",
        form.end() + ": " + form.user() + "@" + String.join(",", before.addresses()));
    return service.get(id);
  }

  /** Whether an end of the task can be given another login now. */
  static boolean mayChange(TaskState state, TaskSpec spec) {
    boolean typed = spec.sourceEndpointId() == null || spec.targetEndpointId() == null;
    return typed && hasEnded(state);
  }

  private static boolean hasEnded(TaskState state) {
    return state == TaskState.STOPPED || state == TaskState.FAILED;
  }

  private static void check(LoginForm form, Task task, TaskSpec spec) {
    if (!form.end().equals("source") && !form.end().equals("target")) {
      throw Refusal.invalid("end", "task.login.end");
    }
    if (form.user().length() > LoginForm.USER_MAX) {
      throw Refusal.invalid("user", "common.field.tooLong", LoginForm.USER_MAX);
    }
    if (form.password().length() > LoginForm.PASSWORD_MAX) {
      throw Refusal.invalid("password", "common.field.tooLong", LoginForm.PASSWORD_MAX);
    }
    boolean source = form.end().equals("source");
    if ((source ? spec.sourceEndpointId() : spec.targetEndpointId()) != null) {
      throw Refusal.conflict(
          "task.refused.loginRegistered", source ? spec.sourceLabel() : spec.targetLabel());
    }
    if (!hasEnded(task.state())) {
      throw Refusal.conflict("task.refused.login", task.state());
    }
  }
}
