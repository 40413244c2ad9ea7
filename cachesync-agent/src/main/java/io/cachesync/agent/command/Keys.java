package io.cachesync.agent.command;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a command's keys stand among its arguments.
 *
 * <p>Written as in {@code commands.txt}: {@code 1}, {@code 1..-1/2}, {@code n2}, {@code n1/2},
 * {@code +2}, or several with commas.
 */
public final class Keys {
  /** The arguments of a command; number 0 is its name. */
  public interface Arguments {
    int count();

    boolean is(int argument, String upperCaseWord);

    /** The number that an argument spells, or -1. */
    long number(int argument);
  }

  /** Hears the argument numbers of keys. */
  public interface Visitor {
    void key(int argument);
  }

  private static final Pattern RANGE = Pattern.compile("(\\d+)(?:\\.\\.(-?\\d+))?(?:/(\\d+))?");

  private final List<Part> parts;
  private final int only;

  private Keys(List<Part> parts) {
    this.parts = parts;
    this.only =
        parts.size() == 1 && parts.get(0) instanceof Range range && range.first() == range.last()
            ? range.first()
            : 0;
  }

  static Keys parse(String text) {
    List<Part> parts = new ArrayList<>();
    if (!text.equals("-")) {
      for (String part : text.split(",", -1)) {
        parts.add(parsePart(part));
      }
    }
    return new Keys(List.copyOf(parts));
  }

  private static Part parsePart(String text) {
    if (text.startsWith("n")) {
      String[] numbers = text.substring(1).split("/", -1);
      int step = numbers.length > 1 ? Integer.parseInt(numbers[1]) : 1;
      return new Counted(Integer.parseInt(numbers[0]), step);
    }
    if (text.startsWith("+")) {
      return new Stored(Integer.parseInt(text.substring(1)));
    }
    Matcher range = RANGE.matcher(text);
    if (!range.matches()) {
      throw new IllegalArgumentException("not a position of keys: " + text);
    }
    int first = Integer.parseInt(range.group(1));
    int last = range.group(2) == null ? first : Integer.parseInt(range.group(2));
    int step = range.group(3) == null ? 1 : Integer.parseInt(range.group(3));
    return new Range(first, last, step);
  }

  /** Tells the visitor each key of this command line. Does not allocate. */
  public void visit(Arguments arguments, Visitor visitor) {
    for (int i = 0; i < parts.size(); i++) {
      parts.get(i).visit(arguments, visitor);
    }
  }

  /** The argument that is the only key there can be, or 0 where there may be others. */
  public int only() {
    return only;
  }

  /** The argument that is the first key in every command line, or 0 where there is none. */
  public int first() {
    if (parts.isEmpty()) {
      return 0;
    }
    Part part = parts.get(0);
    if (part instanceof Range range) {
      return range.first();
    }
    return part instanceof Counted counted ? counted.counter() + 1 : 0;
  }

  private sealed interface Part {
    void visit(Arguments arguments, Visitor visitor);
  }

  private record Range(int first, int last, int step) implements Part {
    @Override
    public void visit(Arguments arguments, Visitor visitor) {
      int end = last < 0 ? arguments.count() + last : Math.min(last, arguments.count() - 1);
      for (int i = first; i <= end; i += step) {
        visitor.key(i);
      }
    }
  }

  private record Counted(int counter, int step) implements Part {
    @Override
    public void visit(Arguments arguments, Visitor visitor) {
      long count = counter < arguments.count() ? arguments.number(counter) : 0;
      long end = Math.min(counter + 1 + (count - 1) * step, arguments.count() - 1L);
      for (int i = counter + 1; i <= end; i += step) {
        visitor.key(i);
      }
    }
  }

  /**
   * The destination of SORT, GEORADIUS and GEORADIUSBYMEMBER, among options in any order. Read from
   * the first option on, each with its arguments, as the server does (sort.c, sortCommandGeneric;
   * geo.c, georadiusGeneric): what is named like an option need not be one. The last one counts.
   *
   * @param options the first argument that is an option
   */
  private record Stored(int options) implements Part {
    @Override
    public void visit(Arguments arguments, Visitor visitor) {
      int stored = 0;
      for (int i = options; i < arguments.count() - 1; i++) {
        if (arguments.is(i, "STORE") || arguments.is(i, "STOREDIST")) {
          stored = ++i;
        } else if (arguments.is(i, "LIMIT")) {
          i += 2;
        } else if (arguments.is(i, "BY") || arguments.is(i, "GET") || arguments.is(i, "COUNT")) {
          i++;
        }
      }
      if (stored > 0) {
        visitor.key(stored);
      }
    }
  }
}
