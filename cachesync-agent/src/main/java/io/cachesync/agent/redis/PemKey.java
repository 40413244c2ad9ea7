package io.cachesync.agent.redis;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * A private key out of PEM text, in each form that openssl writes: PKCS#8 (RFC 5208), plain or
 * encrypted, PKCS#1 (RFC 8017) and SEC 1 (RFC 5915), which are put into the frame of PKCS#8, as the
 * JDK reads no other.
 */
final class PemKey {
  private static final Pattern BLOCK =
      Pattern.compile(
          "-----BEGIN ((?:[A-Z]+ )?PRIVATE KEY)-----(.*?)-----END \\1-----", Pattern.DOTALL);

  private static final int INTEGER = 0x02;
  private static final int OCTETS = 0x04;
  private static final int SEQUENCE = 0x30;
  private static final int PARAMETERS = 0xa0;

  /** The version, 0. */
  private static final byte[] VERSION = {INTEGER, 1, 0};

  /** 1.2.840.113549.1.1.1, rsaEncryption, and the NULL that stands for its parameters. */
  private static final byte[] RSA = {
    6, 9, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 1, 1, 1, 5, 0
  };

  /** 1.2.840.10045.2.1, ecPublicKey. */
  private static final byte[] EC = {6, 7, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 2, 1};

  private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA", "RSASSA-PSS");

  private PemKey() {}

  /**
   * @param password empty where there is none
   * @throws GeneralSecurityException with a sentence of what is wrong with it
   */
  static PrivateKey parse(String pem, String password) throws GeneralSecurityException {
    Matcher block = BLOCK.matcher(pem);
    if (!block.find()) {
      throw new GeneralSecurityException("holds no private key in PEM form");
    }
    String body = block.group(2);
    if (body.contains("Proc-Type:")) {
      throw new GeneralSecurityException(
          "is encrypted in the old form of openssl; openssl pkcs8 -topk8 makes one that can be"
              + " read");
    }
    byte[] der = decode(body);
    return switch (block.group(1)) {
      case "RSA PRIVATE KEY" -> key(framed(RSA, der));
      case "EC PRIVATE KEY" -> key(framed(join(EC, curve(der)), der));
      case "ENCRYPTED PRIVATE KEY" -> decrypt(der, password);
      case "PRIVATE KEY" -> key(new PKCS8EncodedKeySpec(der));
      default -> throw new GeneralSecurityException("holds a key of a kind that cannot be read");
    };
  }

  private static byte[] decode(String body) throws GeneralSecurityException {
    try {
      return Base64.getMimeDecoder().decode(body);
    } catch (IllegalArgumentException e) {
      throw new GeneralSecurityException("holds no private key in PEM form", e);
    }
  }

  private static PrivateKey decrypt(byte[] der, String password) throws GeneralSecurityException {
    if (password.isEmpty()) {
      throw new GeneralSecurityException("is encrypted, and no password was given for it");
    }
    try {
      EncryptedPrivateKeyInfo encrypted = new EncryptedPrivateKeyInfo(der);
      // The text of the parameters names the whole scheme; the algorithm alone is only "PBES2".
      String scheme = encrypted.getAlgParameters().toString();
      PBEKeySpec secret = new PBEKeySpec(password.toCharArray());
      Cipher cipher = Cipher.getInstance(scheme);
      cipher.init(
          Cipher.DECRYPT_MODE,
          SecretKeyFactory.getInstance(scheme).generateSecret(secret),
          encrypted.getAlgParameters());
      return key(encrypted.getKeySpec(cipher));
    } catch (IOException e) {
      throw new GeneralSecurityException("is encrypted in a way that cannot be read", e);
    } catch (GeneralSecurityException e) {
      throw new GeneralSecurityException("cannot be decrypted with the password given", e);
    }
  }

  private static PrivateKey key(PKCS8EncodedKeySpec spec) throws GeneralSecurityException {
    for (String algorithm : ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(spec);
      } catch (InvalidKeySpecException e) {
        continue; // Of another algorithm.
      }
    }
    throw new GeneralSecurityException("holds a key of a kind that cannot be read");
  }

  /** {@code SEQUENCE { 0, SEQUENCE { algorithm }, OCTET STRING { key } }}. */
  private static PKCS8EncodedKeySpec framed(byte[] algorithm, byte[] key) {
    return new PKCS8EncodedKeySpec(
        element(SEQUENCE, join(VERSION, join(element(SEQUENCE, algorithm), element(OCTETS, key)))));
  }

  /** What stands under [0] of {@code SEQUENCE { 1, OCTET STRING, [0] curve, [1] public key }}. */
  private static byte[] curve(byte[] der) throws GeneralSecurityException {
    try {
      int at = content(der, 0);
      while (at < der.length) {
        int from = content(der, at);
        int to = from + length(der, at);
        if ((der[at] & 0xff) == PARAMETERS) {
          return Arrays.copyOfRange(der, from, to);
        }
        at = to;
      }
    } catch (ArrayIndexOutOfBoundsException e) {
      throw new GeneralSecurityException("holds no private key in PEM form", e);
    }
    throw new GeneralSecurityException("does not say of which curve its key is");
  }

  /** Where the content of the element that begins there begins. */
  private static int content(byte[] der, int at) {
    int first = der[at + 1] & 0xff;
    return at + 2 + (first < 0x80 ? 0 : first & 0x7f);
  }

  private static int length(byte[] der, int at) {
    int first = der[at + 1] & 0xff;
    if (first < 0x80) {
      return first;
    }
    int length = 0;
    for (int i = 0; i < (first & 0x7f); i++) {
      length = length << 8 | der[at + 2 + i] & 0xff;
    }
    return length;
  }

  private static byte[] element(int tag, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    if (content.length < 0x80) {
      out.write(content.length);
    } else {
      boolean isShort = content.length < 0x100;
      out.write(isShort ? 0x81 : 0x82);
      if (!isShort) {
        out.write(content.length >> 8);
      }
      out.write(content.length);
    }
    out.writeBytes(content);
    return out.toByteArray();
  }

  private static byte[] join(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }
}
