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

  public <R> Page<R> map(Function<? super T, ? extends R> change) {
    return new Page<>(items.stream().<R>map(change).toList(), total, request);
  }
}
