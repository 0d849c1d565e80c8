package io.tftpdc.launcher;

import io.tftpdc.launcher.SitesOptions.Link;
import java.io.IOException;
import java.net.BindException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** The links between all sites. */
final class LinkProxies implements Component {

    private final List<Link> links;
    private final List<LinkProxy> proxies = new CopyOnWriteArrayList<>();

    LinkProxies(List<Link> links) {
        this.links = List.copyOf(links);
    }

    @Override
    public String name() {
        return "proxies";
    }

    @Override
    public String detail() {
        return "one for each direction of each link, " + proxies.size() + " in all";
    }

    @Override
    public void start() throws IOException, PortTakenException {
        for (Link link : links) {
            try {
                proxies.add(LinkProxy.start(link));
            } catch (BindException e) {
                throw new PortTakenException(link.port());
            }
        }
    }

    List<LinkProxy> all() {
        return List.copyOf(proxies);
    }

    Optional<LinkProxy> find(String from, String to) {
        return proxies.stream()
                .filter(proxy -> proxy.link().from().value().equals(from)
                        && proxy.link().to().value().equals(to))
                .findFirst();
    }

    @Override
    public void close() {
        proxies.forEach(LinkProxy::close);
    }
}
