// The floor: what moving frames between two plugs costs when nothing is decided. It speaks just enough of VDE's
// control protocol v3 to be plugged into, and copies every datagram from port 1 to port 2 and back with the calls that
// the data plane uses: epoll_wait, recvmmsg and sendmmsg in batches of 64. What a full socket refuses is dropped.
//
// Usage: floor DIR, until standard input ends.

#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BATCH 64
#define SLOT_SIZE 2048
#define SEND_BUFFER (4 << 20) // room for some 5,000 small frames, as a switch that means not to lose any would ask for

struct request {
  uint32_t magic, version, type;
  struct sockaddr_un client;
  char description[134];
} __attribute__((packed));

enum { STDIN = 0, CTL = 1, PORTS = 2 }; // what an event's data says; PORTS and above are ports

static char slots[BATCH][SLOT_SIZE];
static struct iovec pieces[BATCH];
static struct mmsghdr messages[BATCH];
static int ports[2] = {-1, -1};
static int epoll;

static void die(const char *what) {
  perror(what);
  exit(1);
}

static void watch(int fd, uint32_t data) {
  struct epoll_event event = {.events = EPOLLIN, .data.u32 = data};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0) die("epoll_ctl");
}

static int open_ctl(const char *dir) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  mkdir(dir, 0700);
  snprintf(address.sun_path, sizeof address.sun_path, "%s/ctl", dir);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, 15) < 0) die(address.sun_path);
  return fd;
}

// Answers one plug: a data socket connected to the client's, and its name as 110 octets. The stream stays open.
static void plug(const char *dir, int ctl) {
  struct request request = {0};
  int stream = accept(ctl, NULL, NULL);
  int port = ports[0] < 0 ? 0 : 1;
  if (stream < 0 || read(stream, &request, sizeof request) < 122) return;
  if (request.magic != 0xfeedface || request.version != 3 || ports[port] >= 0) {
    close(stream);
    return;
  }
  int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  int size = SEND_BUFFER;
  if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof size) < 0)
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
  if (connect(fd, (struct sockaddr *)&request.client, sizeof request.client) < 0) die("connect");
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  snprintf(address.sun_path, sizeof address.sun_path, "%s/%03d.%d", dir, port + 1, fd);
  if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0) die(address.sun_path);
  if (write(stream, &address, sizeof address) != sizeof address) die("write");
  ports[port] = fd;
  watch(fd, PORTS + port);
}

static void forward(int from, int to) {
  for (int i = 0; i < BATCH; i++) pieces[i].iov_len = SLOT_SIZE;
  int count = recvmmsg(from, messages, BATCH, MSG_DONTWAIT, NULL);
  for (int i = 0; i < count; i++) pieces[i].iov_len = messages[i].msg_len;
  for (int sent = 0; sent < count && to >= 0;) {
    int accepted = sendmmsg(to, messages + sent, count - sent, MSG_DONTWAIT);
    if (accepted <= 0) return;
    sent += accepted;
  }
}

int main(int argc, char **argv) {
  struct epoll_event events[8];
  if (argc != 2) return 1;
  for (int i = 0; i < BATCH; i++) {
    pieces[i].iov_base = slots[i];
    messages[i].msg_hdr.msg_iov = &pieces[i];
    messages[i].msg_hdr.msg_iovlen = 1;
  }
  epoll = epoll_create1(EPOLL_CLOEXEC);
  int ctl = open_ctl(argv[1]);
  watch(STDIN, STDIN);
  watch(ctl, CTL);
  for (;;) {
    int count = epoll_wait(epoll, events, 8, -1);
    for (int i = 0; i < count; i++) {
      uint32_t data = events[i].data.u32;
      if (data == STDIN) return 0;
      if (data == CTL) plug(argv[1], ctl);
      else forward(ports[data - PORTS], ports[1 - (data - PORTS)]);
    }
  }
}
