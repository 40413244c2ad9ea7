package io.cachesync.bench;

import static io.cachesync.bench.Pipeline.bytes;

import io.cachesync.testkit.RedisServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;

/**
 * Reads every value and time to live of both sides at once and compares nothing: {@code SCAN}, and
 * of each page pipelined {@code TYPE}, the command that reads this type whole, and {@code
 * PEXPIRETIME}. Where all keys are of one type, it knows that.
 */
final class BareReader {
  private static final int PAGE = 512;
  private static final int READERS = 4;
  private static final List<byte[]> END = List.of();

  private final String onlyType;

  BareReader(Dataset dataset) {
    onlyType =
        switch (dataset) {
          case A, C -> "string";
          case B -> "hash";
          case D -> null;
        };
  }

  void read(RedisServer source, RedisServer target) {
    List<CompletableFuture<Void>> parts = new ArrayList<>();
    for (RedisServer side : List.of(source, target)) {
      BlockingQueue<List<byte[]>> pages = new ArrayBlockingQueue<>(2 * READERS);
      parts.add(start(side, wire -> scan(wire, pages)));
      for (int i = 0; i < READERS; i++) {
        parts.add(start(side, wire -> read(wire, pages)));
      }
    }
    parts.forEach(CompletableFuture::join);
  }

  private record Wire(CommandBytes out, Replies in) {}

  private interface Work {
    void on(Wire wire) throws IOException, InterruptedException;
  }

  private static CompletableFuture<Void> start(RedisServer side, Work work) {
    return CompletableFuture.runAsync(
        () -> {
          try (Socket socket = new Socket("127.0.0.1", side.port())) {
            socket.setTcpNoDelay(true);
            CommandBytes out = new CommandBytes(socket.getOutputStream()::write);
            work.on(new Wire(out, new Replies(socket.getInputStream())));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        },
        part -> new Thread(part, "reader").start());
  }

  private static void scan(Wire wire, BlockingQueue<List<byte[]>> pages)
      throws IOException, InterruptedException {
    byte[] cursor = bytes("0");
    do {
      wire.out.command(bytes("SCAN"), cursor, bytes("COUNT"), bytes(Integer.toString(PAGE)));
      wire.out.flush();
      wire.in.elements();
      cursor = wire.in.bulk();
      int keys = wire.in.elements();
      List<byte[]> page = new ArrayList<>(keys);
      for (int i = 0; i < keys; i++) {
        page.add(wire.in.bulk());
      }
      if (keys > 0) {
        pages.put(page);
      }
    } while (cursor.length != 1 || cursor[0] != '0');
    pages.put(END);
  }

  private void read(Wire wire, BlockingQueue<List<byte[]>> pages)
      throws IOException, InterruptedException {
    for (List<byte[]> page = pages.take(); page != END; page = pages.take()) {
      List<String> types = types(wire, page);
      for (int i = 0; i < page.size(); i++) {
        byte[] key = page.get(i);
        wire.out.command(whole(types == null ? onlyType : types.get(i), key));
        wire.out.command(bytes("PEXPIRETIME"), key);
      }
      wire.out.flush();
      wire.in.skip(2 * page.size());
    }
    pages.put(END);
  }

  private List<String> types(Wire wire, List<byte[]> page) throws IOException {
    if (onlyType != null) {
      return null;
    }
    page.forEach(key -> wire.out.command(bytes("TYPE"), key));
    wire.out.flush();
    List<String> types = new ArrayList<>();
    for (int i = 0; i < page.size(); i++) {
      types.add(wire.in.line());
    }
    return types;
  }

  private static byte[][] whole(String type, byte[] key) {
    return switch (type) {
      case "string" -> new byte[][] {bytes("GET"), key};
      case "hash" -> new byte[][] {bytes("HGETALL"), key};
      case "set" -> new byte[][] {bytes("SMEMBERS"), key};
      case "list" -> new byte[][] {bytes("LRANGE"), key, bytes("0"), bytes("-1")};
      default -> new byte[][] {bytes("ZRANGE"), key, bytes("0"), bytes("-1"), bytes("WITHSCORES")};
    };
  }
}
