/*
 * What the limit server does with uploads under --store: what a server has to do that says it has stored a file, and
 * nothing besides. SHA-256, a file, the disk's word that it has it, and only then the last ACK.
 *
 *   the server's thread ─► copied into chunks ─► one thread: SHA-256, write ─► a few: fdatasync, last ACK
 *
 * SHA-256 is OpenSSL's, looked for when it is wanted, so that nothing else needs OpenSSL.
 */
#ifndef STORE_H
#define STORE_H

#include "tftp.h"

#include <dlfcn.h>
#include <pthread.h>

enum {
    CHUNK = 256 << 10,
    FORCE_EVERY = 4 << 20, /* then the disk is told to begin */
    MOST_CHUNKS = 256,     /* on their way to the file; then the server waits */
    FORCERS = 4
};

struct stored {
    struct stored *next;
    int fd;
    void *digest;
    off_t written, begun;
    struct sockaddr_in client; /* of the last ACK */
    uint16_t last_block;
};

struct chunk {
    struct chunk *next;
    struct stored *file;
    size_t length;
    bool last, given_up;
    uint8_t bytes[CHUNK];
};

static struct {
    int directory, socket;
    pthread_mutex_t lock;
    pthread_cond_t written, forced, room;
    struct chunk *first, **end, *spare;
    struct stored *complete;
    int chunks;
    void *(*new_digest)(void);
    const void *(*sha256)(void);
    int (*begin)(void *, const void *, void *);
    int (*update)(void *, const void *, size_t);
    int (*finish)(void *, unsigned char *, unsigned int *);
    void (*free_digest)(void *);
} store = {.directory = -1};

static void *symbol(void *library, const char *name) {
    void *found = dlsym(library, name);
    if (!found) {
        errno = 0;
        die("OpenSSL has no %s; install libssl3", name);
    }
    return found;
}

/* The chunk is done with; complete is the file if that was its last. */
static void give_back(struct chunk *chunk, struct stored *complete) {
    pthread_mutex_lock(&store.lock);
    if (complete) {
        complete->next = store.complete;
        store.complete = complete;
        pthread_cond_signal(&store.forced);
    }
    chunk->next = store.spare;
    store.spare = chunk;
    store.chunks--;
    pthread_cond_signal(&store.room);
    pthread_mutex_unlock(&store.lock);
}

/* SHA-256 and write, chunk after chunk. */
static void *store_chunks(void *unused) {
    (void)unused;
    for (;;) {
        pthread_mutex_lock(&store.lock);
        while (!store.first) {
            pthread_cond_wait(&store.written, &store.lock);
        }
        struct chunk *chunk = store.first;
        if (!(store.first = chunk->next)) {
            store.end = &store.first;
        }
        pthread_mutex_unlock(&store.lock);

        struct stored *file = chunk->file;
        if (chunk->given_up) {
            close(file->fd);
            store.free_digest(file->digest);
            free(file);
            give_back(chunk, NULL);
            continue;
        }
        store.update(file->digest, chunk->bytes, chunk->length);
        for (size_t at = 0; at < chunk->length;) {
            ssize_t wrote = write(file->fd, chunk->bytes + at, chunk->length - at);
            if (wrote < 0) {
                die("cannot write an upload");
            }
            at += (size_t)wrote;
        }
        file->written += (off_t)chunk->length;
        if (file->written - file->begun >= FORCE_EVERY) {
            sync_file_range(file->fd, file->begun, file->written - file->begun, SYNC_FILE_RANGE_WRITE);
            file->begun = file->written;
        }
        if (chunk->last) {
            unsigned char hash[64];
            store.finish(file->digest, hash, NULL);
            store.free_digest(file->digest);
        }
        give_back(chunk, chunk->last ? file : NULL);
    }
    return NULL;
}

/* Waits for the disk, then acknowledges the last block. */
static void *force_files(void *unused) {
    (void)unused;
    for (;;) {
        pthread_mutex_lock(&store.lock);
        while (!store.complete) {
            pthread_cond_wait(&store.forced, &store.lock);
        }
        struct stored *file = store.complete;
        store.complete = file->next;
        pthread_mutex_unlock(&store.lock);
        if (fdatasync(file->fd)) {
            die("the disk does not take an upload");
        }
        close(file->fd);
        uint8_t ack[HEADER];
        put16(ack, ACK);
        put16(ack + 2, file->last_block);
        sendto(store.socket, ack, sizeof ack, 0, (struct sockaddr *)&file->client, sizeof file->client);
        free(file);
    }
    return NULL;
}

static void open_store(const char *directory, int socket) {
    store.directory = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (store.directory < 0) {
        die("--store must name a folder; %s", directory);
    }
    void *library = dlopen("libcrypto.so.3", RTLD_NOW);
    if (!library) {
        errno = 0;
        die("--store needs OpenSSL for SHA-256: %s", dlerror());
    }
    *(void **)&store.new_digest = symbol(library, "EVP_MD_CTX_new");
    *(void **)&store.sha256 = symbol(library, "EVP_sha256");
    *(void **)&store.begin = symbol(library, "EVP_DigestInit_ex");
    *(void **)&store.update = symbol(library, "EVP_DigestUpdate");
    *(void **)&store.finish = symbol(library, "EVP_DigestFinal_ex");
    *(void **)&store.free_digest = symbol(library, "EVP_MD_CTX_free");
    store.socket = socket;
    store.end = &store.first;
    pthread_mutex_init(&store.lock, NULL);
    pthread_cond_init(&store.written, NULL);
    pthread_cond_init(&store.forced, NULL);
    pthread_cond_init(&store.room, NULL);
    pthread_t thread;
    for (int i = 0; i <= FORCERS; i++) {
        if (pthread_create(&thread, NULL, i ? force_files : store_chunks, NULL)) {
            die("cannot start a thread");
        }
    }
}

/* A file without a name: it goes when it is closed, as an upload does that nobody publishes. */
static struct stored *store_begin(const struct sockaddr_in *client) {
    struct stored *file = calloc(1, sizeof *file);
    if (!file || !(file->digest = store.new_digest()) || !store.begin(file->digest, store.sha256(), NULL)) {
        die("out of memory");
    }
    file->fd = openat(store.directory, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
    if (file->fd < 0) {
        die("cannot make a file for an upload");
    }
    file->client = *client;
    return file;
}

static struct chunk *store_chunk(struct stored *file) {
    pthread_mutex_lock(&store.lock);
    struct chunk *chunk = store.spare;
    if (chunk) {
        store.spare = chunk->next;
    }
    pthread_mutex_unlock(&store.lock);
    if (!chunk && !(chunk = malloc(sizeof *chunk))) {
        die("out of memory");
    }
    chunk->next = NULL;
    chunk->file = file;
    chunk->length = 0;
    chunk->last = chunk->given_up = false;
    return chunk;
}

static void store_hand_over(struct chunk *chunk) {
    pthread_mutex_lock(&store.lock);
    while (store.chunks >= MOST_CHUNKS) {
        pthread_cond_wait(&store.room, &store.lock);
    }
    store.chunks++;
    *store.end = chunk;
    store.end = &chunk->next;
    pthread_cond_signal(&store.written);
    pthread_mutex_unlock(&store.lock);
}

/* Takes bytes; returns the chunk that goes on. */
static struct chunk *store_bytes(struct chunk *chunk, const uint8_t *bytes, size_t length) {
    while (length) {
        size_t room = CHUNK - chunk->length, some = length < room ? length : room;
        memcpy(chunk->bytes + chunk->length, bytes, some);
        chunk->length += some;
        bytes += some;
        length -= some;
        if (chunk->length == CHUNK) {
            struct stored *file = chunk->file;
            store_hand_over(chunk);
            chunk = store_chunk(file);
        }
    }
    return chunk;
}

/* All has come: once the disk has it, this block is acknowledged. */
static void store_end(struct chunk *chunk, uint16_t last_block) {
    chunk->file->last_block = last_block;
    chunk->last = true;
    store_hand_over(chunk);
}

static void store_give_up(struct chunk *chunk) {
    chunk->given_up = true;
    store_hand_over(chunk);
}

#endif
