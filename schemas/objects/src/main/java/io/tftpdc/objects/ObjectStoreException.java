package io.tftpdc.objects;

import io.tftpdc.event.ObjectLocation;
import java.io.IOException;
import java.util.Locale;

/** Bytes of an object cannot be had. The message is for operators: it names store, object and status. */
public final class ObjectStoreException extends IOException {
    private static final long serialVersionUID = 1;

    /** Why: the values of the tag {@code outcome}, a fixed set. */
    public enum Kind {
        /** The store does not answer, or not in time, or has too much to do. */
        UNAVAILABLE(false, "does not answer"),
        /** There is no such object. */
        MISSING(true, "does not have it any more"),
        /** The store does not let us read it. */
        REFUSED(true, "does not let this node read it"),
        /** The bytes are not those that were published. */
        CHANGED(true, "has other bytes now than were published"),
        /** The store does something else than it was asked for. */
        UNSUPPORTED(true, "cannot be read piece by piece"),
        /** No store is configured for it. */
        UNCONFIGURED(true, "is not configured on this node");

        private final boolean lasting;
        private final String said;

        Kind(boolean lasting, String said) {
            this.lasting = lasting;
            this.said = said;
        }

        /** Whether asking again soon is of no use. */
        public boolean isLasting() {
            return lasting;
        }

        /** As meters show it. */
        public String tag() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What takes the place of the name where there is no store. */
    public static final String NO_STORE = "none";

    private final Kind kind;
    private final String store;
    private final int status;

    /**
     * @param store its configured name
     * @param status of HTTP; 0 when there was none
     * @param problem what was found and what to do
     */
    public ObjectStoreException(Kind kind, String store, ObjectLocation object, int status, String problem) {
        this(
                "object " + object + " of store " + store + (status == 0 ? "" : ", status " + status) + ": " + problem,
                kind,
                store,
                status);
    }

    private ObjectStoreException(String message, Kind kind, String store, int status) {
        super(message);
        this.kind = kind;
        this.store = store;
        this.status = status;
    }

    /**
     * There is no store for it. The message tells no more of the location than scheme and host: nobody has configured that
     * anything is to be known about it here, and what is no location to be read may be so for the secret in it.
     */
    static ObjectStoreException withoutStore(Kind kind, ObjectLocation object, String problem) {
        return new ObjectStoreException("object at " + object.origin() + ": " + problem, kind, NO_STORE, 0);
    }

    public Kind kind() {
        return kind;
    }

    public String store() {
        return store;
    }

    /** Of HTTP; 0 when there was none. */
    public int status() {
        return status;
    }

    /** For clients, who are strangers: without bucket, key and address. */
    public String forClients() {
        return "object store " + store + " " + kind.said;
    }

    /** What an HTTP status means, whichever store says it. */
    public static Kind kindOf(int status) {
        return switch (status) {
            case 401, 403, 407 -> Kind.REFUSED;
            case 404, 410 -> Kind.MISSING;
            case 412 -> Kind.CHANGED;
            // The object is shorter than what was published, so it is another one.
            case 416 -> Kind.CHANGED;
            case 408, 425, 429 -> Kind.UNAVAILABLE;
            default -> status >= 500 ? Kind.UNAVAILABLE : Kind.UNSUPPORTED;
        };
    }
}
