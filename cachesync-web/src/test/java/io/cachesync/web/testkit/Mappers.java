package io.cachesync.web.testkit;

import com.zaxxer.hikari.HikariDataSource;
import java.util.UUID;
import org.apache.ibatis.mapping.Environment;
import org.apache.ibatis.session.Configuration;
import org.apache.ibatis.session.SqlSession;
import org.apache.ibatis.session.SqlSessionFactoryBuilder;
import org.apache.ibatis.transaction.jdbc.JdbcTransactionFactory;
import org.flywaydb.core.Flyway;

/** Mappers on a database with the schema of sql/, configured as the console's are. */
public final class Mappers implements AutoCloseable {
  private final HikariDataSource source = new HikariDataSource();
  private final SqlSession session;

  private Mappers(String url, String user) {
    source.setJdbcUrl(url);
    source.setUsername(user);
    source.setPassword("");
    source.setMaximumPoolSize(2);
    Flyway.configure().dataSource(source).locations("classpath:db/migration").load().migrate();
    Configuration configuration =
        new Configuration(new Environment("test", new JdbcTransactionFactory(), source));
    configuration.setMapUnderscoreToCamelCase(true);
    configuration.setArgNameBasedConstructorAutoMapping(true);
    session = new SqlSessionFactoryBuilder().build(configuration).openSession(true);
  }

  /** On a database in memory. */
  public static Mappers onH2() {
    return new Mappers(
        "jdbc:h2:mem:"
            + UUID.randomUUID()
            + ";MODE=MySQL;DATABASE_TO_LOWER=TRUE;CASE_INSENSITIVE_IDENTIFIERS=TRUE",
        "sa");
  }

  /** On a new database of the server. */
  public static Mappers on(DatabaseServer server) {
    String name = "t" + UUID.randomUUID().toString().replace("-", "");
    return new Mappers(server.createDatabase(name), "root");
  }

  public <T> T get(Class<T> mapper) {
    if (!session.getConfiguration().hasMapper(mapper)) {
      session.getConfiguration().addMapper(mapper);
    }
    return session.getMapper(mapper);
  }

  @Override
  public void close() {
    session.close();
    source.close();
  }
}
