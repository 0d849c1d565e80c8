package io.tftpdc.edge.settings;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Makes a section of the configuration out of another one and single values that count more. */
final class Overlay {
    /** Those that reflection makes anew each time would each have to link their accessor, which takes longest. */
    private static final ClassValue<RecordComponent[]> COMPONENTS = new ClassValue<>() {
        @Override
        protected RecordComponent[] computeValue(Class<?> type) {
            return type.getRecordComponents();
        }
    };

    private Overlay() {}

    /**
     * @param value what counts for a component, if anything is set; otherwise the component stays as it is
     * @throws IllegalArgumentException when the section cannot be so
     */
    static <R extends Record> R of(R section, Function<RecordComponent, Optional<Object>> value) {
        @SuppressWarnings("unchecked")
        Class<R> type = (Class<R>) section.getClass();
        return build(type, component -> value.apply(component)
                .map(set -> wrapped(component, set))
                .orElseGet(() -> read(section, component)));
    }

    /** The section that says nothing but this; checks what its constructor checks. */
    static <R extends Record> R only(Class<R> type, String name, Object value) {
        return build(type, component -> component.getName().equals(name) ? wrapped(component, value) : null);
    }

    /** Of a component that may be left out, the type of what is not. */
    static Type valueType(RecordComponent component) {
        return component.getType() == Optional.class
                ? ((ParameterizedType) component.getGenericType()).getActualTypeArguments()[0]
                : component.getGenericType();
    }

    private static Object wrapped(RecordComponent component, Object value) {
        return component.getType() == Optional.class ? Optional.of(value) : value;
    }

    private static Object read(Record section, RecordComponent component) {
        try {
            return component.getAccessor().invoke(section);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(component + " cannot be read", e);
        }
    }

    private static <R extends Record> R build(Class<R> type, Function<RecordComponent, @Nullable Object> value) {
        RecordComponent[] components = COMPONENTS.get(type);
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        Object[] values = Arrays.stream(components).map(value).toArray();
        try {
            return type.getDeclaredConstructor(types).newInstance(values);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof IllegalArgumentException wrong) {
                throw wrong;
            }
            if (e.getCause() instanceof NullPointerException) {
                throw new IllegalArgumentException("there is a null in a list; expected values", e);
            }
            throw new IllegalStateException(type + " cannot be made", e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(type + " cannot be made", e);
        }
    }
}
