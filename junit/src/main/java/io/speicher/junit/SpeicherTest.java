package io.speicher.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Has a server for the tests of a class. See {@link SpeicherExtension}.
 *
 * <pre>{@code
 * @SpeicherTest
 * class BasketTest {
 *   @Test
 *   void basket_isKept(Speicher speicher) {
 *     Baskets baskets = new Baskets(speicher);
 *     ...
 *   }
 * }
 * }</pre>
 */
@Documented
@ExtendWith(SpeicherExtension.class)
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface SpeicherTest {}
