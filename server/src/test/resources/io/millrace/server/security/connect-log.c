/* Writes to a file, a line each, whom a process that is started with this in LD_PRELOAD connects to, sends datagrams to, and looks up. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int log_file = -1;

__attribute__((constructor)) static void open_log(void) {
    const char *path = getenv("MILLRACE_TEST_CONNECTS");
    log_file = path == NULL ? -1 : open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (log_file < 0) {
        abort();
    }
}

static void tell(const char *what, const char *whom) {
    char line[512];
    int length = snprintf(line, sizeof line, "%s %s\n", what, whom);
    if (length < 0 || write(log_file, line, (size_t) length) != length) {
        abort();
    }
}

static void tell_address(const char *what, const struct sockaddr *address) {
    char text[INET6_ADDRSTRLEN] = "";
    if (address->sa_family == AF_INET) {
        inet_ntop(AF_INET, &((const struct sockaddr_in *) address)->sin_addr, text, sizeof text);
    } else if (address->sa_family == AF_INET6) {
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *) address)->sin6_addr, text, sizeof text);
    } else {
        return;
    }
    tell(what, text);
}

int connect(int socket, const struct sockaddr *address, socklen_t length) {
    static int (*real)(int, const struct sockaddr *, socklen_t);
    if (real == NULL) {
        real = (int (*)(int, const struct sockaddr *, socklen_t)) dlsym(RTLD_NEXT, "connect");
    }
    tell_address("connect", address);
    return real(socket, address, length);
}

ssize_t sendto(
        int socket, const void *bytes, size_t count, int flags, const struct sockaddr *address, socklen_t length) {
    static ssize_t (*real)(int, const void *, size_t, int, const struct sockaddr *, socklen_t);
    if (real == NULL) {
        real = (ssize_t (*)(int, const void *, size_t, int, const struct sockaddr *, socklen_t)) dlsym(RTLD_NEXT, "sendto");
    }
    if (address != NULL) {
        tell_address("send", address);
    }
    return real(socket, bytes, count, flags, address, length);
}

int getaddrinfo(
        const char *restrict name,
        const char *restrict service,
        const struct addrinfo *restrict hints,
        struct addrinfo **restrict found) {
    static int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
    if (real == NULL) {
        real = (int (*)(const char *, const char *, const struct addrinfo *, struct addrinfo **)) dlsym(RTLD_NEXT, "getaddrinfo");
    }
    tell("look-up", name == NULL ? "" : name);
    return real(name, service, hints, found);
}
