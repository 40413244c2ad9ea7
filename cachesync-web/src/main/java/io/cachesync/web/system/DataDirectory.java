package io.cachesync.web.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** The console's own folder: embedded database, keys, first token. Only its owner can read it. */
public record DataDirectory(Path path) {
  public DataDirectory {
    path = path.toAbsolutePath().normalize();
  }

  public Path resolve(String name) {
    return path.resolve(name);
  }

  /** The text of a file, without the white space around it, or nothing where there is none. */
  public Optional<String> read(String name) {
    try {
      return Optional.of(Files.readString(resolve(name)).strip());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Writes a secret that only the owner can read; the file has its mode before it has its content.
   *
   * @return false when there is such a file already, which is then left as it is
   */
  public boolean createSecret(String name, String text) {
    try {
      create();
      try (var channel =
          Files.newByteChannel(
              resolve(name),
              EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
        channel.write(StandardCharsets.UTF_8.encode(text + "\n"));
      }
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public void delete(String name) {
    try {
      Files.deleteIfExists(resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void create() throws IOException {
    if (!Files.isDirectory(path)) {
      Files.createDirectories(
          path,
          PosixFilePermissions.asFileAttribute(
              Set.copyOf(PosixFilePermissions.fromString("rwx------"))));
    }
  }
}
