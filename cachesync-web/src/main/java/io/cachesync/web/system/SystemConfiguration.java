package io.cachesync.web.system;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.http.converter.autoconfigure.ServerHttpMessageConvertersCustomizer;
import org.springframework.context.MessageSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.ResourceBundleMessageSource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.http.CacheControl;
import org.springframework.http.converter.json.JacksonJsonHttpMessageConverter;
import org.springframework.web.servlet.LocaleResolver;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.i18n.CookieLocaleResolver;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Clock, messages and languages, assets. */
@Configuration(proxyBeanMethods = false)
public class SystemConfiguration implements WebMvcConfigurer {
  private static final String TRANSLATION = "_zh_CN.properties";

  @Bean
  Clock clock() {
    return Clock.systemUTC();
  }

  @Bean
  DataDirectory dataDirectory(@Value("${cachesync.data-dir:data}") Path path) {
    return new DataDirectory(path);
  }

  /** Each feature brings its pair of files; they are found, not listed. */
  @Bean
  MessageSource messageSource() throws IOException {
    ResourceBundleMessageSource messages = new ResourceBundleMessageSource();
    messages.setDefaultEncoding("UTF-8");
    messages.setFallbackToSystemLocale(false);
    messages.setBasenames(
        Arrays.stream(
                new PathMatchingResourcePatternResolver()
                    .getResources("classpath*:messages/*.properties"))
            .map(Resource::getFilename)
            .filter(name -> !name.endsWith(TRANSLATION))
            .map(name -> "messages." + name.substring(0, name.length() - ".properties".length()))
            .sorted()
            .toArray(String[]::new));
    return messages;
  }

  /** The language that was chosen, else the first of the browser's that we speak. */
  @Bean
  LocaleResolver localeResolver() {
    CookieLocaleResolver resolver = new CookieLocaleResolver("cachesync-language");
    resolver.setCookieMaxAge(Duration.ofDays(365));
    resolver.setCookieHttpOnly(true);
    resolver.setCookieSameSite("Lax");
    resolver.setDefaultLocaleFunction(
        request ->
            "zh".equals(request.getLocale().getLanguage())
                ? Locale.SIMPLIFIED_CHINESE
                : Locale.ENGLISH);
    return resolver;
  }

  /**
   * A field of a request that does not exist is refused, so that a misspelt {@code databases} does
   * not mean all of them; a number that is left out is 0. What agents report and what is stored is
   * read by other mappers, which pass over fields of other versions.
   */
  @Bean
  ServerHttpMessageConvertersCustomizer strictRequestBodies(JsonMapper json) {
    JsonMapper strict =
        json.rebuild()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();
    return converters -> converters.withJsonConverter(new JacksonJsonHttpMessageConverter(strict));
  }

  @Override
  public void addInterceptors(InterceptorRegistry registry) {
    registry.addInterceptor(new KnownParameters()).addPathPatterns("/api/v1/**");
  }

  @Override
  public void addResourceHandlers(ResourceHandlerRegistry registry) {
    registry
        .addResourceHandler("/assets/**")
        .addResourceLocations("classpath:/static/assets/")
        .setCacheControl(CacheControl.maxAge(Duration.ofMinutes(10)).cachePublic());
    registry
        .addResourceHandler("/assets/vendor/**")
        .addResourceLocations("classpath:/META-INF/resources/webjars/echarts/5.5.0/")
        .setCacheControl(CacheControl.maxAge(Duration.ofDays(30)).cachePublic());
  }
}
