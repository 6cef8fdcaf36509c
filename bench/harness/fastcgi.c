/* fastcgi: an application for FastCGI (specification 1.0) that answers every request with BYTES octets, one thread.
 *
 *   fastcgi PORT AUDIT_PORT BYTES
 *
 * It reads a request to its end and closes the connection after its response, as php-fpm does with a client that
 * does not ask to keep it. Over HTTP at AUDIT_PORT it says what it saw since it was last asked.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define FDS_MAX 16384
#define BEGIN 1
#define END 3
#define PARAMS 4
#define STDIN 5
#define STDOUT 6

struct connection {
    unsigned char header[8];
    unsigned got;  /* octets of the header */
    unsigned skip; /* octets of content and padding that are left */
};

static struct connection connections[FDS_MAX];
static unsigned long requests, accepted;
static unsigned char response[1 << 16];
static size_t response_length;

static int listening(int port) {
    int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) || listen(fd, 4096)) {
        perror("fastcgi: listen");
        exit(1);
    }
    return fd;
}

static void record(int type, const void *content, size_t length) {
    unsigned char *to = response + response_length;
    unsigned char header[8] = {1, type, 0, 1, length >> 8, length & 255, -length & 7, 0};
    memcpy(to, header, 8);
    memcpy(to + 8, content, length);
    memset(to + 8 + length, 0, header[6]);
    response_length += 8 + length + header[6];
}

static void prepare(int bytes) {
    char text[1 << 15];
    int head = sprintf(text, "Content-Type: text/plain\r\nContent-Length: %d\r\n\r\n", bytes);
    memset(text + head, 'x', bytes);
    record(STDOUT, text, head + bytes);
    record(STDOUT, "", 0);
    record(END, "\0\0\0\0\0\0\0\0", 8);
}

/* Whether the request is complete; -1 when it is none. */
static int complete(struct connection *c, const unsigned char *in, ssize_t length) {
    while (length > 0) {
        if (c->skip) {
            unsigned take = c->skip < length ? c->skip : length;
            c->skip -= take, in += take, length -= take;
            continue;
        }
        c->header[c->got++] = *in++, length--;
        if (c->got < 8) continue;
        c->got = 0;
        unsigned content = c->header[4] << 8 | c->header[5];
        int type = c->header[1];
        if (c->header[0] != 1 || (type != BEGIN && type != PARAMS && type != STDIN)) return -1;
        if (type == STDIN && content == 0) return 1;
        c->skip = content + c->header[6];
    }
    return 0;
}

static void audit(int from) {
    char in[4096], out[256], body[128];
    int fd = accept4(from, NULL, NULL, 0);
    if (fd < 0) return;
    if (read(fd, in, sizeof in) > 0) {
        int length = sprintf(body, "{\"requests\": %lu, \"connections\": %lu}", requests, accepted);
        requests = accepted = 0;
        length = sprintf(out, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", length, body);
        if (write(fd, out, length) < 0) perror("fastcgi: audit");
    }
    close(fd);
}

int main(int argc, char **argv) {
    static unsigned char in[1 << 16];
    struct epoll_event events[256];
    if (argc != 4 || atoi(argv[3]) > 1 << 14) {
        fprintf(stderr, "usage: fastcgi PORT AUDIT_PORT BYTES\n");
        return 2;
    }
    prepare(atoi(argv[3]));
    int server = listening(atoi(argv[1])), auditor = listening(atoi(argv[2])), poll = epoll_create1(0);
    for (int i = 0; i < 2; i++) {
        int fd = i ? auditor : server;
        epoll_ctl(poll, EPOLL_CTL_ADD, fd, &(struct epoll_event){.events = EPOLLIN, .data.fd = fd});
    }
    for (;;) {
        int ready = epoll_wait(poll, events, 256, -1);
        for (int i = 0; i < ready; i++) {
            int fd = events[i].data.fd;
            if (fd == auditor) {
                audit(fd);
            } else if (fd == server) {
                int client;
                while ((client = accept4(fd, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
                    if (client >= FDS_MAX) {
                        close(client);
                        continue;
                    }
                    accepted++;
                    memset(&connections[client], 0, sizeof connections[client]);
                    epoll_ctl(poll, EPOLL_CTL_ADD, client, &(struct epoll_event){.events = EPOLLIN, .data.fd = client});
                }
            } else {
                ssize_t length = read(fd, in, sizeof in);
                int state = length <= 0 ? -1 : complete(&connections[fd], in, length);
                if (state > 0) {
                    requests++;
                    if (write(fd, response, response_length) != (ssize_t)response_length) perror("fastcgi: write");
                }
                if (state) close(fd);
            }
        }
    }
}
