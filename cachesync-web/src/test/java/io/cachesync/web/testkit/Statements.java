package io.cachesync.web.testkit;

import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.ibatis.executor.statement.StatementHandler;
import org.apache.ibatis.plugin.Interceptor;
import org.apache.ibatis.plugin.Intercepts;
import org.apache.ibatis.plugin.Invocation;
import org.apache.ibatis.plugin.Signature;
import org.apache.ibatis.session.ResultHandler;

/** What mappers ask of the database, in its order; what they remember they do not ask again. */
@Intercepts({
  @Signature(
      type = StatementHandler.class,
      method = "query",
      args = {Statement.class, ResultHandler.class}),
  @Signature(
      type = StatementHandler.class,
      method = "update",
      args = {Statement.class})
})
public final class Statements implements Interceptor {
  private final List<String> told = new CopyOnWriteArrayList<>();

  /** Each in one line, with what it was asked with behind it. */
  public List<String> told() {
    return List.copyOf(told);
  }

  public void forget() {
    told.clear();
  }

  @Override
  public Object intercept(Invocation invocation) throws Throwable {
    var sql = ((StatementHandler) invocation.getTarget()).getBoundSql();
    told.add(sql.getSql().replaceAll("\\s+", " ").strip() + " [" + sql.getParameterObject() + "]");
    return invocation.proceed();
  }
}
