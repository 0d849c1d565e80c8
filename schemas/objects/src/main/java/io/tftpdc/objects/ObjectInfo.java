package io.tftpdc.objects;

import io.tftpdc.event.ObjectLocation;
import java.util.Optional;

/**
 * An object as it is now.
 *
 * @param location what to publish: with the version where the store keeps versions, so that what is written over it does
 *     not matter
 * @param size bytes
 * @param tag changes when the bytes do, and only its store understands it; empty when the store has none that can be asked
 *     for, so that what is read is of one version only if nobody writes meanwhile
 */
public record ObjectInfo(ObjectLocation location, long size, Optional<String> tag) {}
