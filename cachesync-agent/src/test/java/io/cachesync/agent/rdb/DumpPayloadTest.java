package io.cachesync.agent.rdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.cachesync.agent.entry.KeyValue;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Payloads that real servers returned for DUMP, taken apart and put together again. */
class DumpPayloadTest {
  @ParameterizedTest
  @CsvSource({
    "6, 5, 00c0050600f5c237e6767a8fc2",
    "6, -3000, 00c148f40600f82ddca3e1985564",
    "6, 2000000000, 00c2009435770600d4ff40581526fc14",
    "6, , 00c3094064016161e0570001616106007e4edd874538cee2",
    "6, , 0a13130000000f000000030000016103f202fefbff06006374b81a598e51eb",
    "6, , 0bc321280408000000042003000120034000000240042000017011a01106f2052a0100000006002d61d8582"
        + "56f7fc9",
    "6, , 0c181800000012000000040000016103f20201620303322e35ff0600caba751d613a9224",
    "6, , 0d161600000013000000040000016603017603016703fdff0600c1c1e9b46f970125",
    "9, , 0e0113130000000f000000030000016103f202fefbff0900c3f48271c8c81397",
    "9, , 0f01100000000000000001000000000000000128280000000f0002010001010181660200010201000100018"
        + "1760204010201010100018176020401ff020201000900bfae07c0655f8e74",
    "12, , 1201020f0f00000003008161020101dffb02ff0c00644174fb7fd4cb70",
    "12, , 140f0f00000003008161028162020101ff0c008c1256f2d0327aa4",
    "12, , 1114140000000400816102010181620283322e3504ff0c001f3a5a640c6e479e",
    "12, , 10121200000004008166028176028167020c01ff0c0015650d530da91f37",
    "12, , 1900d8c32cbb0300001f1f0000000600816602817602f400d8c32cbb030000098167028177020001ff0c00"
        + "8436d9888806ec99",
    "12, , 150110000000000000000100000000000000011d1d0000000a000101000101018166020001020100010001"
        + "8176020401ff01010101010000010101670101010100000000000000010000000000000001f59316fda1010"
        + "00001010163f59316fda1010000f59316fda101000001000000000000000100000000000000010c00170500"
        + "71564121a1"
  })
  void makesWhatTheServerMade(int version, String text, String payload) throws IOException {
    byte[] expected = HexFormat.of().parseHex(payload);
    RdbReader reader = new RdbReader(new ByteArrayInputStream(snapshot(expected))::read);
    KeyValue value = new KeyValue();
    assertThat(reader.next(value)).isEqualTo(RdbRecord.KEY);
    assertThat(value.type()).isEqualTo(expected[0]);
    assertThat(DumpPayload.of(value, version)).isEqualTo(expected);
    assertThat(value.isPlainString()).isEqualTo(text != null);
    if (text != null) {
      assertThat(
              new String(
                  value.textBuffer(),
                  value.textOffset(),
                  value.textLength(),
                  StandardCharsets.US_ASCII))
          .isEqualTo(text);
    }
    assertThat(reader.next(value)).isEqualTo(RdbRecord.END);
  }

  /** A snapshot of version 12 with this one value, without a checksum. */
  private static byte[] snapshot(byte[] payload) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes("REDIS0012".getBytes(StandardCharsets.US_ASCII));
    bytes.write(payload[0]);
    bytes.writeBytes(new byte[] {1, 'k'});
    bytes.write(payload, 1, payload.length - 1 - DumpPayload.FOOTER_BYTES);
    bytes.write(0xff);
    bytes.writeBytes(new byte[8]);
    return bytes.toByteArray();
  }
}
