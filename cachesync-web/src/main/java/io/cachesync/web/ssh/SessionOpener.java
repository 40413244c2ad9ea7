package io.cachesync.web.ssh;

import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.KeyPair;
import com.jcraft.jsch.Session;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Properties;

/** Opens one SSH session and says in our words why it cannot. */
final class SessionOpener {
  private static final int CONNECT_MILLIS = 10_000;
  private static final int KEEP_ALIVE_MILLIS = 5_000;
  private static final int KEEP_ALIVES_MISSED = 3;

  private SessionOpener() {}

  static Session open(SshTarget target) {
    if (target.pin() == null) {
      throw fault(SshFault.Code.HOST_KEY_UNKNOWN, target, "nobody confirmed its host key", null);
    }
    HostKeyCheck check = new HostKeyCheck(target.pin());
    Dialer dialer = new Dialer(CONNECT_MILLIS);
    Session session = null;
    try {
      JSch jsch = new JSch();
      session = prepare(jsch, target, check, dialer);
      session.connect(CONNECT_MILLIS);
      return session;
    } catch (JSchException e) {
      throw explain(target, check, dialer, e);
    } finally {
      // Whatever ended the attempt: no connection stays that nobody knows of.
      if (session != null && !session.isConnected()) {
        session.disconnect();
      }
    }
  }

  /** Asks a host for its key. Nothing is sent that would tell who asks. */
  static HostKeyPin hostKey(String host, int port) {
    SshTarget target = new SshTarget(host, port, "nobody", new SshLogin.Password(""), null);
    HostKeyCheck check = new HostKeyCheck(null);
    Dialer dialer = new Dialer(CONNECT_MILLIS);
    Session session = null;
    try {
      session = prepare(new JSch(), target, check, dialer);
      session.connect(CONNECT_MILLIS);
    } catch (JSchException e) {
      if (check.shown() == null) {
        throw explain(target, check, dialer, e);
      }
    } finally {
      if (session != null) {
        session.disconnect();
      }
    }
    return check.shown();
  }

  private static Session prepare(JSch jsch, SshTarget target, HostKeyCheck check, Dialer dialer)
      throws JSchException {
    Session session = jsch.getSession(target.user(), target.host(), target.port());
    session.setHostKeyRepository(check);
    session.setSocketFactory(dialer);
    session.setDaemonThread(true);
    session.setServerAliveInterval(KEEP_ALIVE_MILLIS);
    session.setServerAliveCountMax(KEEP_ALIVES_MISSED);
    session.setConfig(config(target));
    if (target.login() instanceof SshLogin.Password login) {
      session.setPassword(login.password().getBytes(StandardCharsets.UTF_8));
      session.setUserInfo(new PasswordAnswers(login.password()));
    } else if (target.login() instanceof SshLogin.PrivateKey login) {
      addKey(jsch, target, login);
    }
    return session;
  }

  private static Properties config(SshTarget target) {
    Properties config = new Properties();
    config.setProperty("StrictHostKeyChecking", "yes");
    config.setProperty(
        "PreferredAuthentications",
        target.login() instanceof SshLogin.PrivateKey
            ? "publickey"
            : "password,keyboard-interactive");
    config.setProperty("NumberOfPasswordPrompts", "1");
    if (target.pin() != null) {
      config.setProperty("server_host_key", algorithmsOf(target.pin().algorithm()));
    }
    return config;
  }

  /** An RSA key signs by algorithms that are not named as the key (RFC 8332). */
  private static String algorithmsOf(String keyType) {
    return keyType.equals("ssh-rsa") ? "rsa-sha2-512,rsa-sha2-256" : keyType;
  }

  private static void addKey(JSch jsch, SshTarget target, SshLogin.PrivateKey login) {
    byte[] key = login.privateKey().strip().concat("\n").getBytes(StandardCharsets.UTF_8);
    byte[] passphrase = login.passphrase().getBytes(StandardCharsets.UTF_8);
    try {
      KeyPair pair = KeyPair.load(jsch, key.clone(), null);
      if (pair.isEncrypted() && !pair.decrypt(passphrase.clone())) {
        throw fault(
            SshFault.Code.KEY_UNREADABLE, target, "the passphrase does not open the key", null);
      }
      pair.dispose();
      jsch.addIdentity("key of " + target.user(), key, null, passphrase);
    } catch (JSchException e) {
      throw fault(SshFault.Code.KEY_UNREADABLE, target, "the private key cannot be read", e);
    }
  }

  private static SshFault explain(
      SshTarget target, HostKeyCheck check, Dialer dialer, JSchException e) {
    if (dialer.failure() != null) {
      return fault(dialer.failure(), target, "no connection", e);
    }
    if (check.shown() == null) {
      return fault(
          dialer.connected() ? SshFault.Code.NOT_SSH : SshFault.Code.UNREACHABLE,
          target,
          "no SSH handshake",
          e);
    }
    if (!check.accepted()) {
      return new SshFault(
          SshFault.Code.HOST_KEY_CHANGED,
          target.address()
              + " shows the host key "
              + check.shown().text()
              + ", not the confirmed "
              + (target.pin() == null ? "one" : target.pin().text()),
          e,
          target.address(),
          check.shown().fingerprint(),
          target.pin() == null ? "" : target.pin().fingerprint());
    }
    for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof IOException) {
        return fault(SshFault.Code.DROPPED, target, "the connection broke during the login", e);
      }
    }
    return fault(SshFault.Code.AUTH_FAILED, target, "the login was refused", e);
  }

  static SshFault fault(SshFault.Code code, SshTarget target, String what, Throwable cause) {
    return new SshFault(
        code, target.address() + ": " + what, cause, target.address(), target.user());
  }
}
