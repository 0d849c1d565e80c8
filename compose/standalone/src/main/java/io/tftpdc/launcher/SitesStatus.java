package io.tftpdc.launcher;

import java.net.URI;
import java.util.List;

/**
 * What {@code GET /sites} answers: the sites that run on this machine, and the links between them.
 */
public record SitesStatus(List<Site> sites, List<Link> links) {

    /** In the body of {@code PUT /links/FROM/TO} and in {@link Link#state}. */
    public static final String UP = "up";

    /** In the body of {@code PUT /links/FROM/TO} and in {@link Link#state}. */
    public static final String CUT = "cut";

    public SitesStatus {
        sites = List.copyOf(sites);
        links = List.copyOf(links);
    }

    /**
     * One site.
     *
     * @param ready whether its processes serve
     * @param restarts how often the whole of it died and was started again
     * @param rest the admin API
     * @param kafka what producers on this machine connect to
     * @param tftpHost where this machine reaches its edge
     */
    public record Site(
            String name,
            boolean ready,
            int restarts,
            URI rest,
            URI http,
            String kafka,
            String tftpHost,
            int tftpPort) {}

    /**
     * What one site says and another one hears.
     *
     * @param state {@value #UP} or {@value #CUT}
     * @param connections that are open now
     */
    public record Link(String from, String to, String state, int connections) {}
}
