package io.cachesync.web.check;

/** A piece of a program's file. */
final class ToolPiece {
  private final byte[] content;

  ToolPiece(byte[] content) {
    this.content = content;
  }

  byte[] content() {
    return content;
  }
}
