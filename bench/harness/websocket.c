/* websocket: an echo server and a load generator for RFC 6455, each one thread.
 *
 *   websocket echo PORT
 *   websocket load HOST PORT PATH SECONDS CONNECTIONS BYTES [RATE]
 *
 * The load opens its connections and then sends masked binary messages and waits for their echoes, one message
 * under way per connection. Without a rate each connection sends the next as soon as it has the echo. With a rate
 * messages are due at start + i / RATE whatever happens, one that finds every connection busy waits in line, and
 * latency counts from when it was due. Every echo is compared byte by byte. Prints one JSON object; exit code 0
 * means that a connection was upgraded and the load generated, not that the server did well: look at "failed".
 *
 * The echo server answers a request without Upgrade with what it saw since it was last asked that. It wants
 * masked frames of at most FRAME_MAX bytes, unfragmented, and closes a connection that sends anything else.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define FRAME_MAX 4096
#define ROOM (FRAME_MAX + 16)
#define FDS_MAX 4096
#define DRAIN_NS 3000000000LL /* how long echoes may come in after the last message was due */
#define BINARY 2
#define CLOSE 8
#define PING 9
#define PONG 10

static int epoll_fd;

static void die(const char *what) {
    fprintf(stderr, "websocket: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void no_delay(int fd) {
    int one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}

static void watch(int fd, uint32_t tag) {
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = tag};
    if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0) die("epoll_ctl");
}

/* ---- the handshake: base64(SHA-1(key + a constant)) ---- */

static uint32_t rotate(uint32_t x, int by) { return x << by | x >> (32 - by); }

/* SHA-1 (FIPS 180-4) of a text of at most 119 bytes: two blocks. */
static void sha1(const char *text, unsigned char digest[20]) {
    unsigned char blocks[128] = {0};
    size_t length = strlen(text), size = length < 56 ? 64 : 128;
    memcpy(blocks, text, length);
    blocks[length] = 0x80;
    blocks[size - 2] = length * 8 >> 8;
    blocks[size - 1] = length * 8;
    uint32_t h[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
    for (unsigned char *block = blocks; block < blocks + size; block += 64) {
        uint32_t w[80], a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];
        for (int i = 0; i < 16; i++)
            w[i] = (uint32_t)block[4 * i] << 24 | block[4 * i + 1] << 16 | block[4 * i + 2] << 8 | block[4 * i + 3];
        for (int i = 16; i < 80; i++) w[i] = rotate(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
        for (int i = 0; i < 80; i++) {
            uint32_t f = i < 20   ? ((b & c) | (~b & d)) + 0x5a827999
                         : i < 40 ? (b ^ c ^ d) + 0x6ed9eba1
                         : i < 60 ? ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc
                                  : (b ^ c ^ d) + 0xca62c1d6;
            uint32_t next = rotate(a, 5) + f + e + w[i];
            e = d, d = c, c = rotate(b, 30), b = a, a = next;
        }
        h[0] += a, h[1] += b, h[2] += c, h[3] += d, h[4] += e;
    }
    for (int i = 0; i < 20; i++) digest[i] = h[i / 4] >> (24 - 8 * (i % 4));
}

static void base64(const unsigned char *bytes, size_t length, char *text) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < length; i += 3) {
        uint32_t three = (uint32_t)bytes[i] << 16;
        if (i + 1 < length) three |= bytes[i + 1] << 8;
        if (i + 2 < length) three |= bytes[i + 2];
        *text++ = digits[three >> 18];
        *text++ = digits[three >> 12 & 63];
        *text++ = i + 1 < length ? digits[three >> 6 & 63] : '=';
        *text++ = i + 2 < length ? digits[three & 63] : '=';
    }
    *text = 0;
}

static void accept_for(const char *key, char *accept) {
    char text[96];
    unsigned char digest[20];
    snprintf(text, sizeof text, "%.40s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", key);
    sha1(text, digest);
    base64(digest, sizeof digest, accept);
}

/* Copies the value of a header out of a head; returns 0 when it is not there. The name has its colon. */
static int header(const char *head, const char *name, char *value, size_t size) {
    char line[64];
    snprintf(line, sizeof line, "\r\n%s", name);
    const char *at = strcasestr(head, line);
    if (!at) return 0;
    at += strlen(line);
    at += strspn(at, " ");
    size_t length = strcspn(at, "\r\n");
    if (length >= size) return 0;
    memcpy(value, at, length);
    value[length] = 0;
    return 1;
}

/* ---- frames ---- */

/* Writes the start of a final frame; returns its length. The mask, if any, is written by the caller. */
static size_t frame_start(unsigned char *to, int opcode, size_t length, int masked) {
    to[0] = 0x80 | opcode;
    if (length < 126) {
        to[1] = masked << 7 | length;
        return 2;
    }
    to[1] = masked << 7 | 126;
    to[2] = length >> 8;
    to[3] = length;
    return 4;
}

typedef struct {
    int opcode;
    size_t length, whole; /* of the payload, and of the frame with everything */
    unsigned char *payload;
} Frame;

/* Reads one frame and unmasks it in place: 1 a whole frame, 0 not yet, -1 not what is spoken here. */
static int read_frame(unsigned char *from, size_t available, int masked, Frame *frame) {
    if (available < 2) return 0;
    size_t length = from[1] & 127, head = 2;
    if ((from[0] & 0xf0) != 0x80 || from[1] >> 7 != masked || length == 127) return -1;
    if (length == 126) {
        if (available < 4) return 0;
        length = from[2] << 8 | from[3];
        head = 4;
    }
    if (length > FRAME_MAX) return -1;
    unsigned char *mask = from + head;
    head += masked ? 4 : 0;
    if (available < head + length) return 0;
    *frame = (Frame){from[0] & 15, length, head + length, from + head};
    if (masked)
        for (size_t i = 0; i < length; i++) frame->payload[i] ^= mask[i & 3];
    return 1;
}

/* ---- the echo server ---- */

typedef struct {
    int upgraded;
    long period; /* in which it was last used */
    size_t filled;
    unsigned char bytes[2 * ROOM];
} Client;

static Client *clients[FDS_MAX];
static long period = 1, seen_messages, seen_connections, seen_bytes;

static void drop(int fd) {
    close(fd);
    free(clients[fd]);
    clients[fd] = NULL;
}

/* Returns 0 when the connection is done with. */
static int answer(int fd, const void *bytes, size_t length) {
    /* A peer that does not read 200 kB of echoes is not one that is measured here. */
    return send(fd, bytes, length, MSG_NOSIGNAL) == (ssize_t)length;
}

static int on_head(int fd, Client *c) {
    char text[512], key[64], version[4], accept[32];
    c->bytes[c->filled] = 0;
    char *head = (char *)c->bytes, *end = strstr(head, "\r\n\r\n");
    if (!end) return c->filled < ROOM;
    end[2] = 0;
    if (!strcasestr(head, "\r\nupgrade: websocket")) {
        char json[128];
        int length = snprintf(json, sizeof json, "{\"connections\": %ld, \"requests\": %ld, \"bytes\": %ld}",
                              seen_connections, seen_messages, seen_bytes);
        period++;
        seen_messages = seen_connections = seen_bytes = 0;
        length = snprintf(text, sizeof text, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                          "Connection: close\r\nContent-Length: %d\r\n\r\n%s", length, json);
        answer(fd, text, length);
        return 0;
    }
    if (!header(head, "Sec-WebSocket-Key:", key, sizeof key)
        || !header(head, "Sec-WebSocket-Version:", version, sizeof version) || strcmp(version, "13") != 0)
        return 0;
    accept_for(key, accept);
    int length = snprintf(text, sizeof text, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                          "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n", accept);
    size_t used = end + 4 - head;
    c->upgraded = 1;
    c->filled -= used;
    memmove(c->bytes, c->bytes + used, c->filled);
    return answer(fd, text, length);
}

static int on_frames(int fd, Client *c) {
    static unsigned char out[2 * ROOM];
    size_t used = 0, written = 0;
    Frame frame;
    int got, closing = 0;
    while (!closing && (got = read_frame(c->bytes + used, c->filled - used, 1, &frame)) != 0) {
        if (got < 0) return 0;
        used += frame.whole;
        if (frame.opcode == PONG) continue;
        if (frame.opcode < CLOSE) {
            if (c->period != period) {
                c->period = period;
                seen_connections++;
            }
            seen_messages++;
            seen_bytes += frame.length;
        }
        closing = frame.opcode == CLOSE;
        written += frame_start(out + written, frame.opcode == PING ? PONG : frame.opcode, frame.length, 0);
        memcpy(out + written, frame.payload, frame.length);
        written += frame.length;
    }
    c->filled -= used;
    memmove(c->bytes, c->bytes + used, c->filled);
    return (written == 0 || answer(fd, out, written)) && !closing;
}

static void echo(int port) {
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int one = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listener, (struct sockaddr *)&here, sizeof here) < 0 || listen(listener, 1024) < 0) die("listen");
    watch(listener, listener);
    for (;;) {
        struct epoll_event events[256];
        int n = epoll_wait(epoll_fd, events, 256, -1);
        for (int i = 0; i < n; i++) {
            int fd = events[i].data.u32;
            if (fd == listener) {
                while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
                    if (fd >= FDS_MAX) die("too many connections");
                    no_delay(fd);
                    clients[fd] = calloc(1, sizeof(Client));
                    watch(fd, fd);
                }
                continue;
            }
            Client *c = clients[fd];
            ssize_t got = recv(fd, c->bytes + c->filled, sizeof c->bytes - 1 - c->filled, 0);
            if (got < 0 && (errno == EAGAIN || errno == EINTR)) continue;
            c->filled += got > 0 ? got : 0;
            if (got <= 0 || (!c->upgraded && !on_head(fd, c)) || (c->upgraded && !on_frames(fd, c))) drop(fd);
        }
    }
}

/* ---- the load ---- */

typedef struct {
    int fd, busy;
    int64_t since_ns; /* when the message under way was due */
    size_t filled;
    unsigned char bytes[2 * ROOM];
} Connection;

static struct sockaddr_in server;
static const char *path;
static Connection *connections;
static int *idle_stack, idle_count, timer_fd;
static size_t size;
static unsigned char message[FRAME_MAX];
static double rate, interval_ns;
static int64_t start_ns, end_ns;
static long total, due, sent, done, failed, refused, line_max, room;
static double *latency_us, *lateness_us; /* lateness: how long after a message was due the generator noticed */

static uint32_t random_mask(void) {
    static uint64_t state;
    while (!state) if (getrandom(&state, sizeof state, 0) < 0) die("getrandom");
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    return state >> 16;
}

/* Connects and upgrades, blocking. Returns 0 and says why when the answer is not the right 101. */
static int open_connection(int index) {
    Connection *c = &connections[index];
    unsigned char nonce[16];
    char key[32], wanted[32], got[64], text[1024];
    struct timeval patience = {.tv_sec = 10};
    c->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&server, sizeof server) < 0) die("connect");
    no_delay(c->fd);
    setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (getrandom(nonce, sizeof nonce, 0) < 0) die("getrandom");
    base64(nonce, sizeof nonce, key);
    accept_for(key, wanted);
    int length = snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
                          "Connection: Upgrade\r\nSec-WebSocket-Key: %s\r\nSec-WebSocket-Version: 13\r\n\r\n", path, key);
    if (send(c->fd, text, length, MSG_NOSIGNAL) != length) return 0;
    size_t filled = 0;
    char *end = NULL;
    while (!end) { /* nothing follows the head: the server speaks only when spoken to */
        ssize_t n = recv(c->fd, text + filled, sizeof text - 1 - filled, 0);
        if (n <= 0) {
            fprintf(stderr, "websocket: no answer to the upgrade\n");
            return 0;
        }
        filled += n;
        text[filled] = 0;
        end = strstr(text, "\r\n\r\n");
    }
    if (strncmp(text, "HTTP/1.1 101 ", 13) != 0 || !header(text, "Sec-WebSocket-Accept:", got, sizeof got)
        || strcmp(got, wanted) != 0) {
        fprintf(stderr, "websocket: not upgraded: %.*s\n", (int)strcspn(text, "\r\n"), text);
        return 0;
    }
    fcntl(c->fd, F_SETFL, O_NONBLOCK);
    watch(c->fd, index);
    idle_stack[idle_count++] = index;
    return 1;
}

static void give_up(Connection *c) {
    if (c->fd < 0) return;
    close(c->fd);
    c->fd = -1;
    failed++;
}

static void send_message(int index, int64_t since) {
    Connection *c = &connections[index];
    unsigned char out[ROOM];
    uint32_t mask = random_mask();
    size_t head = frame_start(out, BINARY, size, 1);
    memcpy(out + head, &mask, 4);
    for (size_t i = 0; i < size; i++) out[head + 4 + i] = message[i] ^ out[head + (i & 3)];
    c->busy = 1;
    c->since_ns = since;
    sent++;
    if (send(c->fd, out, head + 4 + size, MSG_NOSIGNAL) != (ssize_t)(head + 4 + size)) give_up(c);
}

static void on_echo(int index, int64_t now) {
    Connection *c = &connections[index];
    if (done == room) {
        room = room ? 2 * room : 1 << 16;
        latency_us = realloc(latency_us, room * sizeof *latency_us);
        if (!latency_us) die("realloc");
    }
    latency_us[done++] = (now - c->since_ns) / 1000.0;
    c->busy = 0;
    if (rate > 0)
        idle_stack[idle_count++] = index;
    else if (now < end_ns)
        send_message(index, now);
}

static void on_readable(int index) {
    Connection *c = &connections[index];
    Frame frame;
    if (c->fd < 0) return;
    ssize_t n = recv(c->fd, c->bytes + c->filled, sizeof c->bytes - c->filled, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
    c->filled += n > 0 ? n : 0;
    int got = n <= 0 ? -1 : read_frame(c->bytes, c->filled, 0, &frame);
    if (got == 0) return;
    /* One message is under way, so one whole frame is all there can be. */
    if (got < 0 || !c->busy || frame.opcode != BINARY || frame.whole != c->filled || frame.length != size
        || memcmp(frame.payload, message, size) != 0) {
        give_up(c);
        return;
    }
    c->filled = 0;
    on_echo(index, now_ns());
}

static int64_t due_ns(long i) { return start_ns + (int64_t)(i * interval_ns); }

static void send_due(void) {
    int64_t now = now_ns();
    for (; due < total && due_ns(due) <= now; due++) lateness_us[due] = (now - due_ns(due)) / 1000.0;
    if (due - sent > line_max) line_max = due - sent;
    while (sent < due && idle_count > 0) send_message(idle_stack[--idle_count], due_ns(sent));
    if (due < total) {
        int64_t at = due_ns(due);
        struct itimerspec when = {.it_value = {at / 1000000000LL, at % 1000000000LL}};
        timerfd_settime(timer_fd, TFD_TIMER_ABSTIME, &when, NULL);
    }
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double quantile(const double *sorted, long count, double q) {
    if (count == 0) return 0;
    long i = (long)(q * count);
    return sorted[i < count ? i : count - 1];
}

static int load(char **argv, int argc) {
    double seconds = atof(argv[5]);
    int count = atoi(argv[6]);
    size = atoi(argv[7]);
    rate = argc > 8 ? atof(argv[8]) : 0;
    total = (long)(rate * seconds);
    interval_ns = rate > 0 ? 1e9 / rate : 0;
    path = argv[4];
    if (count < 1 || count > FDS_MAX / 2 || size < 1 || size > FRAME_MAX || seconds <= 0) {
        fprintf(stderr, "websocket: nothing to do\n");
        return 2;
    }
    server.sin_family = AF_INET;
    server.sin_port = htons(atoi(argv[3]));
    if (inet_pton(AF_INET, argv[2], &server.sin_addr) != 1) die("address");
    for (size_t i = 0; i < size; i++) message[i] = 'a' + i % 26;
    connections = calloc(count, sizeof *connections);
    idle_stack = malloc(count * sizeof *idle_stack);
    lateness_us = malloc((total + 1) * sizeof *lateness_us);
    timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
    watch(timer_fd, UINT32_MAX);
    for (int i = 0; i < count; i++)
        if (!open_connection(i)) refused++;
    if (refused == count) return 1;

    start_ns = now_ns();
    end_ns = start_ns + (int64_t)(seconds * 1e9);
    int64_t give_up_ns = end_ns + (rate > 0 ? DRAIN_NS : 0);
    if (rate > 0)
        send_due();
    else
        while (idle_count > 0) send_message(idle_stack[--idle_count], now_ns());
    while (refused + failed < count && (rate == 0 || done < total) && now_ns() < give_up_ns) {
        struct epoll_event events[256];
        int n = epoll_wait(epoll_fd, events, 256, 100);
        for (int i = 0; i < n; i++) {
            if (events[i].data.u32 == UINT32_MAX) {
                uint64_t ticks;
                if (read(timer_fd, &ticks, sizeof ticks) < 0 && errno != EAGAIN) die("timer");
            } else {
                on_readable(events[i].data.u32);
            }
        }
        if (rate > 0) send_due();
    }
    double took = rate > 0 ? seconds : (now_ns() - start_ns) / 1e9;
    if (rate > 0) failed = total - done;
    qsort(latency_us, done, sizeof *latency_us, ascending);
    qsort(lateness_us, due, sizeof *lateness_us, ascending);
    printf("{\"rate\": %.1f, \"seconds\": %.6f, \"due\": %ld, \"done\": %ld, \"failed\": %ld, \"not_2xx\": %ld, "
           "\"p50_us\": %.1f, \"p90_us\": %.1f, \"p99_us\": %.1f, \"p999_us\": %.1f, \"max_us\": %.1f, "
           "\"generator_p99_us\": %.1f, \"line_max\": %ld}\n",
           rate, took, total, done, failed, refused, quantile(latency_us, done, 0.50), quantile(latency_us, done, 0.90),
           quantile(latency_us, done, 0.99), quantile(latency_us, done, 0.999), done ? latency_us[done - 1] : 0,
           quantile(lateness_us, due, 0.99), line_max);
    return 0;
}

int main(int argc, char **argv) {
    epoll_fd = epoll_create1(0);
    if (argc == 3 && strcmp(argv[1], "echo") == 0) echo(atoi(argv[2]));
    if (argc >= 8 && strcmp(argv[1], "load") == 0) return load(argv, argc);
    fprintf(stderr, "usage: websocket echo PORT\n"
                    "       websocket load HOST PORT PATH SECONDS CONNECTIONS BYTES [RATE]\n");
    return 2;
}
