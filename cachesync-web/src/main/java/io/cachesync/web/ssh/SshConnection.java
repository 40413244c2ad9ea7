package io.cachesync.web.ssh;

import com.jcraft.jsch.ChannelSftp;
import com.jcraft.jsch.JSchException;
import io.cachesync.web.ssh.Channels.ChannelRefused;
import io.cachesync.web.ssh.SharedSession.ChannelOpener;
import io.cachesync.web.ssh.SharedSession.NeverGiven;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * A login on a machine: runs scripts and moves files, each within its time limit. Safe for use by
 * many threads; takes a new session by itself when the old one was lost while nothing was under
 * way, and a further one where the server opens no more channels on those that there are.
 */
public final class SshConnection {
  /** Longest output of a command that is kept, in characters; what follows is dropped. */
  public static final int OUTPUT_LIMIT = 1 << 20;

  private static final int CHANNEL_MILLIS = 10_000;
  private static final byte[] NOTHING = new byte[0];
  private static final RemoteScript NOTHING_TO_DO = RemoteScript.of("nothing", "exit 0");

  private final SshPool pool;
  private final SshTarget target;

  SshConnection(SshPool pool, SshTarget target) {
    this.pool = pool;
    this.target = target;
  }

  public SshTarget target() {
    return target;
  }

  /**
   * Runs a script to its end.
   *
   * @throws SshFault also when its exit code is not 0
   */
  public ExecResult run(RemoteScript script, List<String> parameters, Duration limit) {
    ExecResult result = exec(script, parameters, limit);
    if (result.exitStatus() != 0) {
      throw commandFailed(script, result);
    }
    return result;
  }

  /** Runs a script to its end, whatever its exit code. */
  public ExecResult exec(RemoteScript script, List<String> parameters, Duration limit) {
    StringBuilder output = new StringBuilder();
    ExecResult result =
        stream(
            script,
            parameters,
            NOTHING,
            limit,
            line -> {
              if (output.length() + line.length() < OUTPUT_LIMIT) {
                output.append(line).append('\n');
              }
            });
    return new ExecResult(result.exitStatus(), output.toString(), result.stderr());
  }

  /**
   * Runs a script to its end and hands on each line of its standard output as it comes.
   *
   * @param input follows the parameters on the script's standard input
   * @return how it ended; its standard output is empty here
   */
  public ExecResult stream(
      RemoteScript script,
      List<String> parameters,
      byte[] input,
      Duration limit,
      Consumer<String> lines) {
    byte[] stdin = RemoteScript.input(parameters, input);
    RemoteCommand command =
        withSession(session -> new RemoteCommand(session, script.command(), stdin));
    try (TimeLimit guard = pool.limit(limit, command::abort)) {
      int exitStatus = command.await(lines);
      if (guard.passed()) {
        throw SessionOpener.fault(
            SshFault.Code.TIMEOUT, target, script.name() + " took too long", null);
      }
      return new ExecResult(exitStatus, "", command.stderr());
    } catch (IOException e) {
      throw SessionOpener.fault(SshFault.Code.DROPPED, target, "the connection broke", e);
    }
  }

  /** Files on the machine; everything done with them together stays within the limit. */
  public SftpFiles files(Duration limit) {
    long[] began = new long[1];
    ChannelSftp channel;
    try {
      channel =
          withSession(
              session -> {
                began[0] = System.nanoTime();
                ChannelSftp sftp = Channels.open(session, "sftp", ChannelSftp.class);
                Channels.connect(sftp, CHANNEL_MILLIS);
                return sftp;
              });
    } catch (SshFault fault) {
      boolean atOnce = System.nanoTime() - began[0] < CHANNEL_MILLIS * 1_000_000L;
      throw fault.code() == SshFault.Code.TIMEOUT && atOnce && takesCommands()
          ? SessionOpener.fault(SshFault.Code.NO_SFTP, target, "the server opens no SFTP", fault)
          : fault;
    }
    return new SftpFiles(target, channel, pool.limit(limit, channel::disconnect));
  }

  /** The library does not tell a refused subsystem from any other trouble with a channel. */
  private boolean takesCommands() {
    try {
      return exec(NOTHING_TO_DO, List.of(), Duration.ofMillis(CHANNEL_MILLIS)).exitStatus() == 0;
    } catch (SshFault fault) {
      return false;
    }
  }

  /** The fault that says how a script ended. */
  public SshFault commandFailed(RemoteScript script, ExecResult result) {
    String last = result.stderr().isBlank() ? result.stdout() : result.stderr();
    String said = last.strip().lines().reduce((first, second) -> second).orElse("");
    return new SshFault(
        SshFault.Code.COMMAND_FAILED,
        target.address()
            + ": "
            + script.name()
            + " ended with "
            + result.exitStatus()
            + ": "
            + said,
        null,
        target.address(),
        script.name(),
        Integer.toString(result.exitStatus()),
        said);
  }

  /**
   * A server opens so many channels on a session and no more (MaxSessions of OpenSSH): what finds
   * none on the first session gets it on the next.
   */
  private <T> T withSession(ChannelOpener<T> opener) {
    ChannelRefused last = null;
    for (int nth = 0; nth < SshPool.SESSIONS_LIMIT; nth++) {
      try {
        return onSession(nth, opener);
      } catch (ChannelRefused refused) {
        last = refused;
      }
    }
    throw noChannel(last);
  }

  /** A session that died while idle shows it only at the next channel: then, once, a new one. */
  private <T> T onSession(int nth, ChannelOpener<T> opener) throws ChannelRefused {
    SharedSession session = session(nth);
    try {
      return on(session, nth, opener);
    } catch (ChannelRefused refused) {
      throw refused;
    } catch (JSchException first) {
      if (session.connected()) {
        throw SessionOpener.fault(
            SshFault.Code.TIMEOUT, target, "the server opens no channel", first);
      }
      try {
        return on(session(nth), nth, opener);
      } catch (ChannelRefused refused) {
        throw refused;
      } catch (JSchException second) {
        throw SessionOpener.fault(SshFault.Code.DROPPED, target, "the connection broke", second);
      }
    }
  }

  /** A session that gives nothing is not kept: the server keeps its limits for as long as it is. */
  private <T> T on(SharedSession session, int nth, ChannelOpener<T> opener) throws JSchException {
    try {
      return session.open(opener);
    } catch (NeverGiven refused) {
      pool.drop(target, nth, session);
      throw noChannel(refused);
    }
  }

  /** Where the first session works, a further one that fails tells of no fault of the machine. */
  private SharedSession session(int nth) {
    try {
      return pool.session(target, nth);
    } catch (SshFault fault) {
      throw nth == 0 || fault.code() == SshFault.Code.HOST_KEY_CHANGED ? fault : noChannel(fault);
    }
  }

  private SshFault noChannel(Exception cause) {
    return SessionOpener.fault(
        SshFault.Code.NO_CHANNEL, target, "the server opens no more channels", cause);
  }
}
