package io.cachesync.web.system;

import java.util.Optional;
import org.springframework.stereotype.Service;

/** Small facts of the whole installation, by name. */
@Service
public class Settings {
  private final SettingMapper mapper;

  Settings(SettingMapper mapper) {
    this.mapper = mapper;
  }

  public Optional<String> find(String name) {
    return Optional.ofNullable(mapper.find(name));
  }

  public void put(String name, String text) {
    mapper.put(name, text);
  }

  /** Stores the text unless there is one, and answers the one that is there now. */
  public String putIfAbsent(String name, String text) {
    mapper.putIfAbsent(name, text);
    return mapper.find(name);
  }
}
