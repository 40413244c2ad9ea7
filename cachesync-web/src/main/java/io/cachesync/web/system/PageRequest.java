package io.cachesync.web.system;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Which rows of a list are asked for. A controller takes it as an argument and Spring binds {@code
 * ?page=2&size=50&sort=-name} to it; what makes no sense becomes the default.
 *
 * @param page counted from 1
 * @param size rows on a page, at most 200
 * @param sort name of a column as the page knows it, {@code -} before it for descending
 */
public record PageRequest(String page, String size, String sort) {
  private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,6}");
  private static final int DEFAULT_SIZE = 25;
  private static final int MAX_SIZE = 200;
  private static final int MAX_PAGE = 1_000_000;

  public static PageRequest first() {
    return new PageRequest(null, null, null);
  }

  /** The same of another page. */
  public PageRequest at(long number) {
    return new PageRequest(String.valueOf(number), size, sort);
  }

  /** This request, or a refusal where a part of it makes no sense; for programs. */
  public PageRequest checked(Set<String> columns) {
    number("page", page, MAX_PAGE);
    number("size", size, MAX_SIZE);
    if (sort != null && columns.isEmpty()) {
      throw Refusal.malformed("sort", "common.page.unsorted", sort);
    }
    if (sort != null && !columns.contains(column())) {
      throw Refusal.malformed(
          "sort", "common.page.sort", sort, String.join(", ", new TreeSet<>(columns)));
    }
    return this;
  }

  /** So many rows, or a refusal where that is none from 1 to the most; for programs. */
  public static int rows(String parameter, int asked, int most) {
    number(parameter, String.valueOf(asked), most);
    return asked;
  }

  private static void number(String parameter, String text, int most) {
    if (text != null && (!NUMBER.matcher(text).matches() || Integer.parseInt(text) > most)) {
      throw Refusal.malformed(parameter, "common.page.number", text, parameter, most);
    }
  }

  public int number() {
    return parse(page, 1, MAX_PAGE);
  }

  public int limit() {
    return parse(size, DEFAULT_SIZE, MAX_SIZE);
  }

  public int offset() {
    return (number() - 1) * limit();
  }

  public boolean descending() {
    return sort != null && sort.startsWith("-");
  }

  /** The column asked for, or an empty text. */
  public String column() {
    if (sort == null) {
      return "";
    }
    return descending() ? sort.substring(1) : sort;
  }

  public boolean sortedBy(String column) {
    return column.equals(column());
  }

  /** The sort parameter of a click on a column's head. */
  public String toggled(String column) {
    return sortedBy(column) && !descending() ? "-" + column : column;
  }

  /**
   * The text behind {@code order by}, safe to be put into SQL: only the given expressions can come
   * out.
   *
   * @param columns from the name that the page uses to the SQL expression
   * @param otherwise the order when nothing or something unknown was asked for
   */
  public String orderBy(Map<String, String> columns, String otherwise) {
    String expression = columns.get(column());
    if (expression == null) {
      return otherwise;
    }
    return expression + (descending() ? " desc" : " asc");
  }

  private static int parse(String text, int otherwise, int max) {
    if (text == null || !text.matches("[0-9]{1,7}")) {
      return otherwise;
    }
    int value = Integer.parseInt(text);
    return value < 1 ? otherwise : Math.min(value, max);
  }
}
