package io.cachesync.web.task;

import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.HealReason;
import io.cachesync.contract.Phase;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.springframework.context.MessageSource;
import org.springframework.stereotype.Component;

/** Makes what pages show of what the database holds. */
@Component
public class TaskViews {
  private final MessageSource messages;
  private final Clock clock;

  TaskViews(MessageSource messages, Clock clock) {
    this.messages = messages;
    this.clock = clock;
  }

  /** The row as a list shows it; a fault comes without the agent's own words. */
  public TaskView of(TaskRow row, Locale locale) {
    return of(row, row.faultCode() == null ? null : Fault.fatal(row.faultCode(), ""), locale);
  }

  public TaskView of(TaskRow row, Fault fault, Locale locale) {
    Figures figures = new Figures(locale);
    TaskState state = row.state();
    boolean moving = state.active();
    Instant now = clock.instant();
    // Where nobody reports, the last figures would pass for the present ones.
    boolean former = moving && row.phase() != null && row.phase().ended();
    // While one of its parts recovers the others go on, and tell.
    boolean goesOn = state != TaskState.RECOVERING || row.inParts();
    boolean fresh = moving && !former && goesOn && !row.silent(now);
    return new TaskView(
        row.id(),
        row.name(),
        state.name(),
        text(locale, "task.state." + state),
        tone(row, now),
        icon(row, now),
        note(row, now, locale),
        row.inSync(now),
        moving,
        !fresh && row.phase() != null,
        former || row.percent() == null ? -1 : row.percent(),
        former ? Figures.UNKNOWN : figures.percent(row.percent()),
        former ? Figures.UNKNOWN : phase(row, locale),
        fresh ? figures.bytesPerSecond(row.bytesPerSecond()) : Figures.UNKNOWN,
        fresh ? figures.perSecond(row.commandsPerSecond()) : Figures.UNKNOWN,
        fresh ? figures.lag(row.lagMillis()) : Figures.UNKNOWN,
        fresh ? figures.bytes(row.lagBytes()) : Figures.UNKNOWN,
        fresh && state == TaskState.FULL_SYNC
            ? figures.duration(row.leftMillis())
            : Figures.UNKNOWN,
        row.stateSince().toString(),
        deadLetters(row, locale),
        allowed(row.run()),
        fault == null ? null : fault(fault, locale));
  }

  private String deadLetters(TaskRow row, Locale locale) {
    return row.deadLetters() == null || row.deadLetters() == 0
        ? ""
        : messages.getMessage("task.deadLetters", new Object[] {row.deadLetters()}, locale);
  }

  private String phase(TaskRow row, Locale locale) {
    if (row.phase() == null) {
      return Figures.UNKNOWN;
    }
    String phase = phase(row.phase(), locale);
    return row.state() == TaskState.RECOVERING
        ? messages.getMessage("task.phase.last", new Object[] {phase}, locale)
        : phase;
  }

  public String phase(Phase phase, Locale locale) {
    return text(locale, "task.phase." + phase);
  }

  /** Why keys were fetched again from the source. */
  public String healReason(HealReason reason, Locale locale) {
    return text(locale, "task.healed." + reason);
  }

  /** Said in place of a snapshot's bytes by a start that needed no snapshot. */
  public String wentOn(Locale locale) {
    return text(locale, "task.link.wentOn");
  }

  /** Why something happened, as far as it can be said in the reader's language. */
  TaskEventView event(TaskEvent event, Locale locale) {
    if (TaskWhy.isOne(event.why())) {
      return new TaskEventView(event, said(event.why(), locale), "");
    }
    for (FaultCode code : FaultCode.values()) {
      if (event.why().startsWith(code + ": ")) {
        String original = event.why().substring(code.name().length() + 2);
        return new TaskEventView(event, text(locale, "fault." + code + ".title"), original);
      }
    }
    return new TaskEventView(event, "", event.why());
  }

  /** As {@link #event}, in one sentence, for programs: what is stored in words stays as it is. */
  TaskEvent said(TaskEvent event, Locale locale) {
    return TaskWhy.isOne(event.why()) ? event.because(said(event.why(), locale)) : event;
  }

  private String said(String why, Locale locale) {
    List<String> sentences = new ArrayList<>();
    for (String sentence : why.split(TaskWhy.NEXT, -1)) {
      String[] words = sentence.split(TaskWhy.SEPARATOR, -1);
      Object[] arguments =
          Arrays.stream(words).skip(1).map(word -> argument(word, locale)).toArray();
      // The end of a text that was too long may have been cut off.
      sentences.add(messages.getMessage(words[0], arguments, words[0], locale));
    }
    return String.join(" ", sentences);
  }

  private String argument(String word, Locale locale) {
    if (!word.startsWith(TaskWhy.NESTED)) {
      return word;
    }
    String[] words = word.substring(TaskWhy.NESTED.length()).split(TaskWhy.NESTED, -1);
    Object[] arguments = Arrays.copyOfRange(words, 1, words.length);
    return messages.getMessage(words[0], arguments, words[0], locale);
  }

  TaskPartView part(TaskPartMapper.PartRow part, Locale locale) {
    Fault fault =
        part.faultCode() == null ? null : Fault.fatal(part.faultCode(), part.faultMessage());
    return new TaskPartView(
        part.machineName(),
        part.slots(),
        Arrays.stream(part.links().split(","))
            .filter(link -> !link.isEmpty())
            .map(Integer::valueOf)
            .toList(),
        part.state(),
        fault == null ? null : fault(fault, locale));
  }

  private static List<String> allowed(TaskRun run) {
    List<String> allowed = new ArrayList<>();
    run.allowed().forEach(trigger -> allowed.add(trigger.name()));
    if (run.state().ended() && allowed.remove(TaskTrigger.FINISH.name())) {
      allowed.add("FINISH_AS_IS");
    }
    if (run.state().deletable()) {
      allowed.add("DELETE");
    }
    return allowed;
  }

  /** A fault in the reader's language. */
  public TaskView.FaultView fault(Fault fault, Locale locale) {
    FaultCode code = fault.code();
    boolean ours = TaskWhy.isOne(fault.message());
    String meaning = text(locale, "fault." + code + ".meaning");
    return new TaskView.FaultView(
        code.name(),
        text(locale, "fault." + code + ".title"),
        ours ? meaning + " " + said(fault.message(), locale) : meaning,
        text(locale, "fault." + code + ".advice"),
        ours || fault.message() == null ? "" : fault.message());
  }

  /** Whether it says what it cannot know, because its stage no longer tells. */
  private static boolean stale(TaskRow row, Instant now) {
    return switch (row.state()) {
      case FULL_SYNC, INCREMENTAL, PAUSED -> row.silent(now);
      default -> false;
    };
  }

  private String note(TaskRow row, Instant now, Locale locale) {
    if (row.overdue()) {
      return text(locale, "task.note.overdue");
    }
    if (stale(row, now)) {
      return text(locale, "task.note.silent");
    }
    if (row.state() == TaskState.RECOVERING && row.faultCode() == FaultCode.AGENT_DIED) {
      return text(locale, "task.note.agentLost");
    }
    if (row.state() == TaskState.INCREMENTAL) {
      return text(locale, row.inSync(now) ? "task.note.inSync" : "task.note.catchingUp");
    }
    return "";
  }

  private static String tone(TaskRow row, Instant now) {
    if (row.overdue() || stale(row, now)) {
      return "warn";
    }
    return switch (row.state()) {
      case INCREMENTAL -> row.inSync(now) ? "good" : "busy";
      case DONE -> "good";
      case READY -> "accent";
      case PRECHECKING, QUEUED, STARTING, FULL_SYNC, PAUSING, STOPPING, FINISHING -> "busy";
      case RECOVERING, PAUSED -> "warn";
      case FAILED -> "bad";
      case DRAFT, SCHEDULED, STOPPED -> "";
    };
  }

  private static String icon(TaskRow row, Instant now) {
    if (stale(row, now)) {
      return "warning";
    }
    return switch (row.state()) {
      case DRAFT -> "edit";
      case READY, DONE -> "ok";
      case SCHEDULED, QUEUED -> "clock";
      case PRECHECKING, STARTING, FULL_SYNC, PAUSING, STOPPING, FINISHING -> "spinner";
      case INCREMENTAL -> row.inSync(now) ? "ok" : "spinner";
      case PAUSED -> "pause";
      case STOPPED -> "stop";
      case RECOVERING -> "warning";
      case FAILED -> "error";
    };
  }

  private String text(Locale locale, String key) {
    return messages.getMessage(key, null, locale);
  }
}
