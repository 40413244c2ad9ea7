package io.cachesync.agent.checkpoint;

import io.cachesync.agent.redis.RedisConnection;
import io.cachesync.agent.redis.RedisException;
import java.util.ArrayList;
import java.util.List;

/**
 * A writer's connection, as a target lists it: a line of CLIENT LIST.
 *
 * @param id empty below 2.8.12
 * @param address where it comes from, as the target sees it
 * @param idleSeconds since its last command
 */
public record Writer(String id, String address, String name, long idleSeconds) {

  /** Those of a job, of whatever link and start of it. */
  public static List<Writer> of(RedisConnection connection, OwnKeys job) throws RedisException {
    return listed(connection, job.jobConnectionPrefix());
  }

  /** Those whose name begins with the prefix. */
  static List<Writer> listed(RedisConnection connection, String prefix) throws RedisException {
    List<Writer> writers = new ArrayList<>();
    for (String line : connection.call("CLIENT", "LIST").text().split("\n", -1)) {
      Writer writer = parse(line);
      if (writer.name.startsWith(prefix)) {
        writers.add(writer);
      }
    }
    return writers;
  }

  private static Writer parse(String line) {
    String id = "";
    String address = "";
    String name = "";
    long idle = 0;
    for (String field : line.trim().split(" ")) {
      if (field.startsWith("id=")) {
        id = field.substring(3);
      } else if (field.startsWith("addr=")) {
        address = field.substring(5);
      } else if (field.startsWith("name=")) {
        name = field.substring(5);
      } else if (field.matches("idle=[0-9]{1,18}")) {
        idle = Long.parseLong(field.substring(5));
      }
    }
    return new Writer(id, address, name, idle);
  }
}
