#define _GNU_SOURCE
#include "CTerminal.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

int ct_memory_file(const char *name) { return memfd_create(name, MFD_CLOEXEC); }

int ct_wake_open(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }

void ct_wake_signal(int fd) {
  uint64_t one = 1;
  ssize_t written = write(fd, &one, sizeof one);
  (void)written;  // a full counter is awake already
}

void ct_wake_clear(int fd) {
  uint64_t count;
  ssize_t got = read(fd, &count, sizeof count);
  (void)got;
}

bool ct_window_size(int fd, int *columns, int *rows) {
  struct winsize size;
  if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return false;
  *columns = size.ws_col;
  *rows = size.ws_row;
  return true;
}

void ct_set_window_size(int fd, int columns, int rows) {
  struct winsize size = {.ws_col = (unsigned short)columns, .ws_row = (unsigned short)rows};
  ioctl(fd, TIOCSWINSZ, &size);
}

int ct_output_queue(int fd) {
  int count = 0;
  return ioctl(fd, TIOCOUTQ, &count) == 0 ? count : 0;
}

double ct_monotonic(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

void ct_answer_soon(void) {
#ifdef SYS_sched_setattr
  struct {
    uint32_t size, policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime, deadline, period;
  } attributes = {
      .size = sizeof attributes,
      // Not for the threads it starts (RESET_ON_FORK); the policy stays (KEEP_POLICY).
      .flags = 0x01 | 0x08,
      .nice = getpriority(PRIO_PROCESS, 0),
      // In nanoseconds. Kernels that know no such wish take no notice of it.
      .runtime = 100000,
  };
  syscall(SYS_sched_setattr, 0, &attributes, 0);
#endif
}

int ct_duplicate(int fd) { return fcntl(fd, F_DUPFD_CLOEXEC, 3); }

bool ct_pty_open(int columns, int rows, int *master, int *slave, char *path) {
  int fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (fd < 0) return false;
  if (grantpt(fd) != 0 || unlockpt(fd) != 0 || ptsname_r(fd, path, 64) != 0) {
    close(fd);
    return false;
  }
  ct_set_window_size(fd, columns, rows);
  int other = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (other < 0) {
    close(fd);
    return false;
  }
  *master = fd;
  *slave = other;
  return true;
}

pid_t ct_pty_spawn(const char *path, char *const arguments[], char *const environment[],
                   const char *slave) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  pid_t pid = -1;
  sigset_t all, none;
  sigfillset(&all);
  sigemptyset(&none);
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  // The first terminal that a session leader opens becomes its own.
  posix_spawn_file_actions_addopen(&actions, 0, slave, O_RDWR, 0);
  posix_spawn_file_actions_adddup2(&actions, 0, 1);
  posix_spawn_file_actions_adddup2(&actions, 0, 2);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(
      &attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  if (posix_spawn(&pid, path, &actions, &attributes, arguments, environment) != 0) pid = -1;
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  return pid;
}
