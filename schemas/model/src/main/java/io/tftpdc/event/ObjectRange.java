package io.tftpdc.event;

/**
 * Some bytes of an object.
 *
 * @param offset of the first byte in the object
 * @param length in bytes
 */
public record ObjectRange(ObjectLocation object, long offset, int length) {
    public ObjectRange {
        if (offset < 0 || length < 1) {
            throw new IllegalArgumentException(length + " bytes from " + offset + " on of " + object);
        }
    }
}
