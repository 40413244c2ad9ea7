package io.cachesync.web.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A POSIX shell script of ours. Its text is the whole command line; what people typed reaches it on
 * standard input, one parameter a line, read by {@code read -r}, so that no input is ever parsed by
 * a shell or shown by {@code ps}.
 */
public final class RemoteScript {
  private final String name;
  private final String command;

  private RemoteScript(String name, String text) {
    if (text.indexOf('\'') >= 0) {
      throw new IllegalArgumentException("a script must not contain single quotes: " + name);
    }
    this.name = name;
    // The login shell need not be a POSIX one.
    this.command = "exec sh -c '" + text + "'";
  }

  /**
   * Loads {@code /scripts/<name>.sh} of the class path.
   *
   * @param before names of scripts whose functions it uses
   */
  public static RemoteScript load(String name, String... before) {
    StringBuilder text = new StringBuilder();
    for (String part : before) {
      text.append(text(part));
    }
    return new RemoteScript(name, text.append(text(name)).toString());
  }

  private static String text(String name) {
    String path = "/scripts/" + name + ".sh";
    try (InputStream in = RemoteScript.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new IllegalArgumentException("no such script: " + path);
      }
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return text.lines()
          .filter(line -> !line.stripLeading().startsWith("#"))
          .collect(Collectors.joining("\n", "", "\n"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static RemoteScript of(String name, String text) {
    return new RemoteScript(name, text);
  }

  String name() {
    return name;
  }

  String command() {
    return command;
  }

  /** Standard input: the parameters, then {@code rest} as it is. */
  static byte[] input(List<String> parameters, byte[] rest) {
    StringBuilder lines = new StringBuilder();
    for (String parameter : parameters) {
      if (parameter.indexOf('\n') >= 0 || parameter.indexOf('\0') >= 0) {
        throw new IllegalArgumentException("a parameter must be one line");
      }
      lines.append(parameter).append('\n');
    }
    byte[] head = lines.toString().getBytes(StandardCharsets.UTF_8);
    byte[] all = new byte[head.length + rest.length];
    System.arraycopy(head, 0, all, 0, head.length);
    System.arraycopy(rest, 0, all, head.length, rest.length);
    return all;
  }
}
