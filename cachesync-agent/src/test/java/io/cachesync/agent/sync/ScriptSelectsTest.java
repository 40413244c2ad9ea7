package io.cachesync.agent.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScriptSelectsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "redis.call('select', 3)                                        | 3",
        "redis.call('SELECT','3') redis.pcall( \"select\" , 0 )         | 3 0",
        "redis.call([[select]], ARGV[1])                                | ARGV1",
        "redis.call('select', tonumber(KEYS[2]))                        | KEYS2",
        "local db = ARGV[2] redis.call('select', db)                    | ARGV2",
        "local db = tonumber(ARGV[2]); redis.call('select', db)         | ARGV2",
        "local db = 1; db = 2; redis.call('select', db)                 | -1",
        "local db = ARGV[1] and 3 or 0 redis.call('select', db)         | -1",
        "for db = 1, 3 do redis.call('select', db) end                  | -1",
        "redis.call('select', ARGV[1] + 1)                              | -1",
        "local c = {'select', 3} redis.call(unpack(c))                  | -1",
        "local c = 'select' redis.call(c, 3)                            | -1",
        "redis.call('move', KEYS[1], 4)                                 | 4",
        "redis.call('move', KEYS[1], select(1, 4))                      | -1",
        "redis.call('flushall')                                         | -2",
        "redis.call( \"FlushDB\", 'async')                               | -2",
        "redis.call 'flushall'                                          | -2",
        "redis.pcall[[flushdb]] redis.call('swapdb', 0, 1)              | -2 -3",
        "local c = {'flushdb'} redis.call('select', ARGV[1])            | -2 ARGV1",
        "redis.pcall(redis.call, 'flushall')                            | -2",
        "pcall(redis.call, 'select', 3)                                 | 3",
        "redis.call(--[[x]]'select',1)                                  | 1",
        "`redis.call( -- wipe\n 'flushall')` | -2",
        "redis.call([==[flushall]==]) redis.call([=[select]=], 2)       | -2 2",
        "redis.call('\\115elect', 1) redis.call('flush\\097ll')          | -2 1",
        "loadstring('redis.call(\"flushall\")')()                        | -2",
        "`-- redis.call('flushall')\nreturn redis.call('get', KEYS[1])` | ``",
        "--[[ redis.call('select', 1) ]] return 'redis.call(\"select\"'  | ``",
        "return ARGV[ KEYS[1] ] .. 'it\\'s ('                             | ``",
        "if ARGV[1] == 'flushall' then return 1 end                     | ``",
        "redis.call('hset', KEYS[1], 'flushall', 1)                     | ``",
        "return select('#', 1, 2)                                       | ``",
        "if ARGV[1] == 'select' then return 1 end                       | ``",
        "redis.call('hset', KEYS[1], 'select', 'move')                  | ``",
        "return redis.call('set', KEYS[1], ARGV[1])                     | ``"
      })
  void tellsWhichDatabasesATextNames(String text, String words) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    assertThat(ScriptSelects.of(bytes, 0, bytes.length)).isEqualTo(words);
  }
}
