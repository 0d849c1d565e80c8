package io.tftpdc.client;

import java.util.Map;

/**
 * A tenant as the admin API tells it.
 *
 * @param description for people, may be empty
 * @param definedAt wall clock, RFC 3339
 * @param publishTopic that its publishers produce to
 */
public record TenantInfo(
        String name, String description, String definedAt, String publishTopic, Map<String, String> links) {}
