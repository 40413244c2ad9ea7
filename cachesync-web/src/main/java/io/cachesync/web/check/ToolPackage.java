package io.cachesync.web.check;

import java.time.Instant;

/**
 * A program that the console brings to machines.
 *
 * @param sha256 of its file, in hex
 * @param architecture what it runs on, as {@code x86-64}
 */
public record ToolPackage(
    Long id,
    String name,
    String sha256,
    long fileBytes,
    String architecture,
    String addedBy,
    Instant addedAt) {

  /** Where it lies below a machine's base directory: by its hash, so that none is overwritten. */
  String path(String basePath) {
    return directory(basePath) + "/" + name;
  }

  String directory(String basePath) {
    return basePath + "/tool/" + sha256;
  }
}
