package io.cachesync.agent.command;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The commands that a replication stream can carry, from {@code commands.txt}. */
public final class CommandTable {
  private static final CommandTable STANDARD = read();

  private final List<Command> commands;
  private final byte[][] names;
  private final Command[] slots;

  private CommandTable(List<Command> commands) {
    this.commands = List.copyOf(commands);
    slots = new Command[Integer.highestOneBit(commands.size()) * 4];
    names = new byte[slots.length][];
    for (Command command : commands) {
      byte[] name = command.name().getBytes(StandardCharsets.US_ASCII);
      int slot = hash(name, 0, name.length);
      while (slots[slot] != null) {
        slot = (slot + 1) & (slots.length - 1);
      }
      slots[slot] = command;
      names[slot] = name;
    }
  }

  public static CommandTable standard() {
    return STANDARD;
  }

  public List<Command> commands() {
    return commands;
  }

  public Command find(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.ISO_8859_1);
    return find(bytes, 0, bytes.length);
  }

  /**
   * The command with this name, in any mixture of case, or {@link Command#UNKNOWN}. Does not
   * allocate.
   */
  public Command find(byte[] bytes, int offset, int length) {
    int slot = hash(bytes, offset, length);
    while (slots[slot] != null) {
      if (matches(names[slot], bytes, offset, length)) {
        return slots[slot];
      }
      slot = (slot + 1) & (slots.length - 1);
    }
    return Command.UNKNOWN;
  }

  private int hash(byte[] bytes, int offset, int length) {
    if (length == 0) {
      return 0;
    }
    // Three letters and the length tell nearly all of them apart.
    int hash = length * 31 + upper(bytes[offset]);
    hash = hash * 31 + upper(bytes[offset + length / 2]);
    hash = hash * 31 + upper(bytes[offset + length - 1]);
    return (hash ^ (hash >>> 15)) & (slots.length - 1);
  }

  private static boolean matches(byte[] name, byte[] bytes, int offset, int length) {
    if (name.length != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (name[i] != upper(bytes[offset + i])) {
        return false;
      }
    }
    return true;
  }

  private static int upper(byte b) {
    return b >= 'a' && b <= 'z' ? b - ('a' - 'A') : b;
  }

  private static CommandTable read() {
    try (InputStream in = CommandTable.class.getResourceAsStream("commands.txt");
        BufferedReader reader =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
      List<Command> commands = new ArrayList<>();
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (!line.isBlank() && !line.startsWith("#")) {
          commands.add(parse(commands.size(), line.trim().split("\\s+")));
        }
      }
      return new CommandTable(commands);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Command parse(int index, String[] columns) {
    String[] since = columns[1].split("\\.", -1);
    String last = columns[columns.length - 1];
    boolean typed = last.startsWith(":");
    boolean writesTold = columns.length > (typed ? 6 : 5);
    return new Command(
        index,
        columns[0],
        Integer.parseInt(since[0]) * 100 + Integer.parseInt(since[1]),
        Keys.parse(columns[2]),
        Role.valueOf(columns[3].toUpperCase(Locale.ROOT)),
        Replay.valueOf(columns[4].toUpperCase(Locale.ROOT)),
        writesTold ? Writes.valueOf(columns[5].toUpperCase(Locale.ROOT)) : Writes.ALL,
        typed ? last.substring(1) : "",
        Command.Form.of(columns[0]));
  }
}
