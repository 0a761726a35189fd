// What a fan-out costs at the least: a server that writes the same bytes to all its readers, in a plain loop.
// fan-out READERS EVENTS BYTES: prints its port, answers each reader's request as the relay begins a stream; then, for each
// character on stdin, writes all events to all of them.
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void write_all(int to, const char *bytes, size_t length) {
  while (length > 0) {
    ssize_t written = write(to, bytes, length);
    if (written < 0) exit(1);
    bytes += written, length -= written;
  }
}

int main(int count, char **given) {
  if (count != 4) return 2;
  int readers = atoi(given[1]), events = atoi(given[2]), bytes = atoi(given[3]);
  signal(SIGPIPE, SIG_IGN);
  int server = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof at;
  if (bind(server, (struct sockaddr *)&at, length) || listen(server, 512)) return 1;
  getsockname(server, (struct sockaddr *)&at, &length);
  printf("%d\n", ntohs(at.sin_port)), fflush(stdout);
  static const char beginning[] = "HTTP/1.1 200 OK\r\n\r\n: live\n\n";
  char request[4096], *event = malloc(bytes + 1);
  int *sockets = malloc(readers * sizeof *sockets);
  for (int i = 0; i < readers; i++) {
    sockets[i] = accept(server, NULL, NULL);
    if (sockets[i] < 0 || read(sockets[i], request, sizeof request) <= 0) return 1;
    write_all(sockets[i], beginning, sizeof beginning - 1);
  }
  memset(event, 'x', bytes);
  memcpy(event, "id: 1\ndata: ", 12);
  memcpy(event + bytes - 2, "\n\n", 2);
  while (getchar() != EOF)
    for (int n = 0; n < events; n++)
      for (int i = 0; i < readers; i++) write_all(sockets[i], event, bytes);
  return 0;
}
