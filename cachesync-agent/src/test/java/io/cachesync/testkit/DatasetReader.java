package io.cachesync.testkit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/** One side of a comparison: a server, or the masters of a cluster. */
interface DatasetReader extends AutoCloseable {
  List<Integer> databases();

  /** Every key of a database, which is selected from here on. */
  List<String> keys(int database);

  /** The facets of keys of the selected database, as {@link ValueReader} tells them. */
  List<SortedMap<String, Object>> read(List<String> keys);

  @Override
  void close();

  /** The server behind a connection, which stays the caller's. */
  static DatasetReader of(RespClient client) {
    return new DatasetReader() {
      @Override
      public List<Integer> databases() {
        return DatasetComparer.databases(client);
      }

      @Override
      public List<String> keys(int database) {
        client.call("SELECT", Integer.toString(database));
        return ValueReader.keys(client);
      }

      @Override
      public List<SortedMap<String, Object>> read(List<String> keys) {
        return ValueReader.read(client, keys);
      }

      @Override
      public void close() {}
    };
  }

  /** Several that hold different keys. */
  static DatasetReader of(List<DatasetReader> parts) {
    Map<String, DatasetReader> holders = new LinkedHashMap<>();
    return new DatasetReader() {
      @Override
      public List<Integer> databases() {
        return parts.stream().flatMap(part -> part.databases().stream()).distinct().toList();
      }

      @Override
      public List<String> keys(int database) {
        holders.clear();
        parts.forEach(part -> part.keys(database).forEach(key -> holders.put(key, part)));
        return List.copyOf(holders.keySet());
      }

      @Override
      public List<SortedMap<String, Object>> read(List<String> keys) {
        Map<String, SortedMap<String, Object>> values = new LinkedHashMap<>();
        for (DatasetReader part : parts) {
          // One has to be asked for what no other has, to tell that it is not there.
          List<String> own =
              keys.stream().filter(key -> holders.getOrDefault(key, parts.get(0)) == part).toList();
          List<SortedMap<String, Object>> read = part.read(own);
          for (int i = 0; i < own.size(); i++) {
            values.put(own.get(i), read.get(i));
          }
        }
        return keys.stream().map(values::get).toList();
      }

      @Override
      public void close() {
        parts.forEach(DatasetReader::close);
      }
    };
  }

  /** All masters; a key that lies elsewhere than at its slot's is told as missing. */
  static DatasetReader of(ClusterServers cluster) {
    RedisServer[] owners = cluster.owners();
    Map<RedisServer, RespClient> clients = new LinkedHashMap<>();
    cluster.masters().forEach(master -> clients.put(master, master.client()));
    return new DatasetReader() {
      @Override
      public List<Integer> databases() {
        return List.of(0);
      }

      @Override
      public List<String> keys(int database) {
        List<String> keys = new ArrayList<>();
        clients.values().forEach(client -> keys.addAll(ValueReader.keys(client)));
        return keys;
      }

      @Override
      public List<SortedMap<String, Object>> read(List<String> keys) {
        Map<String, SortedMap<String, Object>> values = new LinkedHashMap<>();
        clients.forEach(
            (master, client) -> {
              List<String> own =
                  keys.stream().filter(key -> owners[ClusterServers.slot(key)] == master).toList();
              List<SortedMap<String, Object>> read = ValueReader.read(client, own);
              for (int i = 0; i < own.size(); i++) {
                values.put(own.get(i), read.get(i));
              }
            });
        return keys.stream().map(values::get).toList();
      }

      @Override
      public void close() {
        clients.values().forEach(RespClient::close);
      }
    };
  }
}
