/*
 * A load generator that costs as little as it can: one thread, many TFTP clients (RFC 1350, 2347, 2348, 2349, 7440),
 * every byte checked, results as one line of JSON.
 *
 *   load --server ADDRESS:PORT --file NAME --content FILE [--write] [--blksize 1428] [--windowsize 1]
 *        [--clients 1] [--transfers N] [--waves] [--seconds 60] [--time-box] [--loss P] [--seed N] [--sockets N]
 *        [--no-gso]
 *
 * --clients transfers run at a time, until --transfers have been made. With --waves a wave of --clients requests goes
 * out at once, and the next when all of the last are done: a boot storm. --seconds is when to stop; what is then
 * unfinished is aborted and has failed, unless --time-box says that the time was meant to run out. SIGTERM stops too.
 *
 * Few clients have a socket each, connected to the server's transfer port. Many share a few sockets: each transfer has
 * a loopback address of its own (127.1.0.0 + its number) as a machine of its own would, and IP_PKTINFO tells and sets
 * it. Thousands of sockets would cost more than all the rest.
 *
 * --loss drops DATA as it comes in and ACKs as they go out, each with probability P, from --seed.
 */
#include "tftp.h"

#include <signal.h>
#include <sys/epoll.h>
#include <sys/resource.h>

enum {
    OWN_SOCKETS = 16,          /* up to so many clients have a socket each */
    MOST_SOCKETS = 1024,
    PACKETS_PER_SOCKET = 1000, /* in flight at most on a shared socket, far below what its buffer holds */
    FIRST_ADDRESS = 0x7f010000,
    MOST_TRANSFERS = 0x00f00000,
    REQUEST_TRIES = 10,
    ACK_TRIES = 5,
    DATA_TRIES = 10,
    LINGER_MS = 300            /* after lossy transfers, to answer servers whose last packets were lost */
};

static const uint64_t REQUEST_TIMEOUT = 1 * SECONDS; /* then the request is sent again */
static const uint64_t ACK_TIMEOUT = 3 * SECONDS;     /* then a silent server gets our last ACK again */
static const uint64_t DATA_TIMEOUT = 1 * SECONDS;    /* then an upload's window is sent again */
static const uint64_t GAP_ACK_AGAIN = 5 * MILLIS;    /* a gap is acknowledged once, and again if that did not help */
static const uint64_t SCAN_EVERY = 20 * MILLIS;

enum state { REQUESTED, RUNNING, COMPLETED, FAILED };

struct transfer {
    uint8_t state, tries;
    bool gap_acked, answer_repeat, window_restarted;
    uint16_t socket;
    in_port_t tid;        /* the server's, network order; 0 until its first packet */
    int window, blksize;
    int in_window;        /* read: blocks accepted since the last ACK */
    uint32_t place;       /* in the list of active ones */
    int64_t next;         /* read: the block expected; write: the block after the last one acknowledged */
    int64_t sent;         /* write: the last block sent */
    uint64_t requested, replied, ended, last_sent, last_heard;
};

struct endpoint {
    int fd;
    int64_t owner;        /* the transfer whose socket it is, or -1 for a shared one */
};

static struct sockaddr_in server;
static const char *name = "";
static struct content content;
static struct rendered upload;
static bool write_files, waves, time_box, gso = true;
static int blksize = 1428, windowsize = 1;
static int64_t clients = 1, transfers_wanted = 1, seconds = 60;
static double loss;
static uint64_t seed = 1;

static struct transfer *transfers;
static uint32_t *active;
static int64_t active_count, started, completed;
static struct endpoint sockets[MOST_SOCKETS];
static int socket_count;
static int poller;
static struct outbox out;
static struct inbox in;
static uint64_t now;
static int64_t repeats[BATCH]; /* transfers whose answer_repeat is set in the batch at hand */
static int repeat_count;

static volatile sig_atomic_t stopped;

static struct {
    int64_t bytes, data_packets, duplicates, out_of_order, requests_resent, acks_resent, blocks_resent, strangers;
    int64_t dropped_in, dropped_out, errors, timeouts, mismatches, unfinished;
    char first_error[200];
    int blksize, windowsize;
} totals = {.blksize = -1};

static void failed_because(const char *reason) {
    if (!totals.first_error[0]) {
        snprintf(totals.first_error, sizeof totals.first_error, "%s", reason);
    }
}

/* --- sockets ---------------------------------------------------------------------------------------------------- */

static void open_socket(int index, bool shared) {
    struct sockaddr_in any = {.sin_family = AF_INET};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), on = 1;
    if (!shared) {
        any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    }
    if (fd < 0 || bind(fd, (struct sockaddr *)&any, sizeof any)) {
        die("cannot open a socket");
    }
    if (shared && setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof on)) {
        die("the kernel lacks IP_PKTINFO");
    }
    grow_buffers(fd);
    if (clients == 1) { /* the one socket is waited for in the receiving call itself */
        struct timeval patience = {.tv_usec = (suseconds_t)(SCAN_EVERY / 1000)};
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    } else {
        struct epoll_event event = {.events = EPOLLIN, .data.u32 = (uint32_t)index};
        if (epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event)) {
            die("cannot watch a socket");
        }
    }
    sockets[index].fd = fd;
    sockets[index].owner = -1;
}

static bool own_sockets(void) { return clients <= OWN_SOCKETS; }

static in_addr_t address_of(const struct transfer *transfer) {
    return own_sockets() ? 0 : htonl((uint32_t)(FIRST_ADDRESS + (transfer - transfers)));
}

static void select_socket(int index) {
    if (out.fd != sockets[index].fd) {
        flush(&out);
        out.fd = sockets[index].fd;
    }
}

/* Where the transfer's packets go; NULL when its socket is connected. */
static const struct sockaddr_in *peer_of(const struct transfer *transfer, struct sockaddr_in *room) {
    if (own_sockets() && transfer->tid) {
        return NULL;
    }
    *room = server;
    if (transfer->tid) {
        room->sin_port = transfer->tid;
    }
    return room;
}

/* --- sending ---------------------------------------------------------------------------------------------------- */

static void send_request(struct transfer *transfer) {
    struct sockaddr_in room;
    uint8_t *packet = small_packet(&out);
    put16(packet, write_files ? WRQ : RRQ);
    size_t bytes = 2;
    if (write_files) {
        char numbered[256];
        snprintf(numbered, sizeof numbered, "%s%ld", name, (long)(transfer - transfers));
        bytes += put_string(packet + bytes, numbered);
    } else {
        bytes += put_string(packet + bytes, name);
    }
    bytes += put_string(packet + bytes, "octet");
    if (blksize != 512) {
        bytes += put_option(packet + bytes, "blksize", blksize);
    }
    if (windowsize > 1) {
        bytes += put_option(packet + bytes, "windowsize", windowsize);
    }
    bytes += put_option(packet + bytes, "tsize", write_files ? (long)content.size : 0);
    post_small(&out, bytes, peer_of(transfer, &room), address_of(transfer));
    transfer->last_sent = now;
}

static void send_ack(struct transfer *transfer) {
    struct sockaddr_in room;
    transfer->in_window = 0;
    transfer->last_sent = now;
    if (loss > 0 && random_fraction(&seed) < loss) {
        totals.dropped_out++;
        return;
    }
    post_ack(&out, transfer->next - 1, peer_of(transfer, &room), address_of(transfer));
}

static void send_window(struct transfer *transfer) {
    struct sockaddr_in room;
    int64_t last = transfer->next + transfer->window - 1;
    if (last > upload.blocks) {
        last = upload.blocks;
    }
    totals.blocks_resent += transfer->sent >= transfer->next ? transfer->sent - transfer->next + 1 : 0;
    transfer->sent = last;
    transfer->last_sent = now;
    post_blocks(&out, &upload, transfer->next, last, gso, peer_of(transfer, &room), address_of(transfer));
}

/* --- beginning and ending ---------------------------------------------------------------------------------------- */

static void begin(int socket) {
    struct transfer *transfer = &transfers[started];
    if (own_sockets()) { /* a socket of its own: a fresh transfer id */
        flush(&out);
        close(sockets[socket].fd);
        out.fd = -1;
        open_socket(socket, false);
        sockets[socket].owner = started;
    }
    transfer->socket = (uint16_t)socket;
    transfer->state = REQUESTED;
    transfer->window = 1;
    transfer->blksize = 512;
    transfer->next = 1;
    transfer->place = (uint32_t)active_count;
    active[active_count++] = (uint32_t)started++;
    now = now_ns();
    transfer->requested = transfer->last_heard = now;
    select_socket(socket);
    send_request(transfer);
}

static void end(struct transfer *transfer, enum state how) {
    transfer->state = (uint8_t)how;
    transfer->ended = now;
    completed += how == COMPLETED;
    uint32_t last = active[--active_count];
    active[transfer->place] = last;
    transfers[last].place = transfer->place;
}

/* Begins what may begin now; true when that was not all. */
static bool begin_more(void) {
    static int64_t wave_left;
    if (waves && wave_left == 0 && active_count == 0) {
        wave_left = clients;
    }
    int64_t most = waves ? wave_left : clients - active_count;
    /* A socket at a time, so that requests leave in batches; and not all at once, so that replies are not kept waiting. */
    for (int i = 0; i < BATCH && most > 0 && started < transfers_wanted; i++, most--) {
        int socket = (int)(started / BATCH % socket_count);
        if (own_sockets()) {
            for (socket = 0; sockets[socket].owner >= 0 && transfers[sockets[socket].owner].state <= RUNNING;) {
                socket++;
            }
        }
        begin(socket);
        wave_left -= waves;
    }
    flush(&out);
    return most > 0 && started < transfers_wanted;
}

/* --- receiving --------------------------------------------------------------------------------------------------- */

static void fail(struct transfer *transfer, int64_t *counter, const char *reason) {
    (*counter)++;
    failed_because(reason);
    end(transfer, FAILED);
}

static void first_reply(struct transfer *transfer, const struct sockaddr_in *from) {
    transfer->tid = from->sin_port;
    transfer->replied = now;
    if (own_sockets() && connect(sockets[transfer->socket].fd, (const struct sockaddr *)from, sizeof *from)) {
        die("cannot connect a socket");
    }
}

static void terms_are(struct transfer *transfer, int block, int window) {
    transfer->blksize = block;
    transfer->window = window;
    transfer->state = RUNNING;
    transfer->tries = 0;
    if (totals.blksize < 0) {
        totals.blksize = block;
        totals.windowsize = window;
    }
    if (write_files && !upload.packets) {
        upload = render(content, block);
    }
}

static void option_ack(struct transfer *transfer, const uint8_t *packet, size_t bytes) {
    if (transfer->state == RUNNING) { /* repeated: our answer was lost or is slow */
        if (!write_files && transfer->next == 1) {
            send_ack(transfer);
        }
        return;
    }
    struct options agreed = parse_options(packet + 2, packet + bytes);
    if (agreed.blksize > blksize || agreed.windowsize > windowsize || agreed.blksize == 0 || agreed.windowsize == 0
        || (agreed.tsize >= 0 && (size_t)agreed.tsize != content.size)) {
        fail(transfer, &totals.mismatches, "the OACK raises an option, or its tsize is wrong");
        return;
    }
    terms_are(transfer, agreed.blksize > 0 ? (int)agreed.blksize : 512,
              agreed.windowsize > 0 ? (int)agreed.windowsize : 1);
    if (!write_files) {
        send_ack(transfer);
    } else if (upload.blksize != transfer->blksize) {
        fail(transfer, &totals.mismatches, "the server grants different block sizes for one file");
    } else {
        send_window(transfer);
    }
}

static void data(struct transfer *transfer, const uint8_t *packet, size_t bytes) {
    if (transfer->state == REQUESTED) {
        terms_are(transfer, 512, 1); /* a server without options */
    }
    totals.data_packets++;
    size_t length = bytes - HEADER;
    int16_t ahead = (int16_t)(get16(packet + 2) - (uint16_t)transfer->next);
    if (ahead == 0) {
        size_t offset = (size_t)(transfer->next - 1) * (size_t)transfer->blksize;
        if (length > (size_t)transfer->blksize || offset + length > content.size
            || (length && memcmp(packet + HEADER, content.bytes + offset, length))
            || (length < (size_t)transfer->blksize && offset + length != content.size)) {
            fail(transfer, &totals.mismatches, "DATA differs from the file");
            return;
        }
        totals.bytes += (int64_t)length;
        transfer->next++;
        transfer->tries = 0;
        transfer->gap_acked = false;
        transfer->answer_repeat = false;
        if (length < (size_t)transfer->blksize) {
            send_ack(transfer);
            end(transfer, COMPLETED);
        } else if (++transfer->in_window == transfer->window) {
            send_ack(transfer);
        }
    } else if (ahead < 0) {
        totals.duplicates++;
        if (ahead == -1 && !transfer->answer_repeat) { /* answered if the batch brings no progress */
            transfer->answer_repeat = true;
            repeats[repeat_count++] = transfer - transfers;
        }
    } else {
        totals.out_of_order++;
        if (!transfer->gap_acked || now - transfer->last_sent > GAP_ACK_AGAIN) {
            transfer->gap_acked = true;
            send_ack(transfer);
        }
    }
}

static void answer_repeats(void) {
    for (int i = 0; i < repeat_count; i++) {
        struct transfer *transfer = &transfers[repeats[i]];
        if (transfer->answer_repeat) {
            transfer->answer_repeat = false;
            totals.acks_resent++;
            send_ack(transfer);
        }
    }
    repeat_count = 0;
}

static void acknowledged(struct transfer *transfer, uint16_t block) {
    if (transfer->state == REQUESTED) {
        if (block) {
            return;
        }
        terms_are(transfer, 512, 1);
        if (upload.blksize != 512) {
            fail(transfer, &totals.mismatches, "the server grants different block sizes for one file");
            return;
        }
        send_window(transfer);
        return;
    }
    int64_t advance = (uint16_t)(block - (uint16_t)(transfer->next - 1));
    int64_t acked = transfer->next - 1 + advance;
    if (acked > transfer->sent) {
        return; /* from before this window */
    }
    if (advance == 0 && (transfer->window == 1 || transfer->window_restarted)) {
        return; /* RFC 1123 section 4.2.3.1 */
    }
    totals.bytes += advance * transfer->blksize;
    transfer->tries = 0;
    transfer->window_restarted = advance == 0;
    transfer->next = acked + 1;
    if (acked == upload.blocks) {
        totals.bytes -= upload.blocks * transfer->blksize - (int64_t)content.size;
        end(transfer, COMPLETED);
    } else {
        send_window(transfer);
    }
}

static void error(struct transfer *transfer, const uint8_t *packet, size_t bytes) {
    char text[160];
    snprintf(text, sizeof text, "error %d: %.*s", get16(packet + 2), (int)(bytes - HEADER > 120 ? 120 : bytes - HEADER),
             (const char *)packet + HEADER);
    fail(transfer, &totals.errors, text);
}

static void datagram(struct transfer *transfer, const struct sockaddr_in *from, const uint8_t *packet, size_t bytes) {
    if (bytes < HEADER || from->sin_addr.s_addr != server.sin_addr.s_addr) {
        return;
    }
    uint16_t opcode = get16(packet);
    if (opcode == DATA && loss > 0 && random_fraction(&seed) < loss) {
        totals.dropped_in++;
        return;
    }
    if (!transfer->tid && transfer->state == REQUESTED) {
        first_reply(transfer, from);
    } else if (transfer->tid != from->sin_port) {
        totals.strangers++;
        if (opcode != ERROR) {
            post_error(&out, 5, "unknown transfer id", from, address_of(transfer));
        }
        return;
    }
    transfer->last_heard = now;
    if (transfer->state > RUNNING) {
        if (opcode == DATA && !write_files && transfer->state == COMPLETED) {
            totals.duplicates++;
            totals.data_packets++;
            send_ack(transfer); /* our last ACK was lost */
        }
        return;
    }
    if (opcode == DATA && !write_files) {
        data(transfer, packet, bytes);
    } else if (opcode == ACK && write_files) {
        acknowledged(transfer, get16(packet + 2));
    } else if (opcode == OACK) {
        option_ack(transfer, packet, bytes);
    } else if (opcode == ERROR) {
        error(transfer, packet, bytes);
    }
}

static void read_socket(int index, int flags) {
    select_socket(index);
    int64_t owner = sockets[index].owner;
    unsigned got = receive(sockets[index].fd, &in, flags, owner < 0);
    now = now_ns();
    for (unsigned i = 0; i < got; i++) {
        int64_t number = owner >= 0 ? owner : (int64_t)ntohl(destination(&in, i)) - FIRST_ADDRESS;
        if (number >= 0 && number < started && transfers[number].socket == index) {
            datagram(&transfers[number], &in.from[i], in.slices[i].iov_base, in.messages[i].msg_len);
        }
    }
    answer_repeats();
    flush(&out);
}

/* --- timers ------------------------------------------------------------------------------------------------------ */

static void timed_out(struct transfer *transfer) {
    select_socket(transfer->socket);
    if (transfer->state == REQUESTED) {
        if (++transfer->tries == REQUEST_TRIES) {
            fail(transfer, &totals.timeouts, "no reply to the request");
        } else {
            totals.requests_resent++;
            send_request(transfer);
        }
    } else if (++transfer->tries == (write_files ? DATA_TRIES : ACK_TRIES)) {
        fail(transfer, &totals.timeouts, "the server fell silent");
    } else if (write_files) {
        send_window(transfer);
    } else {
        totals.acks_resent++;
        send_ack(transfer);
    }
}

static void scan_timers(void) {
    for (int64_t i = active_count - 1; i >= 0; i--) {
        struct transfer *transfer = &transfers[active[i]];
        uint64_t patience = transfer->state == REQUESTED ? REQUEST_TIMEOUT : write_files ? DATA_TIMEOUT : ACK_TIMEOUT;
        uint64_t since = transfer->last_sent;
        if (transfer->state == RUNNING && !write_files && transfer->last_heard > since) {
            since = transfer->last_heard;
        }
        if (now > since + patience) {
            timed_out(transfer);
        }
    }
    flush(&out);
}

/* Tells the servers, so that they do not go on sending to nobody. */
static void abort_unfinished(void) {
    for (int64_t i = 0; i < active_count; i++) {
        struct transfer *transfer = &transfers[active[i]];
        struct sockaddr_in room;
        if (transfer->tid) {
            select_socket(transfer->socket);
            post_error(&out, 0, "the time is over", peer_of(transfer, &room), address_of(transfer));
        }
    }
    flush(&out);
}

/* --- results ----------------------------------------------------------------------------------------------------- */

static int by_value(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static void print_times(const char *label, double *millis, int64_t count) {
    qsort(millis, (size_t)count, sizeof *millis, by_value);
    if (count == 0) {
        printf("\"%s\": null, ", label);
        return;
    }
    printf("\"%s\": {\"p50\": %.3f, \"p99\": %.3f, \"max\": %.3f}, ", label, millis[count / 2],
           millis[(count - 1) * 99 / 100], millis[count - 1]);
}

static void print_results(uint64_t began, uint64_t finished) {
    double elapsed = (double)(finished - began) / 1e9;
    double *millis = malloc(sizeof *millis * (size_t)(started + 1));
    struct rusage usage;
    if (!millis) {
        die("out of memory");
    }
    getrusage(RUSAGE_SELF, &usage);
    double cpu = (double)usage.ru_utime.tv_sec + (double)usage.ru_stime.tv_sec
               + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
    printf("{\"mib_per_s\": %.3f, \"transfers_per_s\": %.1f, \"seconds\": %.4f, \"bytes\": %ld, ",
           (double)totals.bytes / elapsed / 1048576, (double)completed / elapsed, elapsed, (long)totals.bytes);
    printf("\"started\": %ld, \"completed\": %ld, \"failed\": %ld, ", (long)started, (long)completed,
           (long)(totals.errors + totals.timeouts + totals.mismatches + totals.unfinished));
    printf("\"errors\": %ld, \"timeouts\": %ld, \"mismatches\": %ld, \"unfinished\": %ld, ", (long)totals.errors,
           (long)totals.timeouts, (long)totals.mismatches, (long)totals.unfinished);
    int64_t count = 0;
    for (int64_t i = 0; i < started; i++) { /* one that was never answered waited at least until now */
        uint64_t until = transfers[i].replied ? transfers[i].replied : finished;
        millis[count++] = (double)(until - transfers[i].requested) / 1e6;
    }
    print_times("first_reply_ms", millis, count);
    count = 0;
    for (int64_t i = 0; i < started; i++) {
        if (transfers[i].state == COMPLETED) {
            millis[count++] = (double)(transfers[i].ended - transfers[i].requested) / 1e6;
        }
    }
    print_times("transfer_ms", millis, count);
    printf("\"requests_resent\": %ld, \"acks_resent\": %ld, \"blocks_resent\": %ld, ", (long)totals.requests_resent,
           (long)totals.acks_resent, (long)totals.blocks_resent);
    printf("\"data_packets\": %ld, \"duplicates\": %ld, \"out_of_order\": %ld, \"strangers\": %ld, ",
           (long)totals.data_packets, (long)totals.duplicates, (long)totals.out_of_order, (long)totals.strangers);
    printf("\"dropped_in\": %ld, \"dropped_out\": %ld, \"not_sent\": %lu, ", (long)totals.dropped_in,
           (long)totals.dropped_out, (unsigned long)out.failed);
    printf("\"blksize\": %d, \"windowsize\": %d, \"cpu_s\": %.4f, \"first_error\": \"", totals.blksize,
           totals.windowsize, cpu);
    for (const char *at = totals.first_error; *at; at++) {
        putchar(*at >= ' ' && *at != '"' && *at != '\\' && (uint8_t)*at < 0x7f ? *at : '?');
    }
    printf("\"}\n");
    free(millis);
}

/* --- command line ------------------------------------------------------------------------------------------------ */

static void read_server(const char *value) {
    char address[64];
    const char *colon = strrchr(value, ':');
    errno = 0;
    if (!colon || colon - value >= (long)sizeof address) {
        die("--server is %s; expected an IPv4 address and a port such as 127.0.0.1:6969", value);
    }
    memcpy(address, value, (size_t)(colon - value));
    address[colon - value] = 0;
    server.sin_family = AF_INET;
    server.sin_port = htons((uint16_t)atoi(colon + 1));
    if (inet_pton(AF_INET, address, &server.sin_addr) != 1 || !server.sin_port) {
        die("--server is %s; expected an IPv4 address and a port such as 127.0.0.1:6969", value);
    }
}

static void read_arguments(int count, char **arguments) {
    int64_t wanted = 0;
    const char *file = NULL;
    for (int i = 1; i < count; i++) {
        const char *option = arguments[i];
        if (!strcmp(option, "--write")) {
            write_files = true;
        } else if (!strcmp(option, "--waves")) {
            waves = true;
        } else if (!strcmp(option, "--time-box")) {
            time_box = true;
        } else if (!strcmp(option, "--no-gso")) {
            gso = false;
        } else {
            const char *value = i + 1 < count ? arguments[++i] : "";
            if (!strcmp(option, "--server")) {
                read_server(value);
            } else if (!strcmp(option, "--file")) {
                name = value;
            } else if (!strcmp(option, "--content")) {
                file = value;
            } else if (!strcmp(option, "--blksize")) {
                blksize = atoi(value);
            } else if (!strcmp(option, "--windowsize")) {
                windowsize = atoi(value);
            } else if (!strcmp(option, "--clients")) {
                clients = atoll(value);
            } else if (!strcmp(option, "--transfers")) {
                wanted = atoll(value);
            } else if (!strcmp(option, "--seconds")) {
                seconds = atoll(value);
            } else if (!strcmp(option, "--loss")) {
                loss = atof(value);
            } else if (!strcmp(option, "--seed")) {
                seed = strtoull(value, NULL, 10);
            } else if (!strcmp(option, "--sockets")) {
                socket_count = atoi(value);
            } else {
                errno = 0;
                die("unknown option %s; the comment at the top of load.c lists them", option);
            }
        }
    }
    errno = 0;
    if (!server.sin_port || !file || !*name) {
        die("--server, --file and --content are needed");
    }
    if (blksize < 8 || blksize > 65464 || windowsize < 1 || windowsize > 65535 || clients < 1 || seconds < 1
        || seed == 0 || loss < 0 || loss >= 1) {
        die("expected blksize 8 to 65464, windowsize 1 to 65535, at least one client and second, loss 0 to 1, seed > 0");
    }
    transfers_wanted = wanted > 0 ? wanted : clients;
    if (transfers_wanted > MOST_TRANSFERS || strlen(name) > 200) {
        die("expected at most %d transfers and a name of at most 200 characters", MOST_TRANSFERS);
    }
    if (!map_file(AT_FDCWD, file, &content)) {
        die("cannot read %s", file);
    }
    if (own_sockets()) {
        socket_count = (int)clients;
    } else if (socket_count < 1 || socket_count > MOST_SOCKETS) {
        int64_t needed = clients * windowsize / PACKETS_PER_SOCKET;
        socket_count = needed < 4 ? 4 : needed > 256 ? 256 : (int)needed;
    }
}

static void poll_once(int64_t wait_ms) {
    if (clients == 1) {
        read_socket(0, MSG_WAITFORONE);
        return;
    }
    struct epoll_event events[BATCH];
    int ready = epoll_wait(poller, events, BATCH, (int)wait_ms);
    for (int i = 0; i < ready; i++) {
        read_socket((int)events[i].data.u32, MSG_DONTWAIT);
    }
    if (ready <= 0) {
        now = now_ns();
    }
}

static void stop(int signal_number) {
    (void)signal_number;
    stopped = 1;
}

int main(int count, char **arguments) {
    read_arguments(count, arguments);
    transfers = calloc((size_t)transfers_wanted, sizeof *transfers);
    active = calloc((size_t)clients, sizeof *active);
    poller = epoll_create1(EPOLL_CLOEXEC);
    if (!transfers || !active || poller < 0) {
        die("cannot start");
    }
    prepare(&in, clients == 1 && windowsize == 1 ? 1 : BATCH, (size_t)blksize + HEADER + SMALL);
    for (int i = 0; i < socket_count; i++) {
        open_socket(i, !own_sockets());
    }
    out.fd = sockets[0].fd;
    signal(SIGTERM, stop);
    uint64_t began = now = now_ns(), deadline = began + (uint64_t)seconds * SECONDS, next_scan = began + SCAN_EVERY;
    while (!stopped && now < deadline && (active_count || started < transfers_wanted)) {
        bool more = begin_more();
        poll_once(more ? 0 : (int64_t)(SCAN_EVERY / MILLIS));
        if (now >= next_scan) {
            scan_timers();
            next_scan = now + SCAN_EVERY;
        }
    }
    uint64_t finished = now;
    if (!time_box) {
        totals.unfinished = active_count;
        if (active_count) {
            failed_because("time ran out");
        }
    }
    abort_unfinished();
    while (loss > 0 && now < finished + LINGER_MS * MILLIS) {
        poll_once(LINGER_MS);
    }
    print_results(began, finished);
    return 0;
}
