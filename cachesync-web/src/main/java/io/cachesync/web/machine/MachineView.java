package io.cachesync.web.machine;

/**
 * A machine in the list.
 *
 * @param load its newest sample, or null
 */
public record MachineView(Machine machine, int jobs, MachineSample load) {
  public int free() {
    return Math.max(0, machine.capacity() - jobs);
  }

  /** Tone of its badge. */
  public String tone() {
    if (machine.faultCode() != null) {
      return "bad";
    }
    return machine.state() == MachineState.READY ? "good" : "";
  }

  /** Icon of its badge. */
  public String icon() {
    if (machine.faultCode() != null) {
      return "error";
    }
    return switch (machine.state()) {
      case READY -> "ok";
      case NEW -> "clock";
      case DISABLED -> "pause";
    };
  }

  /** Message key of its badge. */
  public String label() {
    if (machine.faultCode() != null) {
      return "machine.state.FAULT";
    }
    return machine.hostKey() == null
        ? "machine.state.UNCONFIRMED"
        : "machine.state." + machine.state();
  }
}
