package io.cachesync.web.security;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.springframework.stereotype.Component;

/**
 * Makes guessing slow: after a few failures of one name from one address each further try has to
 * wait, twice as long every time. Counted in the database, for all consoles together.
 */
@Component
class SignInThrottle {
  static final int FREE_FAILURES = 5;
  static final Duration FIRST_WAIT = Duration.ofSeconds(30);
  static final Duration LONGEST_WAIT = Duration.ofMinutes(15);
  private static final Duration MEMORY = Duration.ofDays(1);

  private final SignInFailureMapper mapper;
  private final Clock clock;

  SignInThrottle(SignInFailureMapper mapper, Clock clock) {
    this.mapper = mapper;
    this.clock = clock;
  }

  boolean mustWait(String name, String address) {
    SignInFailure failure = mapper.find(name, address);
    return failure != null
        && clock.instant().isBefore(failure.lastAt().plus(waitAfter(failure.failures())));
  }

  void failed(String name, String address) {
    Instant now = clock.instant();
    mapper.forgetBefore(now.minus(MEMORY));
    mapper.failed(name, address, now);
  }

  void worked(String name, String address) {
    mapper.forget(name, address);
  }

  static Duration waitAfter(int failures) {
    if (failures < FREE_FAILURES) {
      return Duration.ZERO;
    }
    int doublings = Math.min(failures - FREE_FAILURES, 10);
    Duration wait = FIRST_WAIT.multipliedBy(1L << doublings);
    return wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
  }
}
