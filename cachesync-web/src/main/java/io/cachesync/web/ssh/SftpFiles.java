package io.cachesync.web.ssh;

import com.jcraft.jsch.ChannelSftp;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.SftpException;
import com.jcraft.jsch.SftpStatVFS;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** Files on a machine, by SFTP. Paths are absolute and made of unsuspicious characters only. */
public final class SftpFiles implements AutoCloseable {
  /** The library expands wildcards in paths, and scripts are plainer without blanks. */
  private static final Pattern PATH = Pattern.compile("/[A-Za-z0-9._/@+,=:~-]*");

  /** Below this the disk counts as full: an error about writing has no other sign in SFTP 3. */
  private static final long FULL_BELOW_BYTES = 64 << 10;

  private static final int CHANNEL_MILLIS = 10_000;

  private final SshTarget target;
  private final ChannelSftp channel;
  private final TimeLimit limit;

  SftpFiles(SshTarget target, ChannelSftp channel, TimeLimit limit) {
    this.target = target;
    this.channel = channel;
    this.limit = limit;
  }

  /** Whether a path may be used here. */
  public static boolean isUsable(String path) {
    return PATH.matcher(path).matches() && !path.contains("/../") && !path.endsWith("/..");
  }

  /** The user's home directory. */
  public String home() {
    try {
      return channel.getHome();
    } catch (SftpException e) {
      throw fault(e, "/");
    }
  }

  /** Makes a directory and those above it; one that is there stays as it is. */
  public void makeDirectories(String path, int mode) {
    check(path);
    try {
      int slash = 0;
      while (slash >= 0) {
        slash = path.indexOf('/', slash + 1);
        makeDirectory(slash < 0 ? path : path.substring(0, slash), mode);
      }
    } catch (SftpException e) {
      throw fault(e, path);
    }
  }

  /**
   * Writes a file under another name and renames it, so that nobody ever reads half of it. Its mode
   * is set before its content is written.
   */
  public void put(String path, byte[] content, int mode) {
    put(path, new ByteArrayInputStream(content), mode);
  }

  /** As {@link #put(String, byte[], int)}, from a stream that the caller closes. */
  public void put(String path, InputStream content, int mode) {
    check(path);
    String part = path + "." + UUID.randomUUID() + ".part";
    try {
      channel.put(new ByteArrayInputStream(new byte[0]), part);
      channel.chmod(mode, part);
      channel.put(content, part);
      channel.rename(part, path);
    } catch (SftpException e) {
      throw faultOfPut(e, path, part);
    }
  }

  /** The first bytes of a file, or null where there is none. */
  public byte[] read(String path, int maxBytes) {
    check(path);
    Head head = new Head(maxBytes);
    try {
      channel.get(path, head);
      return head.bytes();
    } catch (SftpException e) {
      if (e.id == ChannelSftp.SSH_FX_NO_SUCH_FILE) {
        return null;
      }
      throw fault(e, path);
    }
  }

  /**
   * The first lines of a text file, one after the other; none where there is no such file. A line
   * that was not written to its end is left out.
   */
  public void lines(String path, int most, Consumer<String> taker) {
    check(path);
    try (InputStream in = channel.get(path)) {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      byte[] buffer = new byte[1 << 16];
      int told = 0;
      for (int n = in.read(buffer); n >= 0 && told < most; n = in.read(buffer)) {
        for (int i = 0; i < n && told < most; i++) {
          if (buffer[i] != '\n') {
            line.write(buffer[i]);
          } else {
            taker.accept(line.toString(StandardCharsets.UTF_8));
            line.reset();
            told++;
          }
        }
      }
    } catch (SftpException e) {
      if (e.id != ChannelSftp.SSH_FX_NO_SUCH_FILE) {
        throw fault(e, path);
      }
    } catch (IOException e) {
      throw fault(SshFault.Code.DROPPED, e, path);
    }
  }

  /** Removes a file. */
  public void remove(String path) {
    check(path);
    try {
      channel.rm(path);
    } catch (SftpException e) {
      throw fault(e, path);
    }
  }

  public boolean exists(String path) {
    check(path);
    try {
      channel.stat(path);
      return true;
    } catch (SftpException e) {
      if (e.id == ChannelSftp.SSH_FX_NO_SUCH_FILE) {
        return false;
      }
      throw fault(e, path);
    }
  }

  @Override
  public void close() {
    limit.close();
    channel.disconnect();
  }

  private void makeDirectory(String path, int mode) throws SftpException {
    try {
      channel.stat(path);
    } catch (SftpException e) {
      if (e.id != ChannelSftp.SSH_FX_NO_SUCH_FILE) {
        throw e;
      }
      channel.mkdir(path);
      channel.chmod(mode, path);
    }
  }

  private static void check(String path) {
    if (!isUsable(path)) {
      throw new IllegalArgumentException("not a path that can be used: " + path);
    }
  }

  private SshFault fault(SftpException e, String path) {
    SshFault.Code code = SshFault.Code.FILE_FAILED;
    if (limit.passed()) {
      code = SshFault.Code.TIMEOUT;
    } else if (e.getCause() != null || !connected()) {
      // What the server answers has no cause; what has one happened on the way to it.
      code = SshFault.Code.DROPPED;
    } else if (e.id == ChannelSftp.SSH_FX_PERMISSION_DENIED) {
      code = SshFault.Code.NO_PERMISSION;
    }
    return fault(code, e, path);
  }

  private SshFault fault(SshFault.Code code, Exception e, String path) {
    return new SshFault(
        code, target.address() + ": " + path + ": " + code, e, target.address(), path);
  }

  /**
   * After a failed transfer the channel has answers outstanding, so another one asks whether the
   * disk is full, before it removes the remains, which would make room.
   */
  private SshFault faultOfPut(SftpException e, String path, String part) {
    SshFault fault = fault(e, path);
    if (fault.code() == SshFault.Code.TIMEOUT || fault.code() == SshFault.Code.DROPPED) {
      return fault;
    }
    ChannelSftp fresh = null;
    try {
      fresh = Channels.open(channel.getSession(), "sftp", ChannelSftp.class);
      fresh.connect(CHANNEL_MILLIS);
      if (e.id == ChannelSftp.SSH_FX_FAILURE && diskFull(fresh, path)) {
        fault = fault(SshFault.Code.DISK_FULL, e, path);
      }
      fresh.rm(part);
    } catch (JSchException | SftpException again) {
      // The first fault is the one to tell.
      fault.addSuppressed(again);
    } finally {
      if (fresh != null) {
        fresh.disconnect();
      }
    }
    return fault;
  }

  private boolean connected() {
    try {
      return channel.isConnected() && channel.getSession().isConnected();
    } catch (JSchException e) {
      return false;
    }
  }

  /** The server's answer to a write on a full disk is just "failure": so its disk is asked. */
  private static boolean diskFull(ChannelSftp channel, String path) {
    for (int slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
      try {
        SftpStatVFS disk = channel.statVFS(path.substring(0, slash));
        return disk.getAvailForNonRoot() * 1024 < FULL_BELOW_BYTES || disk.getFreeINodes() == 0;
      } catch (SftpException e) {
        if (e.id != ChannelSftp.SSH_FX_NO_SUCH_FILE) {
          return false;
        }
      }
    }
    return false;
  }

  /** Keeps the first bytes of what is written to it. */
  private static final class Head extends OutputStream {
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private final int maxBytes;

    Head(int maxBytes) {
      this.maxBytes = maxBytes;
    }

    @Override
    public void write(int b) {
      if (kept.size() < maxBytes) {
        kept.write(b);
      }
    }

    @Override
    public void write(byte[] b, int off, int len) {
      kept.write(b, off, Math.min(len, Math.max(0, maxBytes - kept.size())));
    }

    byte[] bytes() {
      return kept.toByteArray();
    }
  }
}
