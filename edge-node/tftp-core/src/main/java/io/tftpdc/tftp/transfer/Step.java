package io.tftpdc.tftp.transfer;

import java.util.List;

/**
 * What one input led to.
 *
 * @param next the state from now on
 * @param actions to be carried out in this order
 * @param <S> {@link ReadState}, or its counterpart for uploads
 */
public record Step<S>(S next, List<Action> actions) {

    public Step {
        actions = List.copyOf(actions);
    }

    /** Nothing to do. */
    static <S> Step<S> stay(S state) {
        return new Step<>(state, List.of());
    }
}
