package io.cachesync.agent.verify;

import java.util.Arrays;

/**
 * The registers of a HyperLogLog (hyperloglog.c).
 *
 * <pre>
 * HYLL · encoding (1: 0 dense, 1 sparse) · unused (3) · cached count (8) · registers
 * dense:  16384 registers of 6 bits, the lowest bits first
 * sparse: 00xxxxxx            x + 1 registers that are 0
 *         01xxxxxx yyyyyyyy   xy + 1 registers that are 0
 *         1vvvvvxx            x + 1 registers that are v + 1
 * </pre>
 */
final class HyperLogLog {
  /** No HyperLogLog has more. */
  static final int MOST_BYTES = 16 * 1024;

  private static final int HEADER = 16;
  private static final int REGISTERS = 16_384;
  private static final int DENSE_BYTES = HEADER + REGISTERS * 6 / 8;

  private HyperLogLog() {}

  /** Whether both are one and have counted the same. */
  static boolean sameCounts(byte[] one, byte[] other) {
    byte[] first = registers(one);
    byte[] second = registers(other);
    return first != null && second != null && Arrays.equals(first, second);
  }

  /** One byte for each register, or null where it is none. */
  private static byte[] registers(byte[] bytes) {
    if (bytes.length < HEADER
        || bytes[0] != 'H'
        || bytes[1] != 'Y'
        || bytes[2] != 'L'
        || bytes[3] != 'L') {
      return null;
    }
    return switch (bytes[4]) {
      case 0 -> dense(bytes);
      case 1 -> sparse(bytes);
      default -> null;
    };
  }

  private static byte[] dense(byte[] bytes) {
    if (bytes.length != DENSE_BYTES) {
      return null;
    }
    byte[] registers = new byte[REGISTERS];
    for (int i = 0; i < REGISTERS; i++) {
      int bit = i * 6;
      int at = HEADER + bit / 8;
      int low = bytes[at] & 0xff;
      int high = at + 1 < bytes.length ? bytes[at + 1] & 0xff : 0;
      registers[i] = (byte) (((high << 8 | low) >>> (bit % 8)) & 63);
    }
    return registers;
  }

  private static byte[] sparse(byte[] bytes) {
    byte[] registers = new byte[REGISTERS];
    int register = 0;
    for (int at = HEADER; at < bytes.length; at++) {
      int code = bytes[at] & 0xff;
      int run;
      int value = 0;
      if (code >= 128) {
        value = ((code >> 2) & 31) + 1;
        run = (code & 3) + 1;
      } else if (code >= 64) {
        if (++at == bytes.length) {
          return null;
        }
        run = ((code & 63) << 8 | (bytes[at] & 0xff)) + 1;
      } else {
        run = code + 1;
      }
      if (register + run > REGISTERS) {
        return null;
      }
      Arrays.fill(registers, register, register + run, (byte) value);
      register += run;
    }
    return register == REGISTERS ? registers : null;
  }
}
