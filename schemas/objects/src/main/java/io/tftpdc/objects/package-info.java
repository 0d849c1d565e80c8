/**
 * Content that lies outside of Kafka. Begin with {@link io.tftpdc.objects.ObjectStores}, which knows the configured stores;
 * a plugin begins with {@link io.tftpdc.objects.ObjectStoreFactory}.
 */
@NullMarked
package io.tftpdc.objects;

import org.jspecify.annotations.NullMarked;
