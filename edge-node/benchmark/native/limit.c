/*
 * The machine's limit: a bare TFTP server that does nothing but move packets. One thread, one socket for requests and
 * transfers alike, files rendered into DATA packets in memory, a window in one system call (UDP GSO), and the sessions'
 * sends of one received batch in one more. No logging, no access rules, no disk. It is a yardstick and not a product.
 *
 *   limit --directory DIR [--address 127.0.0.1] [--port 0] [--no-gso] [--store DIR]
 *
 * Prints the port when it is ready. Uploads are checked for order and length and then forgotten, or with --store stored
 * as store.h says, for servers that do so too to be compared with. A retransmission
 * timer per session follows RFC 6298 with a minimum of 10 ms, and is looked at only when the socket is empty.
 */
#include "store.h"
#include "tftp.h"

enum {
    LARGEST_UPLOAD_BLOCK = 9000,
    BUCKETS = 1 << 16,
    SLOTS = 1024,  /* of the timer wheel */
    TICK_MS = 2,   /* a slot of the wheel */
    RETRIES = 10,
    IDLE_MS = 5    /* how long the socket may be silent before timers are looked at */
};

static const uint64_t FIRST_RTO = 250 * MILLIS, LEAST_RTO = 10 * MILLIS, LONGEST_RTO = 1 * SECONDS;

/* A file with its packets for each block size that was asked for. */
struct file {
    struct file *next;
    char *name;
    struct content content;
    struct rendered runs[8];
    int run_count;
};

struct session {
    struct session *in_bucket;
    struct session *in_slot, **slot_link;
    struct sockaddr_in client;
    bool write;
    const struct rendered *run; /* of a read */
    int blksize, window;
    size_t tsize;               /* of a write, SIZE_MAX when unknown */
    size_t received;
    bool oack_pending;          /* the OACK is not yet answered */
    bool gap_acked;
    int64_t acked, sent;        /* read: blocks; write: acked is the last ACK's, sent the last block in order */
    int64_t repeated_up_to;     /* ACKs up to here may answer what the timer repeated */
    int retries;
    uint64_t sent_ns, deadline, srtt, rttvar, rto;
    struct chunk *chunk;        /* write, with --store */
    uint8_t oack[96];
    size_t oack_bytes;
};

static int files_directory = -1, fd;
static bool gso = true;
static struct file *files;
static struct session *buckets[BUCKETS], *wheel[SLOTS], *spare;
static uint64_t now, wheel_tick;
static unsigned active;
static struct outbox out;
static struct inbox in;

static struct file *find_file(const char *name) {
    for (struct file *file = files; file; file = file->next) {
        if (!strcmp(file->name, name)) {
            return file;
        }
    }
    struct file *file = calloc(1, sizeof *file);
    if (!file) {
        die("out of memory");
    }
    if (strstr(name, "..") || name[0] == '/' || !map_file(files_directory, name, &file->content)) {
        free(file);
        return NULL;
    }
    file->name = strdup(name);
    file->next = files;
    files = file;
    return file;
}

static const struct rendered *find_run(struct file *file, int blksize) {
    for (int i = 0; i < file->run_count; i++) {
        if (file->runs[i].blksize == blksize) {
            return &file->runs[i];
        }
    }
    if (file->run_count == (int)(sizeof file->runs / sizeof file->runs[0])) {
        return NULL; /* a yardstick is asked for few block sizes */
    }
    file->runs[file->run_count] = render(file->content, blksize);
    return &file->runs[file->run_count++];
}

static struct session **bucket_of(const struct sockaddr_in *client) {
    uint64_t key = (uint64_t)client->sin_addr.s_addr << 16 | client->sin_port;
    return &buckets[(key * UINT64_C(0x9e3779b97f4a7c15)) >> 48];
}

static struct session *find_session(const struct sockaddr_in *client) {
    for (struct session *session = *bucket_of(client); session; session = session->in_bucket) {
        if (session->client.sin_addr.s_addr == client->sin_addr.s_addr && session->client.sin_port == client->sin_port) {
            return session;
        }
    }
    return NULL;
}

static void unlink_from_slot(struct session *session) {
    if (session->slot_link) {
        *session->slot_link = session->in_slot;
        if (session->in_slot) {
            session->in_slot->slot_link = session->slot_link;
        }
        session->slot_link = NULL;
    }
}

/* Puts the session where the wheel comes by at or after its deadline, or earlier when that is beyond a turn. */
static void link_into_slot(struct session *session) {
    uint64_t tick = session->deadline / (TICK_MS * MILLIS) + 1;
    if (tick > wheel_tick + SLOTS - 1) {
        tick = wheel_tick + SLOTS - 1;
    } else if (tick <= wheel_tick) {
        tick = wheel_tick + 1;
    }
    struct session **head = &wheel[tick % SLOTS];
    session->in_slot = *head;
    session->slot_link = head;
    if (*head) {
        (*head)->slot_link = &session->in_slot;
    }
    *head = session;
}

/* Moving a deadline later costs nothing: the wheel finds out when it comes by. */
static void arm(struct session *session) {
    session->sent_ns = now;
    uint64_t delay = session->rto << session->retries;
    session->deadline = now + (delay < LONGEST_RTO ? delay : LONGEST_RTO);
    if (!session->slot_link) {
        link_into_slot(session);
    }
}

static void measure_round_trip(struct session *session) {
    if (session->acked < session->repeated_up_to) {
        return; /* Karn: it may answer either sending */
    }
    uint64_t sample = now - session->sent_ns;
    if (!session->srtt) {
        session->srtt = sample;
        session->rttvar = sample / 2;
    } else {
        uint64_t error = sample > session->srtt ? sample - session->srtt : session->srtt - sample;
        session->rttvar = (3 * session->rttvar + error) / 4;
        session->srtt = (7 * session->srtt + sample) / 8;
    }
    uint64_t rto = session->srtt + 4 * session->rttvar;
    session->rto = rto < LEAST_RTO ? LEAST_RTO : rto;
}

static void end_session(struct session *session) {
    struct session **link = bucket_of(&session->client);
    while (*link != session) {
        link = &(*link)->in_bucket;
    }
    *link = session->in_bucket;
    unlink_from_slot(session);
    if (session->chunk) {
        store_give_up(session->chunk);
    }
    session->in_bucket = spare;
    spare = session;
    active--;
}

static struct session *begin_session(const struct sockaddr_in *client) {
    struct session *session = spare;
    if (session) {
        spare = session->in_bucket;
    } else if (!(session = malloc(sizeof *session))) {
        die("out of memory");
    }
    memset(session, 0, sizeof *session);
    session->client = *client;
    session->blksize = 512;
    session->window = 1;
    session->rto = FIRST_RTO;
    struct session **bucket = bucket_of(client);
    session->in_bucket = *bucket;
    *bucket = session;
    active++;
    return session;
}

static void send_oack(struct session *session) {
    memcpy(small_packet(&out), session->oack, session->oack_bytes);
    post_small(&out, session->oack_bytes, &session->client, 0);
    arm(session);
}

/* Sends what the window after acked still allows. */
static void send_window(struct session *session, int64_t first) {
    int64_t last = session->acked + session->window;
    if (last > session->run->blocks) {
        last = session->run->blocks;
    }
    if (first <= last) {
        post_blocks(&out, session->run, first, last, gso, &session->client, 0);
        session->sent = last > session->sent ? last : session->sent;
    }
    arm(session);
}

static void send_ack(struct session *session) {
    post_ack(&out, session->sent, &session->client, 0);
    session->acked = session->sent;
    arm(session);
}

static void request(const struct sockaddr_in *client, const uint8_t *packet, size_t bytes) {
    struct session *session = find_session(client);
    if (session) {
        if (session->oack_pending) {
            send_oack(session);
        }
        return;
    }
    const uint8_t *at = packet + 2, *end = packet + bytes;
    const char *name = next_string(&at, end), *mode = next_string(&at, end);
    bool write = get16(packet) == WRQ;
    if (!name || !mode || strcasecmp(mode, "octet")) {
        post_error(&out, 4, "expected an octet request", client, 0);
        return;
    }
    struct file *file = write ? NULL : find_file(name);
    if (!write && !file) {
        post_error(&out, 1, "no such file", client, 0);
        return;
    }
    struct options asked = parse_options(at, end);
    session = begin_session(client);
    session->write = write;
    session->tsize = SIZE_MAX;
    if (write && store.directory >= 0) {
        session->chunk = store_chunk(store_begin(client));
    }
    size_t length = 2;
    if (asked.blksize >= 8 && asked.blksize <= 65464) {
        session->blksize = write && asked.blksize > LARGEST_UPLOAD_BLOCK ? LARGEST_UPLOAD_BLOCK : (int)asked.blksize;
        length += put_option(session->oack + length, "blksize", session->blksize);
    }
    if (asked.windowsize >= 1 && asked.windowsize <= 65535) {
        session->window = asked.windowsize > 64 ? 64 : (int)asked.windowsize;
        length += put_option(session->oack + length, "windowsize", session->window);
    }
    if (asked.tsize >= 0) {
        session->tsize = (size_t)asked.tsize;
        length += put_option(session->oack + length, "tsize", write ? asked.tsize : (long)file->content.size);
    }
    if (!write && !(session->run = find_run(file, session->blksize))) {
        post_error(&out, 0, "too many different block sizes", client, 0);
        end_session(session);
        return;
    }
    if (length > 2) {
        put16(session->oack, OACK);
        session->oack_bytes = length;
        session->oack_pending = true;
        send_oack(session);
    } else if (write) {
        send_ack(session);
    } else {
        send_window(session, 1);
    }
}

static void acknowledged(struct session *session, uint16_t block) {
    if (session->write) {
        return;
    }
    if (session->oack_pending) {
        if (block == 0) {
            measure_round_trip(session);
            session->oack_pending = false;
            session->retries = 0;
            send_window(session, 1);
        }
        return;
    }
    int64_t acked = session->acked + (uint16_t)(block - (uint16_t)session->acked);
    if (acked > session->sent) {
        return; /* from before this window */
    }
    if (acked == session->run->blocks) {
        end_session(session);
    } else if (acked == session->sent) {
        measure_round_trip(session);
        session->acked = acked;
        session->retries = 0;
        send_window(session, acked + 1);
    } else if (session->window > 1) { /* a gap: RFC 7440 section 4 */
        if (acked > session->acked) {
            session->retries = 0;
        }
        session->acked = acked;
        send_window(session, acked + 1);
    }
}

static void data(struct session *session, const uint8_t *packet, size_t bytes) {
    if (!session->write) {
        return;
    }
    size_t length = bytes - HEADER;
    int16_t ahead = (int16_t)(get16(packet + 2) - (uint16_t)(session->sent + 1));
    if (ahead == 0 && length <= (size_t)session->blksize) {
        session->oack_pending = false;
        session->gap_acked = false;
        session->retries = 0;
        session->sent++;
        session->received += length;
        if (session->chunk) {
            session->chunk = store_bytes(session->chunk, packet + HEADER, length);
        }
        if (length < (size_t)session->blksize) {
            if (session->tsize != SIZE_MAX && session->tsize != session->received) {
                post_error(&out, 0, "not as long as tsize said", &session->client, 0);
            } else if (session->chunk) {
                store_end(session->chunk, (uint16_t)session->sent);
                session->chunk = NULL;
            } else {
                send_ack(session);
            }
            end_session(session);
        } else if (session->sent - session->acked == session->window) {
            send_ack(session);
        }
    } else if (ahead > 0 && !session->gap_acked) {
        session->gap_acked = true;
        send_ack(session);
    } else if (ahead == -1 && session->sent == session->acked) {
        send_ack(session);
    }
}

static void datagram(const struct sockaddr_in *client, const uint8_t *packet, size_t bytes) {
    if (bytes < HEADER) {
        return;
    }
    uint16_t opcode = get16(packet);
    if (opcode == RRQ || opcode == WRQ) {
        request(client, packet, bytes);
        return;
    }
    struct session *session = find_session(client);
    if (!session) {
        return;
    }
    if (opcode == ACK) {
        acknowledged(session, get16(packet + 2));
    } else if (opcode == DATA) {
        data(session, packet, bytes);
    } else if (opcode == ERROR) {
        end_session(session);
    }
}

static void timer_fired(struct session *session) {
    if (session->retries++ == RETRIES) {
        end_session(session);
    } else if (session->oack_pending) {
        send_oack(session);
    } else if (session->write) {
        send_ack(session);
    } else {
        session->repeated_up_to = session->sent;
        send_window(session, session->acked + 1);
    }
}

static void turn_wheel(void) {
    uint64_t tick = now / (TICK_MS * MILLIS);
    if (tick - wheel_tick > SLOTS) {
        wheel_tick = tick - SLOTS;
    }
    while (wheel_tick < tick) {
        wheel_tick++;
        struct session *session = wheel[wheel_tick % SLOTS];
        while (session) {
            struct session *next = session->in_slot;
            unlink_from_slot(session);
            if (session->deadline <= now) {
                timer_fired(session); /* arms anew or ends */
            } else {
                link_into_slot(session);
            }
            session = next;
        }
    }
    flush(&out);
}

int main(int count, char **arguments) {
    const char *store_in = NULL;
    struct sockaddr_in local = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    for (int i = 1; i < count; i++) {
        const char *option = arguments[i], *value = i + 1 < count ? arguments[i + 1] : "";
        if (!strcmp(option, "--no-gso")) {
            gso = false;
        } else if (!strcmp(option, "--directory")) {
            files_directory = open(value, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
            i++;
        } else if (!strcmp(option, "--store")) {
            store_in = value;
            i++;
        } else if (!strcmp(option, "--address") && inet_pton(AF_INET, value, &local.sin_addr) == 1) {
            i++;
        } else if (!strcmp(option, "--port")) {
            local.sin_port = htons((uint16_t)atoi(value));
            i++;
        } else {
            errno = 0;
            die("unknown option %s %s; expected --directory DIR [--address IPV4] [--port N] [--no-gso]"
                " [--store DIR]", option, value);
        }
    }
    if (files_directory < 0) {
        die("--directory must name the folder with the files");
    }
    fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    socklen_t length = sizeof local;
    if (fd < 0 || bind(fd, (struct sockaddr *)&local, sizeof local)
        || getsockname(fd, (struct sockaddr *)&local, &length)) {
        die("cannot bind");
    }
    grow_buffers(fd);
    struct timeval patience = {.tv_usec = IDLE_MS * 1000};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    prepare(&in, BATCH, LARGEST_UPLOAD_BLOCK + HEADER);
    out.fd = fd;
    if (store_in) {
        open_store(store_in, fd);
    }
    now = now_ns();
    wheel_tick = now / (TICK_MS * MILLIS);
    printf("%d\n", ntohs(local.sin_port));
    fflush(stdout);
    for (;;) {
        unsigned got = receive(fd, &in, MSG_WAITFORONE, false);
        now = now_ns();
        for (unsigned i = 0; i < got; i++) {
            datagram(&in.from[i], in.slices[i].iov_base, in.messages[i].msg_len);
        }
        flush(&out);
        if (got < in.capacity && active) {
            turn_wheel();
        }
    }
}
