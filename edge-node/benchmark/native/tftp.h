/*
 * What the load generator and the limit server share: packet layout, options, clock, GSO and packet-info messages.
 * Everything is static and small; both programs are one file each besides this one.
 */
#ifndef TFTP_H
#define TFTP_H

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#ifndef SOL_UDP
#define SOL_UDP 17
#endif

enum { RRQ = 1, WRQ = 2, DATA = 3, ACK = 4, ERROR = 5, OACK = 6 };

enum {
    HEADER = 4,           /* opcode and block number, or error code */
    BATCH = 64,           /* datagrams per system call */
    SMALL = 600,          /* room for anything that is not DATA: a request, an OACK, an ERROR */
    GSO_SEGMENTS = 64,    /* what every kernel with GSO takes; newer ones take 128 */
    GSO_BYTES = 65000,    /* below the largest IPv4 datagram, with its headers */
    SOCKET_BUFFER = 8 << 20
};

static inline uint16_t get16(const uint8_t *at) { return (uint16_t)(at[0] << 8 | at[1]); }

static inline void put16(uint8_t *at, unsigned value) {
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static inline uint64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

#define MILLIS UINT64_C(1000000)
#define SECONDS UINT64_C(1000000000)

__attribute__((noreturn, format(printf, 1, 2))) static void die(const char *message, ...) {
    int error = errno;
    va_list arguments;
    va_start(arguments, message);
    vfprintf(stderr, message, arguments);
    va_end(arguments);
    if (error) {
        fprintf(stderr, ": %s", strerror(error));
    }
    fputc('\n', stderr);
    exit(2);
}

/* The options of a request or an OACK; -1 where one is absent or not a number. */
struct options {
    long blksize, windowsize, tsize;
};

/* Reads the next NUL-terminated string and moves on; NULL at the end, or when the last one is not terminated. */
static const char *next_string(const uint8_t **at, const uint8_t *end) {
    const uint8_t *nul = memchr(*at, 0, (size_t)(end - *at));
    if (!nul) {
        return NULL;
    }
    const char *string = (const char *)*at;
    *at = nul + 1;
    return string;
}

static struct options parse_options(const uint8_t *at, const uint8_t *end) {
    struct options options = {-1, -1, -1};
    const char *name, *value;
    while ((name = next_string(&at, end)) && (value = next_string(&at, end))) {
        char *rest;
        long number = strtol(value, &rest, 10);
        if (*rest || rest == value) {
            continue;
        }
        if (!strcasecmp(name, "blksize")) {
            options.blksize = number;
        } else if (!strcasecmp(name, "windowsize")) {
            options.windowsize = number;
        } else if (!strcasecmp(name, "tsize")) {
            options.tsize = number;
        }
    }
    return options;
}

static size_t put_string(uint8_t *at, const char *string) {
    size_t bytes = strlen(string) + 1;
    memcpy(at, string, bytes);
    return bytes;
}

static size_t put_option(uint8_t *at, const char *name, long value) {
    char digits[24];
    snprintf(digits, sizeof digits, "%ld", value);
    size_t bytes = put_string(at, name);
    return bytes + put_string(at + bytes, digits);
}

/* A whole file, mapped; empty files have no mapping. */
struct content {
    const uint8_t *bytes;
    size_t size;
};

static bool map_file(int directory, const char *name, struct content *content) {
    int fd = openat(directory, name, O_RDONLY | O_CLOEXEC);
    struct stat about;
    if (fd < 0) {
        return false;
    }
    if (fstat(fd, &about) || !S_ISREG(about.st_mode)) {
        close(fd);
        return false;
    }
    content->size = (size_t)about.st_size;
    content->bytes = NULL;
    if (content->size) {
        void *mapped = mmap(NULL, content->size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
        if (mapped == MAP_FAILED) {
            die("cannot map %s", name);
        }
        content->bytes = mapped;
    }
    close(fd);
    return true;
}

/*
 * All DATA packets of a file, one behind the other: every one but the last is blksize + 4 bytes long, so that any run
 * of them can be given to the kernel as it lies there (UDP GSO). Block numbers wrap to 0.
 */
struct rendered {
    const uint8_t *packets;
    size_t bytes;
    int blksize;
    int64_t blocks;
};

static struct rendered render(struct content content, int blksize) {
    struct rendered run;
    run.blksize = blksize;
    run.blocks = (int64_t)(content.size / (size_t)blksize) + 1;
    run.bytes = content.size + (size_t)run.blocks * HEADER;
    uint8_t *at = malloc(run.bytes);
    if (!at) {
        die("out of memory");
    }
    run.packets = at;
    for (int64_t block = 1; block <= run.blocks; block++) {
        size_t offset = (size_t)(block - 1) * (size_t)blksize;
        size_t length = content.size - offset < (size_t)blksize ? content.size - offset : (size_t)blksize;
        put16(at, DATA);
        put16(at + 2, (unsigned)(block & 0xffff));
        if (length) {
            memcpy(at + HEADER, content.bytes + offset, length);
        }
        at += HEADER + length;
    }
    return run;
}

/* Where blocks first..last (from 1) lie in the run. */
static struct iovec slice(const struct rendered *run, int64_t first, int64_t last) {
    size_t packet = (size_t)run->blksize + HEADER;
    size_t begin = (size_t)(first - 1) * packet;
    size_t end = last == run->blocks ? run->bytes : (size_t)last * packet;
    return (struct iovec){(void *)(run->packets + begin), end - begin};
}

/* How many packets of this block size one system call may carry. */
static int64_t segments_per_call(int blksize, bool gso) {
    int64_t most = GSO_BYTES / (blksize + HEADER);
    return !gso || most < 1 ? 1 : most < GSO_SEGMENTS ? most : GSO_SEGMENTS;
}

/* The largest socket buffer that this user may have. */
static void grow_buffers(int fd) {
    int bytes = SOCKET_BUFFER;
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes)) {
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
    }
    if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof bytes)) {
        setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
    }
}

/* Datagrams waiting to be sent from one socket in one system call. */
struct outbox {
    int fd;
    unsigned count;
    uint64_t failed; /* datagrams that the kernel did not take */
    struct mmsghdr messages[BATCH];
    struct iovec slices[BATCH];
    struct sockaddr_in to[BATCH];
    uint8_t small[BATCH][SMALL];
    union {
        struct cmsghdr aligned;
        uint8_t bytes[CMSG_SPACE(sizeof(struct in_pktinfo)) + CMSG_SPACE(sizeof(uint16_t))];
    } control[BATCH];
};

static void flush(struct outbox *out) {
    unsigned done = 0;
    while (done < out->count) {
        int sent = sendmmsg(out->fd, out->messages + done, out->count - done, 0);
        if (sent > 0) {
            done += (unsigned)sent;
        } else if (sent < 0 && errno == EINTR) {
            continue;
        } else if (sent < 0 && (errno == EINVAL || errno == EIO || errno == EMSGSIZE)) {
            die("the kernel refused a datagram; without UDP GSO (before Linux 4.18) use --no-gso");
        } else {
            out->failed++; /* ECONNREFUSED from an earlier one, or no memory: as if lost on the way */
            done++;
        }
    }
    out->count = 0;
}

/*
 * Adds a datagram, whose bytes must stay until the flush. to may be NULL on a connected socket. from is the source
 * address, 0 for the socket's own. segment is the size of each packet when payload holds several, else 0.
 */
static void post(struct outbox *out, struct iovec payload, const struct sockaddr_in *to, in_addr_t from, int segment) {
    unsigned i = out->count;
    struct msghdr *header = &out->messages[i].msg_hdr;
    out->slices[i] = payload;
    header->msg_iov = &out->slices[i];
    header->msg_iovlen = 1;
    header->msg_name = NULL;
    header->msg_namelen = 0;
    if (to) {
        out->to[i] = *to;
        header->msg_name = &out->to[i];
        header->msg_namelen = sizeof *to;
    }
    header->msg_control = NULL;
    header->msg_controllen = 0;
    struct cmsghdr *message = &out->control[i].aligned;
    size_t control = 0;
    if (from) {
        struct in_pktinfo info = {.ipi_spec_dst.s_addr = from};
        message->cmsg_level = IPPROTO_IP;
        message->cmsg_type = IP_PKTINFO;
        message->cmsg_len = CMSG_LEN(sizeof info);
        memcpy(CMSG_DATA(message), &info, sizeof info);
        control = CMSG_SPACE(sizeof info);
        message = (struct cmsghdr *)(out->control[i].bytes + control);
    }
    if (segment) {
        uint16_t bytes = (uint16_t)segment;
        message->cmsg_level = SOL_UDP;
        message->cmsg_type = UDP_SEGMENT;
        message->cmsg_len = CMSG_LEN(sizeof bytes);
        memcpy(CMSG_DATA(message), &bytes, sizeof bytes);
        control += CMSG_SPACE(sizeof bytes);
    }
    if (control) {
        header->msg_control = out->control[i].bytes;
        header->msg_controllen = control;
    }
    if (++out->count == BATCH) {
        flush(out);
    }
}

/* Room for a small packet that the next post of this outbox sends. */
static uint8_t *small_packet(struct outbox *out) { return out->small[out->count]; }

static void post_small(struct outbox *out, size_t bytes, const struct sockaddr_in *to, in_addr_t from) {
    post(out, (struct iovec){out->small[out->count], bytes}, to, from, 0);
}

static inline void post_ack(struct outbox *out, int64_t block, const struct sockaddr_in *to, in_addr_t from) {
    uint8_t *packet = small_packet(out);
    put16(packet, ACK);
    put16(packet + 2, (unsigned)(block & 0xffff));
    post_small(out, HEADER, to, from);
}

static void post_error(struct outbox *out, int code, const char *text, const struct sockaddr_in *to, in_addr_t from) {
    uint8_t *packet = small_packet(out);
    put16(packet, ERROR);
    put16(packet + 2, (unsigned)code);
    post_small(out, HEADER + put_string(packet + HEADER, text), to, from);
}

/* Blocks first..last of a run, in as few system calls and datagrams as the kernel allows. */
static void post_blocks(struct outbox *out, const struct rendered *run, int64_t first, int64_t last, bool gso,
                        const struct sockaddr_in *to, in_addr_t from) {
    int64_t step = segments_per_call(run->blksize, gso);
    for (int64_t block = first; block <= last; block += step) {
        int64_t until = block + step - 1 < last ? block + step - 1 : last;
        post(out, slice(run, block, until), to, from, until > block ? run->blksize + HEADER : 0);
    }
}

/* Buffers for the datagrams that one system call receives. */
struct inbox {
    unsigned capacity; /* datagrams per call, at most BATCH */
    struct mmsghdr messages[BATCH];
    struct iovec slices[BATCH];
    struct sockaddr_in from[BATCH];
    union {
        struct cmsghdr aligned;
        uint8_t bytes[CMSG_SPACE(sizeof(struct in_pktinfo))];
    } control[BATCH];
};

static void prepare(struct inbox *in, unsigned capacity, size_t bytes_each) {
    in->capacity = capacity < BATCH ? capacity : BATCH;
    for (unsigned i = 0; i < in->capacity; i++) {
        in->slices[i] = (struct iovec){malloc(bytes_each), bytes_each};
        if (!in->slices[i].iov_base) {
            die("out of memory");
        }
        in->messages[i].msg_hdr = (struct msghdr){
            .msg_name = &in->from[i],
            .msg_iov = &in->slices[i],
            .msg_iovlen = 1,
        };
    }
}

/* Receives what is there; with MSG_WAITFORONE waits for the first. Returns how many, 0 for none. */
static unsigned receive(int fd, struct inbox *in, int flags, bool want_destination) {
    for (unsigned i = 0; i < in->capacity; i++) {
        struct msghdr *header = &in->messages[i].msg_hdr;
        header->msg_namelen = sizeof in->from[i];
        header->msg_control = want_destination ? in->control[i].bytes : NULL;
        header->msg_controllen = want_destination ? sizeof in->control[i].bytes : 0;
    }
    int got = recvmmsg(fd, in->messages, in->capacity, flags, NULL);
    if (got < 0 && errno != EAGAIN && errno != EINTR && errno != ECONNREFUSED) {
        die("cannot receive");
    }
    return got < 0 ? 0 : (unsigned)got;
}

/* The address that datagram i was sent to; 0 when the kernel did not say. */
static inline in_addr_t destination(struct inbox *in, unsigned i) {
    struct cmsghdr *message = CMSG_FIRSTHDR(&in->messages[i].msg_hdr);
    if (!message || message->cmsg_level != IPPROTO_IP || message->cmsg_type != IP_PKTINFO) {
        return 0;
    }
    struct in_pktinfo info;
    memcpy(&info, CMSG_DATA(message), sizeof info);
    return info.ipi_addr.s_addr;
}

/* A small, fast, seedable generator (xorshift64*). */
static inline double random_fraction(uint64_t *state) {
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return (double)((*state * UINT64_C(2685821657736338717)) >> 11) * 0x1.0p-53;
}

#endif
