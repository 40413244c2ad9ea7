package io.cachesync.agent.redis;

import io.cachesync.agent.resp.RespFormatException;
import io.cachesync.agent.resp.RespReader;
import io.cachesync.agent.resp.RespValue;
import io.cachesync.agent.resp.RespWriter;
import io.cachesync.contract.Fault;
import io.cachesync.contract.FaultCode;
import io.cachesync.contract.TlsIdentity;
import io.cachesync.contract.TlsSpec;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSocket;

/**
 * A blocking connection to one server. For one thread at a time, but {@link #close()} may come from
 * any and ends a waiting read.
 *
 * <p>Every failure is a {@link RedisException}; after one that is not an error reply the connection
 * is of no more use.
 */
public final class RedisConnection implements Closeable {
  private static final int MUCH_BYTES = 8 * 1024;

  /** What was said before the end is here already. */
  private static final int LAST_WORDS_MILLIS = 1_000;

  private final HostAndPort address;
  private final Socket socket;
  private final OutputStream socketOut;
  private final RespReader in;
  private final RespWriter out = new RespWriter();
  private boolean passwordUnneeded;

  /** Who has ever answered a connection of the same client. */
  private final Set<HostAndPort> answering;

  private boolean answered;
  private boolean hearsLastWords;

  private RedisConnection(HostAndPort address, Socket socket, Set<HostAndPort> answering)
      throws IOException {
    this.address = address;
    this.answering = answering;
    this.socket = socket;
    this.socketOut = socket.getOutputStream();
    this.in = new RespReader(new FaultingInput(socket.getInputStream()));
  }

  /**
   * Connects without signing in.
   *
   * @param answering who has answered before; a server that answers is put in
   */
  static RedisConnection open(
      HostAndPort address,
      TlsSpec tls,
      TlsIdentity identity,
      RedisTimeouts timeouts,
      Set<HostAndPort> answering)
      throws RedisException {
    Socket socket = RedisSockets.open(address, tls, identity, timeouts);
    try {
      return new RedisConnection(address, socket, answering);
    } catch (IOException e) {
      RedisSockets.closeQuietly(socket);
      throw new RedisException(
          Fault.retryable(FaultCode.CONNECTION_LOST, address + " closed the connection"), e);
    }
  }

  public HostAndPort address() {
    return address;
  }

  /** Whether a password was given and the server asks for none. */
  public boolean passwordUnneeded() {
    return passwordUnneeded;
  }

  /** What the server has shown of itself; empty without TLS. */
  public Optional<X509Certificate> serverCertificate() {
    if (!(socket instanceof SSLSocket tls)) {
      return Optional.empty();
    }
    try {
      Certificate[] chain = tls.getSession().getPeerCertificates();
      return chain[0] instanceof X509Certificate x509 ? Optional.of(x509) : Optional.empty();
    } catch (SSLPeerUnverifiedException e) {
      return Optional.empty();
    }
  }

  /** Sends one command and reads its reply; an error reply is thrown. */
  public RespValue call(String... words) throws RedisException {
    return successOf(tryCall(words));
  }

  /** Sends one command and reads its reply; an error reply is thrown. */
  public RespValue call(byte[]... words) throws RedisException {
    out.command(words);
    return successOf(flushAndRead());
  }

  /** Sends one command and reads its reply; an error reply is returned. */
  public RespValue tryCall(String... words) throws RedisException {
    out.command(words);
    return flushAndRead();
  }

  /**
   * Where the connection breaks while something is sent, its last answers are read for why it did.
   * Only where the thread that sends is the one that reads.
   */
  public void hearLastWords() {
    hearsLastWords = true;
  }

  /** Where commands of a pipeline are built; {@link #flush()} sends them. */
  public RespWriter out() {
    return out;
  }

  /**
   * Sends what was built once it is much, where very many small commands are built before a reply
   * is read: a job with a large cluster has a thousand connections that do so.
   */
  public void flushWhereMuch() throws RedisException {
    if (out.length() >= MUCH_BYTES) {
      flush();
    }
  }

  /** Sends what stands in {@link #out()}. */
  public void flush() throws RedisException {
    try {
      out.writeTo(socketOut);
      socketOut.flush();
    } catch (IOException e) {
      throw writeFailure(e);
    }
  }

  /** Sends bytes past {@link #out()}, which should be empty. */
  public void write(byte[] bytes, int offset, int length) throws RedisException {
    try {
      socketOut.write(bytes, offset, length);
      socketOut.flush();
    } catch (IOException e) {
      throw writeFailure(e);
    }
  }

  /** Reads one reply; an error reply is returned. */
  public RespValue read() throws RedisException {
    try {
      RespValue reply = in.read();
      answered();
      return reply;
    } catch (IOException e) {
      throw failure(e);
    }
  }

  /**
   * Reads the type byte of the next token, whose bytes stand in {@link #in()}; for pipelines
   * without allocation.
   */
  public byte readToken() throws RedisException {
    try {
      byte type = in.readToken();
      answered();
      return type;
    } catch (IOException e) {
      throw failure(e);
    }
  }

  /** The same; a string of more bytes is told as a null. */
  public byte readToken(int most) throws RedisException {
    try {
      byte type = in.readToken(most);
      answered();
      return type;
    } catch (IOException e) {
      throw failure(e);
    }
  }

  /**
   * Whether a reply, or its beginning, can be read without waiting. That the connection has ended
   * is not seen so, and over TLS, where only a read can tell, it is always true.
   */
  public boolean isReady() throws RedisException {
    try {
      return socket instanceof SSLSocket || in.isReady();
    } catch (IOException e) {
      throw failure(e);
    }
  }

  /** The reader, for the bytes of the last token. Its own reads may throw any IOException. */
  public RespReader in() {
    return in;
  }

  /** Takes raw bytes as they come, at least one; the end of the connection is thrown. */
  public int readRaw(byte[] buffer, int offset, int length) throws RedisException {
    try {
      int read = in.readRaw(buffer, offset, length);
      answered();
      return read;
    } catch (IOException e) {
      throw failure(e);
    }
  }

  /** Reads a line of the replication handshake, passing over empty ones. */
  public String readReplicationLine() throws RedisException {
    try {
      String line = in.readReplicationLine();
      answered();
      return line;
    } catch (IOException e) {
      throw failure(e);
    }
  }

  /** The reply itself, or its error thrown. */
  public RespValue successOf(RespValue reply) throws RedisException {
    if (reply.isError()) {
      throw new RedisException(
          ReplyFault.of(address.toString(), reply.errorPrefix(), reply.text()));
    }
    return reply;
  }

  /** The fault of the error that {@link #readToken()} has just returned. */
  public Fault tokenFault() {
    return ReplyFault.of(address.toString(), in.tokenErrorPrefix(), in.tokenText());
  }

  /** What the server says of itself. */
  public ServerInfo info() throws RedisException {
    return ServerInfo.parse(call("INFO").text());
  }

  /** One section of what the server says of itself, such as {@code replication}. */
  public ServerInfo info(String section) throws RedisException {
    return ServerInfo.parse(call("INFO", section).text());
  }

  /**
   * Makes sure that the server is none of a cluster's.
   *
   * @param info that tells the server's mode
   * @throws RedisException NOT_STANDALONE where it is one
   */
  public void refuseCluster(ServerInfo info) throws RedisException {
    if (info.mode().equals("cluster")) {
      throw new RedisException(
          Fault.fatal(
              FaultCode.NOT_STANDALONE,
              address + " is a node of a cluster: give it as a cluster, redis-cluster://…"));
    }
  }

  /** The server's clock, Unix time in milliseconds. */
  public long timeMillis() throws RedisException {
    RespValue time = call("TIME");
    try {
      if (time.elements().size() != 2) {
        throw new RespFormatException("expected seconds and microseconds, got " + time);
      }
      return time.elements().get(0).integer() * 1000 + time.elements().get(1).integer() / 1000;
    } catch (IOException e) {
      throw failure(e);
    }
  }

  public void readTimeout(Duration timeout) throws RedisException {
    try {
      socket.setSoTimeout(Math.toIntExact(timeout.toMillis()));
    } catch (SocketException e) {
      throw failure(e);
    }
  }

  /** Port of this end, as the other end shows it in CLIENT LIST. */
  public int localPort() {
    return socket.getLocalPort();
  }

  public boolean isClosed() {
    return socket.isClosed();
  }

  @Override
  public void close() {
    RedisSockets.closeQuietly(socket);
  }

  @Override
  public String toString() {
    return address.toString();
  }

  /**
   * Signs in; below 6.0 with the password alone. Without a password the default user is not signed
   * in, as every connection begins with it, and another one with an empty password. Nothing of the
   * reply goes into the message: an unknown AUTH would echo its arguments.
   */
  void authenticate(String user, String password) throws RedisException {
    if (password.isEmpty() && (user.isEmpty() || user.equals("default"))) {
      return;
    }
    RespValue reply = user.isEmpty() ? tryCall("AUTH", password) : tryCall("AUTH", user, password);
    if (reply.isError() && user.equals("default") && reply.errorPrefix().equals("ERR")) {
      reply = tryCall("AUTH", password);
    }
    if (!reply.isError()) {
      return;
    }
    if (reply.errorPrefix().equals("ERR") && !tryCall("PING").isError()) {
      passwordUnneeded = true;
      return;
    }
    Fault fault = ReplyFault.of(address.toString(), reply.errorPrefix(), "");
    throw new RedisException(
        fault.retryable()
            ? Fault.retryable(fault.code(), address + " is " + reply.errorPrefix())
            : Fault.fatal(
                FaultCode.AUTH_FAILED,
                address + " refused " + (user.isEmpty() ? "the password" : "user " + user)));
  }

  private void answered() {
    if (!answered) {
      answered = true;
      answering.add(address);
    }
  }

  private RespValue flushAndRead() throws RedisException {
    flush();
    return read();
  }

  /** Why a TLS server has ended the connection stands in what it sent before. */
  private RedisException writeFailure(IOException e) {
    if (!answered && socket instanceof SSLSocket) {
      try {
        in.readToken();
      } catch (SSLException told) {
        return failure(told);
      } catch (IOException nothing) {
        e.addSuppressed(nothing);
      }
    } else if (hearsLastWords) {
      try {
        socket.setSoTimeout(LAST_WORDS_MILLIS);
        while (in.readToken() != RespReader.ERROR || !ReplyFault.isOfProtocol(in.tokenText())) {
          // The answers to what came before.
        }
        return new RedisException(tokenFault(), e);
      } catch (IOException nothing) {
        e.addSuppressed(nothing);
      }
    }
    return failure(e);
  }

  private RedisException failure(IOException e) {
    if (e instanceof RedisException known) {
      return known;
    }
    if (e instanceof SocketTimeoutException) {
      return new RedisException(
          Fault.retryable(FaultCode.CONNECTION_TIMEOUT, address + " does not answer"), e);
    }
    if (e instanceof RespFormatException) {
      return new RedisException(
          Fault.fatal(
              FaultCode.PROTOCOL_ERROR, address + " does not speak RESP: " + e.getMessage()),
          e);
    }
    if (e instanceof SSLException) {
      return new RedisException(TlsFaults.of(address, e), e);
    }
    String why = e instanceof EOFException || socket.isClosed() ? "ended" : "broke";
    if (!answered && socket instanceof SSLSocket) {
      // From TLS 1.3 on a server says so only behind the handshake, and the line may break first.
      why += " before its first answer, as where the server wants a certificate from us";
    } else if (!answered && !answering.contains(address)) {
      why += " before its first answer, as where the port speaks TLS: write rediss:// then";
    }
    return new RedisException(
        Fault.retryable(FaultCode.CONNECTION_LOST, "the connection to " + address + " " + why), e);
  }

  /** The end of the connection as an exception, so that no reader can mistake it for data. */
  private static final class FaultingInput extends InputStream {
    private final InputStream in;

    FaultingInput(InputStream in) {
      this.in = in;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      read(one, 0, 1);
      return one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int read = in.read(buffer, offset, length);
      if (read < 0) {
        throw new EOFException();
      }
      return read;
    }

    @Override
    public int available() throws IOException {
      return in.available();
    }
  }
}
