/* paced: an open-loop HTTP/1.1 load generator for one thread.
 *
 *   paced HOST PORT PATH RATE SECONDS CONNECTIONS [HOST-HEADER]
 *
 * Requests are due at start + i / RATE whatever the server does. One that finds every connection busy
 * waits in line, and its latency counts from when it was due, so a slow server cannot hide by slowing
 * the generator down (no coordinated omission). Prints one JSON object. Exit code 0 means the load was
 * generated, not that the server did well: look at "failed".
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
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define HEAD_MAX 16384
#define DRAIN_NS 3000000000LL /* how long answers may come in after the last request was due */

typedef struct {
    int fd;
    int busy;
    long request;       /* index of the request in flight */
    size_t head_length; /* bytes of the response head so far */
    int in_body;
    int status;
    long long body_left;
    char head[HEAD_MAX + 1];
} Connection;

static struct sockaddr_in server;
static char request_text[4096];
static size_t request_length;
static int epoll_fd, timer_fd;
static Connection *connections;
static int *idle_stack, idle_count;
static long total, due, sent, done, failed, not_2xx;
static double interval_ns;
static int64_t start_ns;
static double *latency_us, *lateness_us; /* lateness: how long after a request was due the generator noticed */
static long line_max;
static char buffer[262144];

static int64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static int64_t due_ns(long i) { return start_ns + (int64_t)(i * interval_ns); }

static void die(const char *what) {
    fprintf(stderr, "paced: %s: %s\n", what, strerror(errno));
    exit(1);
}

/* Connects blocking (loopback), then reads and writes without blocking. */
static void open_connection(int index) {
    Connection *c = &connections[index];
    int one = 1;
    c->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (c->fd < 0) die("socket");
    if (connect(c->fd, (struct sockaddr *)&server, sizeof server) < 0) die("connect");
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    fcntl(c->fd, F_SETFL, O_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = index};
    if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, c->fd, &event) < 0) die("epoll_ctl");
    c->busy = c->in_body = 0;
    c->head_length = 0;
    idle_stack[idle_count++] = index;
}

/* The server hung up or spoke nonsense: the request in flight, if any, has failed. */
static void replace_connection(int index) {
    Connection *c = &connections[index];
    close(c->fd);
    if (c->busy) {
        failed++;
    } else { /* it stands in the idle stack: take it out */
        for (int i = 0; i < idle_count; i++)
            if (idle_stack[i] == index) {
                idle_stack[i] = idle_stack[--idle_count];
                break;
            }
    }
    open_connection(index);
}

static void finish(int index) {
    Connection *c = &connections[index];
    latency_us[done++] = (now_ns() - due_ns(c->request)) / 1000.0;
    if (c->status < 200 || c->status > 299) not_2xx++;
    c->busy = c->in_body = 0;
    c->head_length = 0;
    idle_stack[idle_count++] = index;
}

/* Returns 0 when the head cannot be understood. */
static int read_head(Connection *c) {
    if (sscanf(c->head, "HTTP/1.1 %d", &c->status) != 1) return 0;
    char *line = strcasestr(c->head, "\r\ncontent-length:");
    if (!line) return 0;
    c->body_left = atoll(line + strlen("\r\ncontent-length:"));
    c->in_body = 1;
    return 1;
}

static void on_readable(int index) {
    Connection *c = &connections[index];
    for (;;) {
        ssize_t n = recv(c->fd, buffer, sizeof buffer, 0);
        if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (n <= 0 || !c->busy) {
            replace_connection(index);
            return;
        }
        size_t used = 0;
        if (!c->in_body) {
            size_t room = HEAD_MAX - c->head_length, take = (size_t)n < room ? (size_t)n : room;
            size_t before = c->head_length;
            memcpy(c->head + before, buffer, take);
            c->head[before + take] = 0;
            char *end = strstr(c->head, "\r\n\r\n");
            if (!end) {
                c->head_length += take;
                if (c->head_length == HEAD_MAX) replace_connection(index);
                continue;
            }
            used = (size_t)(end + 4 - c->head) - before;
            end[2] = 0;
            if (!read_head(c)) {
                replace_connection(index);
                return;
            }
        }
        c->body_left -= n - used;
        if (c->body_left < 0) {
            replace_connection(index);
            return;
        }
        if (c->body_left == 0) {
            finish(index);
            return;
        }
        if ((size_t)n < sizeof buffer) return; /* level triggered: there may be more later */
    }
}

static void send_due(void) {
    int64_t now = now_ns();
    for (; due < total && due_ns(due) <= now; due++) lateness_us[due] = (now - due_ns(due)) / 1000.0;
    long line = due - sent;
    if (line > line_max) line_max = line;
    while (sent < due && idle_count > 0) {
        int index = idle_stack[--idle_count];
        Connection *c = &connections[index];
        c->busy = 1;
        c->request = sent;
        sent++;
        if (send(c->fd, request_text, request_length, MSG_NOSIGNAL) != (ssize_t)request_length)
            replace_connection(index);
    }
}

static void arm_timer(void) {
    if (due >= total) return;
    int64_t at = due_ns(due);
    struct itimerspec when = {.it_value = {at / 1000000000LL, at % 1000000000LL}};
    timerfd_settime(timer_fd, TFD_TIMER_ABSTIME, &when, NULL);
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

int main(int argc, char **argv) {
    if (argc < 7) {
        fprintf(stderr, "usage: paced HOST PORT PATH RATE SECONDS CONNECTIONS [HOST-HEADER]\n");
        return 2;
    }
    double rate = atof(argv[4]), seconds = atof(argv[5]);
    int count = atoi(argv[6]);
    total = (long)(rate * seconds);
    interval_ns = 1e9 / rate;
    if (total < 1 || count < 1) {
        fprintf(stderr, "paced: nothing to do\n");
        return 2;
    }
    server.sin_family = AF_INET;
    server.sin_port = htons(atoi(argv[2]));
    if (inet_pton(AF_INET, argv[1], &server.sin_addr) != 1) die("address");
    request_length = snprintf(request_text, sizeof request_text, "GET %s HTTP/1.1\r\nHost: %s\r\n\r\n",
                              argv[3], argc > 7 ? argv[7] : argv[1]);
    latency_us = malloc(total * sizeof *latency_us);
    lateness_us = malloc(total * sizeof *lateness_us);
    connections = calloc(count, sizeof *connections);
    idle_stack = malloc(count * sizeof *idle_stack);
    epoll_fd = epoll_create1(0);
    timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = UINT32_MAX};
    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, timer_fd, &event);
    for (int i = 0; i < count; i++) open_connection(i);

    start_ns = now_ns() + 5000000;
    int64_t give_up = due_ns(total) + DRAIN_NS;
    arm_timer();
    while (done + failed < total && now_ns() < give_up) {
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
        send_due();
        arm_timer();
    }
    qsort(latency_us, done, sizeof *latency_us, ascending);
    qsort(lateness_us, due, sizeof *lateness_us, ascending);
    printf("{\"rate\": %.1f, \"seconds\": %.2f, \"due\": %ld, \"done\": %ld, \"failed\": %ld, \"not_2xx\": %ld, "
           "\"p50_us\": %.1f, \"p90_us\": %.1f, \"p99_us\": %.1f, \"p999_us\": %.1f, \"max_us\": %.1f, "
           "\"generator_p99_us\": %.1f, \"line_max\": %ld}\n",
           rate, seconds, total, done, total - done, not_2xx, quantile(latency_us, done, 0.50),
           quantile(latency_us, done, 0.90), quantile(latency_us, done, 0.99), quantile(latency_us, done, 0.999),
           done ? latency_us[done - 1] : 0, quantile(lateness_us, due, 0.99), line_max);
    return 0;
}
