package io.cachesync.agent.entry;

/**
 * One key of a snapshot with its value's bytes as the source wrote them. Reused: the bytes are
 * valid until the next one is read.
 */
public final class KeyValue {
  /** Value of {@link #expireAtMillis()} for a key that does not expire. */
  public static final long NO_EXPIRY = -1;

  private static final byte[] NOTHING = new byte[0];

  private int database;
  private int type;
  private long expireAtMillis = NO_EXPIRY;
  private byte[] keyBuffer = NOTHING;
  private int keyOffset;
  private int keyLength;
  private byte[] bodyBuffer = NOTHING;
  private int bodyOffset;
  private int bodyLength;
  private byte[] textBuffer = NOTHING;
  private int textOffset;
  private int textLength = -1;
  private boolean firstPart = true;
  private boolean lastPart = true;

  public int database() {
    return database;
  }

  /** The type byte of the RDB. */
  public int type() {
    return type;
  }

  /** Unix time in milliseconds, or {@link #NO_EXPIRY}. */
  public long expireAtMillis() {
    return expireAtMillis;
  }

  public byte[] keyBuffer() {
    return keyBuffer;
  }

  public int keyOffset() {
    return keyOffset;
  }

  public int keyLength() {
    return keyLength;
  }

  /**
   * Holds the body: what follows the key in the RDB and stands between type and footer in a DUMP.
   */
  public byte[] bodyBuffer() {
    return bodyBuffer;
  }

  public int bodyOffset() {
    return bodyOffset;
  }

  public int bodyLength() {
    return bodyLength;
  }

  /** Whether this is a string that is not compressed, so that its text can be sent as it is. */
  public boolean isPlainString() {
    return textLength >= 0;
  }

  /** Holds the text of a plain string; one stored as an integer has been written out in digits. */
  public byte[] textBuffer() {
    return textBuffer;
  }

  public int textOffset() {
    return textOffset;
  }

  /** Length of the text, or -1 where this is not a plain string. */
  public int textLength() {
    return textLength;
  }

  /** Whether the value begins with this; true of a whole value. */
  public boolean isFirstPart() {
    return firstPart;
  }

  /** Whether the value ends with this; true of a whole value. */
  public boolean isLastPart() {
    return lastPart;
  }

  /** A copy of the key, for messages and tests. */
  public byte[] key() {
    byte[] key = new byte[keyLength];
    System.arraycopy(keyBuffer, keyOffset, key, 0, keyLength);
    return key;
  }

  /** Starts a new key or library; everything else is to be set after this. */
  public void reset(int newDatabase, int newType, long newExpireAtMillis) {
    database = newDatabase;
    type = newType;
    expireAtMillis = newExpireAtMillis;
    keyLength = 0;
    bodyLength = 0;
    textLength = -1;
    firstPart = true;
    lastPart = true;
  }

  /** This is only a part of the value. */
  public void part(boolean first, boolean last) {
    firstPart = first;
    lastPart = last;
  }

  /** Where the key lies in another database at the target. */
  public void database(int newDatabase) {
    database = newDatabase;
  }

  /** Where the same value is told in another form. */
  public void type(int newType) {
    type = newType;
  }

  public void key(byte[] buffer, int offset, int length) {
    keyBuffer = buffer;
    keyOffset = offset;
    keyLength = length;
  }

  public void body(byte[] buffer, int offset, int length) {
    bodyBuffer = buffer;
    bodyOffset = offset;
    bodyLength = length;
  }

  public void text(byte[] buffer, int offset, int length) {
    textBuffer = buffer;
    textOffset = offset;
    textLength = length;
  }
}
