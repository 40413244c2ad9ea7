package io.cachesync.web.machine;

import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Tells a machine that asks whether it has reached this console. */
@RestController
class HelloController {
  private final ConsoleAddress console;

  HelloController(ConsoleAddress console) {
    this.console = console;
  }

  @GetMapping(path = ConsoleAddress.HELLO, produces = MediaType.TEXT_PLAIN_VALUE)
  String hello() {
    return console.installationId() + "\n";
  }
}
