package io.tftpdc.query;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tftpdc.index.IndexDigest;
import io.tftpdc.projection.BucketDigest;
import java.util.Map;
import java.util.TreeMap;

/** Digests by tenant and bucket as JSON: {@code {"tenants":{"T":{"digest","files","conflicts","buckets":{"0":"…"}}}}}. */
final class DigestJson {
    private static final ObjectMapper JSON = new ObjectMapper();

    private DigestJson() {}

    static ObjectNode write(Map<String, Map<Integer, BucketDigest>> sums) {
        ObjectNode body = JSON.createObjectNode();
        ObjectNode tenants = body.putObject("tenants");
        sums.forEach((tenant, buckets) -> {
            BucketDigest total = buckets.values().stream().reduce(BucketDigest.EMPTY, BucketDigest::plus);
            ObjectNode node = tenants.putObject(tenant)
                    .put("digest", total.digest().hex())
                    .put("files", total.files())
                    .put("conflicts", total.conflicts());
            ObjectNode list = node.putObject("buckets");
            new TreeMap<>(buckets).forEach((bucket, digest) -> {
                if (!digest.digest().equals(IndexDigest.EMPTY)) {
                    list.put(Integer.toString(bucket), digest.digest().hex());
                }
            });
        });
        return body;
    }

    /** Reads what another process wrote; what it sums up per tenant is put into one of the buckets. */
    static Map<String, Map<Integer, BucketDigest>> read(JsonNode body) {
        Map<String, Map<Integer, BucketDigest>> sums = new TreeMap<>();
        body.path("tenants").properties().forEach(tenant -> {
            Map<Integer, BucketDigest> buckets = new TreeMap<>();
            long files = tenant.getValue().path("files").asLong();
            long conflicts = tenant.getValue().path("conflicts").asLong();
            for (Map.Entry<String, JsonNode> bucket :
                    tenant.getValue().path("buckets").properties()) {
                buckets.put(
                        Integer.parseInt(bucket.getKey()),
                        new BucketDigest(
                                IndexDigest.parse(bucket.getValue().asText()), IndexDigest.EMPTY, files, conflicts));
                files = 0;
                conflicts = 0;
            }
            sums.put(tenant.getKey(), buckets);
        });
        return sums;
    }
}
