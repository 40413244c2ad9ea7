package io.cachesync.web.machine;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.springframework.context.MessageSource;

/**
 * A machine as the REST API tells it.
 *
 * @param usable whether it takes new jobs
 * @param fault why it cannot be used, or null
 */
record MachineResource(
    long id,
    String name,
    String host,
    int port,
    String user,
    LoginKind loginKind,
    List<String> tags,
    int capacity,
    int jobs,
    String baseDir,
    String hostKey,
    MachineState state,
    boolean usable,
    String fault,
    Instant seenAt,
    String os,
    String javaVersion,
    String agentSha256,
    ReportRoute reportRoute,
    MachineSample load) {

  static MachineResource of(MachineView view, MessageSource messages, Locale locale) {
    Machine machine = view.machine();
    return new MachineResource(
        machine.id(),
        machine.name(),
        machine.host(),
        machine.port(),
        machine.loginUser(),
        machine.loginKind(),
        machine.tagList(),
        machine.capacity(),
        view.jobs(),
        machine.basePath() == null ? machine.baseDir() : machine.basePath(),
        machine.hostKey(),
        machine.state(),
        machine.usable(),
        machine.fault() == null
            ? null
            : messages.getMessage(machine.fault().key(), machine.fault().values(), locale),
        machine.seenAt(),
        machine.os(),
        machine.javaVersion(),
        machine.agentSha256(),
        machine.reportRoute(),
        view.load());
  }
}
