package io.cachesync.agent.fullcheck;

import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.BufferOverflowException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Reads the tables of an SQLite 3 database row by row, a page at a time, however large it is. What
 * is read is what a closed database holds: its pages, text in UTF-8, tables with row ids.
 *
 * <pre>
 * page      header, then cell pointers, then cells; page 1 begins with 100 bytes of the file
 * 0x0d      leaf of a table:     cell = payload length, row id, payload (its rest in overflow pages)
 * 0x05      interior of a table: cell = page of the left child, key; the header has the right one
 * payload   header length, a type for each column, then their values
 * </pre>
 *
 * <p>The format: https://www.sqlite.org/fileformat2.html
 */
final class SqliteFile implements Closeable {
  private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);
  private static final int HEADER = 100;
  private static final int UTF_8 = 1;
  private static final int LEAF = 0x0d;
  private static final int INTERIOR = 0x05;
  private static final int DEEPEST = 20;

  /** Of one row; longer ones are read up to here. */
  private static final int LONGEST_ROW = 1 << 20;

  private final RandomAccessFile file;
  private final int pageSize;
  private final int usable;
  private final Map<String, Table> tables = new LinkedHashMap<>();

  private SqliteFile(RandomAccessFile file, int pageSize, int usable) {
    this.file = file;
    this.pageSize = pageSize;
    this.usable = usable;
  }

  /**
   * Opens a database.
   *
   * @throws IOException also where it is none, or one that is not read here
   */
  static SqliteFile open(Path path) throws IOException {
    RandomAccessFile file = new RandomAccessFile(path.toFile(), "r");
    try {
      byte[] header = new byte[HEADER];
      file.readFully(header);
      ByteBuffer in = ByteBuffer.wrap(header);
      if (!Arrays.equals(Arrays.copyOf(header, MAGIC.length), MAGIC)) {
        throw new IOException("not an SQLite database");
      }
      int size = in.getShort(16) & 0xffff;
      int pageSize = size == 1 ? 65_536 : size;
      if (Integer.bitCount(pageSize) != 1 || pageSize < 512 || in.getInt(56) != UTF_8) {
        throw new IOException("an SQLite database of a kind that is not read");
      }
      SqliteFile database = new SqliteFile(file, pageSize, pageSize - (header[20] & 0xff));
      database.readSchema();
      return database;
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  boolean has(String table) {
    return tables.containsKey(table);
  }

  /**
   * Hands over each row of a table: a number, null, or the bytes of a text, which need not be one,
   * for each column by its name.
   */
  void each(String table, RowTaker taker) throws IOException {
    Table found = tables.get(table);
    if (found == null) {
      throw new IOException("there is no table " + table);
    }
    walk(found.root(), 0, new BitSet(), values -> taker.take(found.named(values)));
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  private void readSchema() throws IOException {
    walk(
        1,
        0,
        new BitSet(),
        values -> {
          if (values.size() >= 5
              && "table".equals(text(values.get(0)))
              && values.get(3) instanceof Long root) {
            List<String> columns = columns(text(values.get(4)));
            tables.put(text(values.get(1)), new Table(root.intValue(), columns));
          }
        });
  }

  /**
   * @param seen a bit for each page
   */
  private void walk(int page, int depth, BitSet seen, ValuesTaker taker) throws IOException {
    ByteBuffer in = page(page);
    if (depth > DEEPEST || seen.get(page)) {
      throw new IOException("a page of the database leads to itself");
    }
    seen.set(page);
    int at = page == 1 ? HEADER : 0;
    int kind = in.get(at);
    int cells = in.getShort(at + 3) & 0xffff;
    int pointers = at + (kind == INTERIOR ? 12 : 8);
    try {
      for (int i = 0; i < cells; i++) {
        int cell = in.getShort(pointers + 2 * i) & 0xffff;
        if (kind == INTERIOR) {
          walk(in.getInt(cell), depth + 1, seen, taker);
        } else if (kind == LEAF) {
          taker.take(record(payload(in.duplicate().position(cell))));
        } else {
          throw new IOException("a page of the database is of kind " + kind);
        }
      }
      if (kind == INTERIOR) {
        walk(in.getInt(at + 8), depth + 1, seen, taker);
      }
    } catch (IndexOutOfBoundsException
        | IllegalArgumentException
        | BufferUnderflowException
        | BufferOverflowException e) {
      throw new IOException("page " + page + " of the database is damaged", e);
    }
  }

  /** The bytes of a row, from its page and those that it overflows to. */
  private ByteBuffer payload(ByteBuffer cell) throws IOException {
    long length = varint(cell);
    varint(cell); // its row id
    int local = local(length);
    ByteBuffer whole = ByteBuffer.allocate((int) Math.min(length, LONGEST_ROW));
    take(cell, Math.min(local, whole.remaining()), whole);
    if (local < length) {
      int next = cell.getInt();
      while (whole.hasRemaining() && next != 0) {
        ByteBuffer overflow = page(next);
        next = overflow.getInt();
        take(overflow, Math.min(usable - 4, whole.remaining()), whole);
      }
    }
    return whole.flip();
  }

  /** How much of a payload stands in its own page. */
  private int local(long length) {
    int most = usable - 35;
    if (length <= most) {
      return (int) length;
    }
    int least = (usable - 12) * 32 / 255 - 23;
    int some = least + (int) ((length - least) % (usable - 4));
    return some <= most ? some : least;
  }

  private static void take(ByteBuffer from, int bytes, ByteBuffer to) {
    to.put(from.slice(from.position(), bytes));
    from.position(from.position() + bytes);
  }

  private static List<Object> record(ByteBuffer in) {
    int begin = in.position();
    int header = (int) varint(in);
    List<Long> types = new ArrayList<>();
    while (in.position() < begin + header) {
      types.add(varint(in));
    }
    List<Object> values = new ArrayList<>();
    for (long type : types) {
      values.add(value(type, in));
    }
    return values;
  }

  private static Object value(long type, ByteBuffer in) {
    if (type >= 12) {
      byte[] bytes = new byte[(int) Math.min((type - 12) / 2, in.remaining())];
      in.get(bytes);
      return bytes;
    }
    return switch ((int) type) {
      case 1 -> integer(in, 1);
      case 2 -> integer(in, 2);
      case 3 -> integer(in, 3);
      case 4 -> integer(in, 4);
      case 5 -> integer(in, 6);
      case 6 -> integer(in, 8);
      case 7 -> in.getDouble();
      case 8 -> 0L;
      case 9 -> 1L;
      default -> null;
    };
  }

  private static long integer(ByteBuffer in, int bytes) {
    long value = in.get();
    for (int i = 1; i < bytes; i++) {
      value = value << 8 | in.get() & 0xff;
    }
    return value;
  }

  /** Seven bits a byte, the ninth has eight. */
  private static long varint(ByteBuffer in) {
    long value = 0;
    for (int i = 0; i < 8; i++) {
      byte next = in.get();
      value = value << 7 | next & 0x7f;
      if (next >= 0) {
        return value;
      }
    }
    return value << 8 | in.get() & 0xff;
  }

  private ByteBuffer page(int number) throws IOException {
    byte[] bytes = new byte[pageSize];
    if (number < 1) {
      throw new IOException("there is no page " + number);
    }
    file.seek((number - 1L) * pageSize);
    file.readFully(bytes);
    return ByteBuffer.wrap(bytes);
  }

  /** A value as text; nothing for null. */
  static String text(Object value) {
    if (value instanceof byte[] bytes) {
      return new String(bytes, StandardCharsets.UTF_8);
    }
    return value == null ? "" : String.valueOf(value);
  }

  /** Names of columns, out of a statement that makes a table. */
  private static List<String> columns(String sql) {
    List<String> names = new ArrayList<>();
    int depth = 0;
    StringBuilder column = new StringBuilder();
    for (char c : sql.substring(sql.indexOf('(') + 1).toCharArray()) {
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      if (depth < 0 || depth == 0 && c == ',') {
        names.add(name(column.toString()));
        column.setLength(0);
        if (depth < 0) {
          break;
        }
      } else {
        column.append(c);
      }
    }
    return names;
  }

  private static String name(String column) {
    return column
        .strip()
        .split("\\s", 2)[0]
        .replaceAll("[\"'`\\[\\]]", "")
        .toLowerCase(Locale.ROOT);
  }

  /** Takes a row. */
  interface RowTaker {
    void take(Map<String, Object> row) throws IOException;
  }

  private interface ValuesTaker {
    void take(List<Object> values) throws IOException;
  }

  private record Table(int root, List<String> columns) {
    Map<String, Object> named(List<Object> values) {
      Map<String, Object> row = new LinkedHashMap<>();
      for (int i = 0; i < Math.min(columns.size(), values.size()); i++) {
        row.put(columns.get(i), values.get(i));
      }
      return row;
    }
  }
}
