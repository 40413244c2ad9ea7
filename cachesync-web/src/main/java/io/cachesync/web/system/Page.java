package io.cachesync.web.system;

import java.util.List;
import java.util.function.Function;

/** The rows that were asked for, and how many there are in all. */
public record Page<T>(List<T> items, long total, PageRequest request) {
  public Page {
    items = List.copyOf(items);
  }

  public long getTotal() {
    return total;
  }

  public long pages() {
    return Math.max(1, (total + request.limit() - 1) / request.limit());
  }

  public long first() {
    return items.isEmpty() ? 0 : request.offset() + 1L;
  }

  public long last() {
    return request.offset() + items.size();
  }

  public boolean hasPrevious() {
    return request.number() > 1;
  }

  public boolean hasNext() {
    return request.number() < pages();
  }

  public boolean isEmpty() {
    return items.isEmpty();
  }

  /**
   * The rows that are asked for, or where the list ends before them its last ones: for people,
   * whose list has become shorter. Programs that read until nothing comes are not told the last
   * ones again.
   */
  public static <R> Page<R> orLast(PageRequest asked, Function<PageRequest, Page<R>> list) {
    Page<R> page = list.apply(asked);
    return page.isEmpty() && page.total() > 0 ? list.apply(asked.at(page.pages())) : page;
  }

  public <R> Page<R> map(Function<? super T, ? extends R> change) {
    return new Page<>(items.stream().<R>map(change).toList(), total, request);
  }
}
