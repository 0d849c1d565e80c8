package io.tftpdc.event;

/**
 * A file: its tenant and its path. Written {@code tenant/path} wherever one string is wanted, Kafka keys included; a
 * tenant holds no slash, so the form can be taken apart again.
 */
public record FileKey(Tenant tenant, FilePath path) implements Comparable<FileKey> {

    public static FileKey of(String tenant, String path) {
        return new FileKey(new Tenant(tenant), new FilePath(path));
    }

    /** @throws IllegalArgumentException when the text is not {@code tenant/path} */
    public static FileKey parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("file key is '" + text + "'; expected tenant/path");
        }
        return of(text.substring(0, slash), text.substring(slash + 1));
    }

    @Override
    public int compareTo(FileKey other) {
        int byTenant = tenant.compareTo(other.tenant);
        return byTenant != 0 ? byTenant : path.compareTo(other.path);
    }

    @Override
    public String toString() {
        return tenant + "/" + path;
    }
}
