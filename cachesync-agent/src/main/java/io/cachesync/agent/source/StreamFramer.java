package io.cachesync.agent.source;

import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.FaultException;

/**
 * Finds where commands end in a stream that comes in any pieces, and which database is selected
 * there. Each byte is looked at once; nothing is allocated.
 *
 * <pre>*2 CR LF $6 CR LF SELECT CR LF $1 CR LF 3 CR LF</pre>
 */
final class StreamFramer {
  private static final int MAX_ARGUMENTS = Integer.MAX_VALUE - 8;

  /** Only short first and second arguments matter: SELECT n, REPLCONF GETACK. */
  private static final int KEPT_BYTES = 10;

  private enum State {
    COMMAND,
    COUNT,
    COUNT_LF,
    ARGUMENT,
    LENGTH,
    LENGTH_LF,
    DATA,
    DATA_CR,
    DATA_LF
  }

  private final byte[] name = new byte[KEPT_BYTES];
  private final byte[] second = new byte[KEPT_BYTES];
  private State state = State.COMMAND;
  private long number;
  private int digits;
  private int argument;
  private int arguments;
  private long dataLeft;
  private int nameLength;
  private int secondLength;

  /** What {@link #header} has read. */
  private int lineNumber;

  private long offset;
  private int database;
  private long commands;
  private long countedAfter = -1;
  private long getAckOffset = -1;
  private boolean getAckPending;

  /**
   * @param offset replication offset before the first byte
   * @param database selected there, or -1 if unknown
   */
  StreamFramer(long offset, int database) {
    this.offset = offset;
    this.database = database;
  }

  /**
   * Takes the next bytes of the stream, all of them.
   *
   * @return how many of them belong to commands that have ended; the rest begin one that has not
   */
  int take(byte[] bytes, int start, int length) throws FaultException {
    int end = start + length;
    int at = start;
    int whole = start;
    while (at < end) {
      int behind = state == State.COMMAND ? wholeCommand(bytes, at, end) : -1;
      if (behind > 0) {
        at = behind;
        whole = at;
        finish(offset + (at - start));
      } else if (state == State.DATA) {
        at += takeData(bytes, at, end);
      } else if (step(bytes[at++])) {
        whole = at;
        finish(offset + (at - start));
      }
    }
    offset += length;
    return whole - start;
  }

  /**
   * Passes over a command that is here as a whole, in one go: nearly all are. What is odd in any
   * way is left to {@link #step}, which tells what.
   *
   * @return where it ends, or -1
   */
  private int wholeCommand(byte[] bytes, int from, int end) {
    int at = header(bytes, from, end, '*');
    if (at < 0 || lineNumber == 0) {
      return -1;
    }
    arguments = lineNumber;
    nameLength = 0;
    secondLength = 0;
    for (int i = 0; i < arguments; i++) {
      at = header(bytes, at, end, '$');
      int length = lineNumber;
      if (at < 0 || end - at < length + 2L) {
        return -1;
      }
      if (arguments <= 3 && i < 2) {
        keep(i, bytes, at, length);
      }
      at += length + 2;
      if (bytes[at - 2] != '\r' || bytes[at - 1] != '\n') {
        return -1;
      }
    }
    return at;
  }

  private void keep(int index, byte[] bytes, int at, int length) {
    if (index == 0) {
      nameLength = Math.min(length, KEPT_BYTES + 1);
    } else {
      secondLength = Math.min(length, KEPT_BYTES + 1);
    }
    if (length <= KEPT_BYTES) {
      System.arraycopy(bytes, at, index == 0 ? name : second, 0, length);
    }
  }

  /** Reads a line of a type byte and up to nine digits; returns where the next begins, or -1. */
  private int header(byte[] bytes, int from, int end, char type) {
    // The shortest has a digit and its end.
    if (end - from < 4 || bytes[from] != type) {
      return -1;
    }
    int at = from + 1;
    int value = 0;
    while (at < end - 1) {
      int digit = bytes[at] - '0';
      if (digit < 0 || digit > 9) {
        break;
      }
      value = value * 10 + digit;
      at++;
    }
    int digits = at - from - 1;
    if (digits == 0 || digits > 9 || at + 1 >= end) {
      return -1;
    }
    if (bytes[at] != '\r' || bytes[at + 1] != '\n') {
      return -1;
    }
    lineNumber = value;
    return at + 2;
  }

  /** Replication offset after the last byte taken. */
  long offset() {
    return offset;
  }

  /** Selected after the last whole command. */
  int database() {
    return database;
  }

  /** How many have ended, those at or below {@link #countAfter} left out. */
  long commands() {
    return commands;
  }

  /** Commands that end at or below this offset do not count. */
  void countAfter(long newOffset) {
    countedAfter = newOffset;
  }

  /** Offset after the last REPLCONF GETACK, or -1. */
  long getAckOffset() {
    return getAckOffset;
  }

  /** Whether a REPLCONF GETACK has come since this was last asked. */
  boolean takeGetAck() {
    boolean asked = getAckPending;
    getAckPending = false;
    return asked;
  }

  /** Takes one byte outside of data; returns whether it ends a command. */
  private boolean step(byte b) throws FaultException {
    switch (state) {
      case COMMAND -> {
        expect(b, '*');
        begin(State.COUNT);
      }
      case COUNT -> takeDigit(b, State.COUNT_LF);
      case COUNT_LF -> {
        expect(b, '\n');
        beginCommand();
      }
      case ARGUMENT -> {
        expect(b, '$');
        begin(State.LENGTH);
      }
      case LENGTH -> takeDigit(b, State.LENGTH_LF);
      case LENGTH_LF -> {
        expect(b, '\n');
        beginData();
      }
      case DATA_CR -> {
        expect(b, '\r');
        state = State.DATA_LF;
      }
      case DATA_LF -> {
        expect(b, '\n');
        argument++;
        state = argument == arguments ? State.COMMAND : State.ARGUMENT;
        return state == State.COMMAND;
      }
      default -> throw new IllegalStateException(state.name());
    }
    return false;
  }

  private void begin(State next) {
    state = next;
    number = 0;
    digits = 0;
  }

  private void takeDigit(byte b, State next) throws FaultException {
    if (b == '\r' && digits > 0) {
      state = next;
      return;
    }
    int digit = b - '0';
    if (digit < 0 || digit > 9 || ++digits > 18) {
      throw lost(b);
    }
    number = number * 10 + digit;
  }

  private void beginCommand() throws FaultException {
    if (number < 1 || number > MAX_ARGUMENTS) {
      throw lost((byte) '\n');
    }
    arguments = (int) number;
    argument = 0;
    nameLength = 0;
    secondLength = 0;
    state = State.ARGUMENT;
  }

  private void beginData() {
    dataLeft = number;
    if (argument == 0) {
      nameLength = (int) Math.min(number, KEPT_BYTES + 1);
    } else if (argument == 1) {
      secondLength = (int) Math.min(number, KEPT_BYTES + 1);
    }
    state = dataLeft == 0 ? State.DATA_CR : State.DATA;
  }

  private int takeData(byte[] bytes, int at, int end) {
    int taken = (int) Math.min(dataLeft, end - at);
    if (argument == 0) {
      keep(name, nameLength, bytes, at, taken);
    } else if (argument == 1) {
      keep(second, secondLength, bytes, at, taken);
    }
    dataLeft -= taken;
    if (dataLeft == 0) {
      state = State.DATA_CR;
    }
    return taken;
  }

  private void keep(byte[] kept, int keptLength, byte[] bytes, int at, int taken) {
    if (keptLength <= KEPT_BYTES) {
      System.arraycopy(bytes, at, kept, keptLength - (int) dataLeft, taken);
    }
  }

  private void finish(long endOffset) throws FaultException {
    if (endOffset > countedAfter) {
      commands++;
    }
    if (arguments == 2 && is(name, nameLength, "SELECT")) {
      database = selected(endOffset);
    } else if (arguments == 3
        && is(name, nameLength, "REPLCONF")
        && is(second, secondLength, "GETACK")) {
      getAckOffset = endOffset;
      getAckPending = true;
    }
  }

  private int selected(long endOffset) throws FaultException {
    int value = 0;
    boolean valid = secondLength > 0 && secondLength <= 9;
    for (int i = 0; valid && i < secondLength; i++) {
      int digit = second[i] - '0';
      valid = digit >= 0 && digit <= 9;
      value = value * 10 + digit;
    }
    if (!valid) {
      throw new FaultException(
          Fault.fatal(
              FaultCode.STREAM_CORRUPT, "a SELECT without a number ends at offset " + endOffset));
    }
    return value;
  }

  private static boolean is(byte[] kept, int length, String upperCase) {
    if (length != upperCase.length()) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      // Scripts may spell a command as they like.
      if ((kept[i] & ~0x20) != upperCase.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private void expect(byte b, char wanted) throws FaultException {
    if (b != wanted) {
      throw lost(b);
    }
  }

  private FaultException lost(byte b) {
    return new FaultException(
        Fault.fatal(
            FaultCode.STREAM_CORRUPT,
            "the stream behind offset "
                + offset
                + " is not made of commands: found 0x"
                + Integer.toHexString(b & 0xff)
                + " instead of "
                + state));
  }
}
