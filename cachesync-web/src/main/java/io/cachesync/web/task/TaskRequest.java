package io.cachesync.web.task;

import io.cachesync.contract.ConflictPolicy;
import io.cachesync.contract.SyncMode;
import java.time.Instant;
import java.util.List;

/**
 * A task as {@code POST /api/v1/tasks} takes it. docs/rest-api.md has the fields; what is left out
 * has the wizard's default.
 *
 * @param machine name of a machine; left out, the least loaded ready one
 * @param startAt when to start by itself once started, or left out for at once
 * @param stayOnMachine whether it waits for its machine instead of being taken over by another
 */
record TaskRequest(
    String name,
    String machine,
    End source,
    End target,
    SyncMode mode,
    List<Integer> databases,
    ConflictPolicy onExists,
    Long bytesPerSecond,
    Long commandsPerSecond,
    Long lagBoundMillis,
    Integer restartLimit,
    Instant startAt,
    List<String> tags,
    String notes,
    Boolean stayOnMachine) {

  /**
   * One end: a registered endpoint by its name, or an address.
   *
   * @param password never in an answer
   */
  record End(
      String endpoint, String address, String user, String password, Boolean tls, String caPem) {
    @Override
    public String toString() {
      return "End[" + endpoint + ", " + address + "]";
    }
  }

  static TaskRequest of(Task task, TaskSpec spec, TaskEnds ends) {
    return new TaskRequest(
        task.name(),
        spec.machineName(),
        end(ends.source(spec)),
        end(ends.target(spec)),
        spec.syncMode(),
        spec.databases(),
        spec.onExists(),
        spec.bytesPerSecond(),
        spec.commandsPerSecond(),
        spec.lagBoundMillis(),
        spec.restartLimit(),
        spec.startAt(),
        task.tagList(),
        task.notes(),
        spec.stayOnMachine());
  }

  private static End end(TaskEnd end) {
    if (end.endpointId() != null) {
      return new End(end.label(), null, null, null, null, null);
    }
    return new End(
        null,
        end.address(),
        end.user().isEmpty() ? null : end.user(),
        null,
        end.tls() ? true : null,
        end.ca().isEmpty() ? null : end.ca());
  }
}
