package io.cachesync.web.sync;

import io.cachesync.contract.ContinuousReport;
import io.cachesync.contract.Fault;
import io.cachesync.contract.LinkStatus;
import io.cachesync.web.security.Sessions;
import io.cachesync.web.security.SystemActor;
import io.cachesync.web.task.Task;
import io.cachesync.web.task.TaskLists;
import io.cachesync.web.task.TaskRow;
import io.cachesync.web.task.TaskService;
import io.cachesync.web.task.TaskState;
import io.cachesync.web.task.TaskViews;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * Feeds open pages by server-sent events. One poller reads the database for all pages that this
 * console serves, whichever console the agents report to; it rests while no page is open.
 */
@Component
class LiveFeed implements SmartLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(LiveFeed.class);
  private static final long POLL_MILLIS = 1000;

  /** A page connects again by itself; this way its session is seen to be in use. */
  private static final long OPEN_MILLIS = TimeUnit.MINUTES.toMillis(5);

  /** Every so many polls it is looked whether the readers are still signed in. */
  private static final int POLLS_TO_SESSIONS = 3;

  private static final int SENDERS = 16;
  private static final int LINES_AT_ONCE = 200;

  private final TaskService tasks;
  private final TaskLists lists;
  private final TaskViews views;
  private final SyncService syncs;
  private final Sessions sessions;
  private final Set<Reader> readers = ConcurrentHashMap.newKeySet();
  private ThreadPoolExecutor senders;
  private ScheduledExecutorService poller;
  private int polls;

  LiveFeed(
      TaskService tasks, TaskLists lists, TaskViews views, SyncService syncs, Sessions sessions) {
    this.tasks = tasks;
    this.lists = lists;
    this.views = views;
    this.syncs = syncs;
    this.sessions = sessions;
  }

  /**
   * Opens a feed of the states of some tasks.
   *
   * @param session whose end ends the feed
   */
  SseEmitter ofTasks(Set<Long> ids, String session, Locale locale) {
    return open(new Reader(new SseEmitter(OPEN_MILLIS), ids, null, session, locale));
  }

  /**
   * Opens a feed of one task, with its links, its chart's newest points and its log.
   *
   * @param afterLog id of the last log line that the page has
   * @param session whose end ends the feed
   */
  SseEmitter ofTask(long id, long afterLog, String session, Locale locale) {
    Reader reader = new Reader(new SseEmitter(OPEN_MILLIS), Set.of(id), id, session, locale);
    reader.lastLog = afterLog;
    return open(reader);
  }

  @Override
  public void start() {
    senders = new ThreadPoolExecutor(0, SENDERS, 30, TimeUnit.SECONDS, new SynchronousQueue<>());
    poller = Executors.newSingleThreadScheduledExecutor(work -> new Thread(work, "live-feed"));
    poller.scheduleWithFixedDelay(
        () -> SystemActor.run(this::poll), POLL_MILLIS, POLL_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Before the web server waits for open requests: these would never end by themselves. */
  @Override
  public void stop() {
    poller.shutdownNow();
    readers.forEach(reader -> reader.emitter.complete());
    senders.shutdownNow();
    poller = null;
  }

  @Override
  public boolean isRunning() {
    return poller != null;
  }

  @Override
  public int getPhase() {
    return Integer.MAX_VALUE;
  }

  private SseEmitter open(Reader reader) {
    readers.add(reader);
    reader.emitter.onCompletion(() -> readers.remove(reader));
    reader.emitter.onTimeout(reader.emitter::complete);
    reader.emitter.onError(error -> readers.remove(reader));
    return reader.emitter;
  }

  private void poll() {
    try {
      if (readers.isEmpty()) {
        return;
      }
      polls++;
      if (polls % POLLS_TO_SESSIONS == 0) {
        endSignedOut();
      }
      Set<Long> ids = new TreeSet<>();
      readers.forEach(reader -> ids.addAll(reader.ids));
      Map<Long, TaskRow> rows =
          lists.rows(ids).stream().collect(Collectors.toMap(TaskRow::id, Function.identity()));
      Map<Long, Detail> details = details();
      for (Reader reader : readers) {
        if (reader.busy.compareAndSet(false, true)) {
          hand(reader, rows, details);
        }
      }
    } catch (RuntimeException e) {
      LOG.warn("live pages were not fed: {}", e.toString());
    }
  }

  /** Who is signed out, by whomever, reads nothing more. */
  private void endSignedOut() {
    Set<String> alive =
        sessions.alive(readers.stream().map(reader -> reader.session).collect(Collectors.toSet()));
    for (Reader reader : readers) {
      if (!alive.contains(reader.session)) {
        readers.remove(reader);
        reader.emitter.complete();
      }
    }
  }

  private void hand(Reader reader, Map<Long, TaskRow> rows, Map<Long, Detail> details) {
    try {
      senders.execute(() -> send(reader, rows, details));
    } catch (RejectedExecutionException e) {
      // All senders are at work: this page's turn comes with the next poll.
      reader.busy.set(false);
    }
  }

  private Map<Long, Detail> details() {
    Set<Long> ids = new TreeSet<>();
    for (Reader reader : readers) {
      if (reader.detail != null) {
        ids.add(reader.detail);
      }
    }
    Map<Long, SurvivalClock> clocks = syncs.survivalClocks(ids);
    Map<Long, Detail> details = new HashMap<>();
    ids.forEach(id -> details.put(id, detail(id, clocks.get(id))));
    return details;
  }

  private Detail detail(long id, SurvivalClock clock) {
    long youngest =
        readers.stream()
            .filter(reader -> reader.detail != null && reader.detail == id)
            .mapToLong(reader -> reader.lastLog)
            .min()
            .orElse(Long.MAX_VALUE);
    Optional<Task> task = tasks.find(id);
    boolean done = task.filter(each -> each.state() == TaskState.DONE).isPresent();
    return new Detail(
        syncs.links(id),
        syncs.silentLinks(id),
        syncs.samples(id, SampleResolution.SECOND, newestBuckets()),
        syncs.logAfter(id, youngest, LINES_AT_ONCE),
        task.map(Task::fault).orElse(null),
        syncs.continuous(id).orElse(null),
        clock == null ? "" : clock.shown(),
        tasks.parts(id).stream()
            .map(part -> done ? "DONE" : part.state() + " " + part.version())
            .toList());
  }

  private long newestBuckets() {
    return System.currentTimeMillis() / 1000 - 10;
  }

  private void send(Reader reader, Map<Long, TaskRow> rows, Map<Long, Detail> details) {
    try {
      SseEmitter.SseEventBuilder event = SseEmitter.event();
      List<Object> shown = new ArrayList<>();
      Detail detail = reader.detail == null ? null : details.get(reader.detail);
      for (long id : reader.ids) {
        TaskRow row = rows.get(id);
        if (row != null) {
          shown.add(
              detail == null
                  ? views.of(row, reader.locale)
                  : views.of(row, detail.fault(), reader.locale));
        }
      }
      event.name("tasks").data(shown, MediaType.APPLICATION_JSON);
      reader.emitter.send(event);
      if (detail != null) {
        sendDetail(reader, detail);
      }
    } catch (IOException | IllegalStateException e) {
      // The page was closed.
      readers.remove(reader);
    } catch (RuntimeException e) {
      LOG.warn("a live page was not fed: {}", e.toString());
    } finally {
      reader.busy.set(false);
    }
  }

  private void sendDetail(Reader reader, Detail detail) throws IOException {
    reader.emitter.send(
        SseEmitter.event()
            .name("links")
            .data(
                LinkView.of(detail.links(), detail.silent(), views, reader.locale),
                MediaType.APPLICATION_JSON));
    if (!detail.parts().equals(reader.lastParts)) {
      reader.emitter.send(
          SseEmitter.event().name("parts").data(detail.parts(), MediaType.APPLICATION_JSON));
      reader.lastParts = detail.parts();
    }
    if (!detail.clock().equals(reader.lastClock)) {
      reader.emitter.send(
          SseEmitter.event()
              .name("clock")
              .data(Map.of("shown", detail.clock()), MediaType.APPLICATION_JSON));
      reader.lastClock = detail.clock();
    }
    if (detail.continuous() != null) {
      reader.emitter.send(
          SseEmitter.event()
              .name("continuous")
              .data(
                  ContinuousView.of(detail.continuous(), reader.locale),
                  MediaType.APPLICATION_JSON));
    }
    List<SampleView> samples =
        detail.samples().stream().filter(sample -> sample.bucket() > reader.lastBucket).toList();
    if (!samples.isEmpty()) {
      reader.emitter.send(
          SseEmitter.event().name("samples").data(samples, MediaType.APPLICATION_JSON));
      reader.lastBucket = samples.get(samples.size() - 1).bucket();
    }
    List<LogView> lines =
        detail.lines().stream().filter(line -> line.id() > reader.lastLog).toList();
    if (!lines.isEmpty()) {
      reader.emitter.send(SseEmitter.event().name("log").data(lines, MediaType.APPLICATION_JSON));
      reader.lastLog = lines.get(lines.size() - 1).id();
    }
  }

  /** What the pages of one task show besides its row. */
  private record Detail(
      List<LinkStatus> links,
      Set<Integer> silent,
      List<SampleView> samples,
      List<LogView> lines,
      Fault fault,
      ContinuousReport continuous,
      String clock,
      List<String> parts) {}

  /** One open page. */
  private static final class Reader {
    final SseEmitter emitter;
    final Set<Long> ids;
    final Long detail;
    final String session;
    final Locale locale;
    final AtomicBoolean busy = new AtomicBoolean();
    volatile long lastBucket;
    volatile long lastLog;
    volatile List<String> lastParts = List.of();
    volatile String lastClock;

    Reader(SseEmitter emitter, Set<Long> ids, Long detail, String session, Locale locale) {
      this.emitter = emitter;
      this.ids = ids;
      this.detail = detail;
      this.session = session;
      this.locale = locale;
    }
  }
}
