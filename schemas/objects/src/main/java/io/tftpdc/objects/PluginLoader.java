package io.tftpdc.objects;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The plugin's own classes first; of ours it sees what the interface is made of. */
final class PluginLoader extends URLClassLoader {
    private static final List<String> SHARED =
            List.of("io.tftpdc.objects.", "io.tftpdc.event.", "io.tftpdc.runtime.", "org.slf4j.", "org.jspecify.");

    private final ClassLoader program;

    PluginLoader(URL[] jars, ClassLoader program) {
        super("plugin", jars, ClassLoader.getPlatformClassLoader());
        this.program = program;
    }

    /** Files that say that they have factories, which of them are well or not. */
    List<String> jarsThatNameFactories() {
        List<String> jars = new ArrayList<>();
        try {
            for (URL named :
                    Collections.list(findResources("META-INF/services/" + ObjectStoreFactory.class.getName()))) {
                String jar = named.getPath().split("!", 2)[0];
                jars.add(jar.substring(jar.lastIndexOf('/') + 1));
            }
        } catch (IOException e) {
            jars.add("whose jars cannot be read: " + e);
        }
        return jars;
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        try {
            return super.findClass(name);
        } catch (ClassNotFoundException e) {
            if (SHARED.stream().anyMatch(name::startsWith)) {
                return program.loadClass(name);
            }
            throw e;
        }
    }
}
