package io.cachesync.web.security;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * On a controller's method: the role that its route needs. Checked before anything of the request
 * is read, so that a form with errors tells no more than one without; the services check once more.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface ForRole {
  Role value();
}
