#define _GNU_SOURCE
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

#include "CTerminal.h"

// Everything that a handler touches is here, made ready before the handler can run.
static struct {
  int tty;
  int wake;
  int saved_output;
  int saved_error;
  int log;
  char restore[1024];
  size_t restore_length;
  struct termios before;
  bool has_exit_handler;
  bool is_installed;
  bool has_own_backtrace;
  bool watches_crashes;
} guard = {.tty = -1, .wake = -1, .saved_output = -1, .saved_error = -1, .log = -1};

static atomic_int entered;
static atomic_ullong noted;
static atomic_int ending_signal;

static const int crashes[] = {SIGQUIT, SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGABRT, SIGFPE};
// Others whose default is to end the program at once.
static const int endings[] = {SIGUSR1, SIGUSR2, SIGPIPE, SIGXCPU,   SIGSYS,
                              SIGPROF, SIGIO,   SIGPWR,  SIGVTALRM, SIGSTKFLT};
static const int requests[] = {SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGCONT, SIGWINCH, SIGALRM};
static struct sigaction earlier[NSIG];

enum { crash_count = sizeof crashes / sizeof *crashes };
enum { ending_count = sizeof endings / sizeof *endings };
enum { request_count = sizeof requests / sizeof *requests };
enum { longest_log = 64 * 1024, patience_in_seconds = 3 };

static void write_all(int fd, const char *bytes, size_t length) {
  while (length > 0) {
    ssize_t written = write(fd, bytes, length);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    bytes += written;
    length -= (size_t)written;
  }
}

// Gives stdout and stderr back and prints what they caught, its end if it is long.
static void release_output(void) {
  if (guard.log < 0) return;
  int log = guard.log;
  guard.log = -1;
  dup2(guard.saved_output, STDOUT_FILENO);
  dup2(guard.saved_error, STDERR_FILENO);
  off_t end = lseek(log, 0, SEEK_END);
  off_t place = end > longest_log ? end - longest_log : 0;
  char buffer[1024];
  ssize_t got;
  while (place < end && (got = pread(log, buffer, sizeof buffer, place)) > 0) {
    write_all(STDERR_FILENO, buffer, (size_t)got);
    place += got;
  }
  close(log);
  close(guard.saved_output);
  close(guard.saved_error);
}

void ct_guard_leave(void) {
  if (atomic_exchange(&entered, 0) == 0) return;
  int error = errno;
  write_all(guard.tty, guard.restore, guard.restore_length);
  tcsetattr(guard.tty, TCSANOW, &guard.before);
  release_output();
  errno = error;
}

static void on_request(int number) {
  int error = errno;
  if (number == SIGALRM) {
    // Asked to end, and nobody answered. A stalled link must not hold the last words up.
    int reason = atomic_load(&ending_signal);
    if (reason != 0) {
      fcntl(guard.tty, F_SETFL, fcntl(guard.tty, F_GETFL) | O_NONBLOCK);
      ct_guard_leave();
      signal(reason, SIG_DFL);
      raise(reason);
      sigset_t set;
      sigemptyset(&set);
      sigaddset(&set, reason);
      sigprocmask(SIG_UNBLOCK, &set, NULL);
    }
  }
  if (number == SIGINT || number == SIGTERM || number == SIGHUP) {
    atomic_store(&ending_signal, number);
    alarm(patience_in_seconds);
  }
  atomic_fetch_or(&noted, 1ull << number);
  ct_wake_signal(guard.wake);
  errno = error;
}

static void on_crash(int number) {
  ct_guard_leave();
  struct sigaction next = earlier[number];
  if (!guard.has_own_backtrace) {
    // Swift's backtracer would wait half a minute for a key; say what is needed and end instead.
    static const char line[] = "\nThe program has crashed; please report this with the lines below"
        " (SWIFT_BACKTRACE=enable=yes gives more).\n";
    void *frames[64];
    write_all(STDERR_FILENO, line, sizeof line - 1);
    backtrace_symbols_fd(frames, backtrace(frames, 64), STDERR_FILENO);
    next = (struct sigaction){.sa_handler = SIG_DFL};
  }
  sigaction(number, &next, NULL);
  // Blocked until this handler returns; then the one from before, or the default, takes it.
  syscall(SYS_tgkill, getpid(), (pid_t)syscall(SYS_gettid), number);
}

static void on_ending(int number) {
  ct_guard_leave();
  sigaction(number, &earlier[number], NULL);
  syscall(SYS_tgkill, getpid(), (pid_t)syscall(SYS_gettid), number);
}

bool ct_guard_install(int tty, int wake, const char *restore, size_t length) {
  if (length > sizeof guard.restore || tcgetattr(tty, &guard.before) != 0) return false;
  guard.tty = tty;
  guard.wake = wake;
  memcpy(guard.restore, restore, length);
  guard.restore_length = length;
  atomic_store(&noted, 0);
  atomic_store(&ending_signal, 0);
  if (!guard.has_exit_handler) atexit(ct_guard_leave);
  guard.has_exit_handler = true;
  if (guard.is_installed) return true;
  guard.is_installed = true;
  // Whoever sets the variable knows the backtracer and wants it as set.
  guard.has_own_backtrace = getenv("SWIFT_BACKTRACE") != NULL;
  void *frame;
  backtrace(&frame, 1);  // loads what it needs now, for a handler must not

  stack_t stack;
  if (sigaltstack(NULL, &stack) == 0 && (stack.ss_flags & SS_DISABLE)) {
    // Never freed: a handler may run until the very end.
    stack = (stack_t){.ss_sp = malloc(64 * 1024), .ss_size = 64 * 1024};
    if (stack.ss_sp != NULL) sigaltstack(&stack, NULL);
  }
  struct sigaction action = {.sa_flags = SA_ONSTACK};
  sigfillset(&action.sa_mask);
  action.sa_handler = on_crash;
  for (int i = 0; i < crash_count && !guard.watches_crashes; i++) {
    sigaction(crashes[i], &action, &earlier[crashes[i]]);
  }
  action.sa_handler = on_ending;
  for (int i = 0; i < ending_count && !guard.watches_crashes; i++) {
    struct sigaction *before = &earlier[endings[i]];
    sigaction(endings[i], NULL, before);
    if (before->sa_handler == SIG_DFL) sigaction(endings[i], &action, NULL);
  }
  guard.watches_crashes = true;
  action.sa_handler = on_request;
  for (int i = 0; i < request_count; i++) sigaction(requests[i], &action, &earlier[requests[i]]);
  return true;
}

void ct_guard_remove(void) {
  if (!guard.is_installed) return;
  guard.is_installed = false;
  alarm(0);
  for (int i = 0; i < request_count; i++) sigaction(requests[i], &earlier[requests[i]], NULL);
}

bool ct_guard_enter(void) {
  struct termios raw = guard.before;
  raw.c_iflag &= (tcflag_t)~(BRKINT | ICRNL | INLCR | IGNCR | INPCK | ISTRIP | IXON);
  raw.c_oflag &= (tcflag_t)~OPOST;
  raw.c_lflag &= (tcflag_t)~(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
  raw.c_cc[VMIN] = 1;
  raw.c_cc[VTIME] = 0;
  atomic_store(&entered, 1);
  return tcsetattr(guard.tty, TCSANOW, &raw) == 0;
}

bool ct_guard_capture(void) {
  fflush(NULL);
  int log = ct_memory_file("captured output");
  guard.saved_output = ct_duplicate(STDOUT_FILENO);
  guard.saved_error = ct_duplicate(STDERR_FILENO);
  if (log < 0 || guard.saved_output < 0 || guard.saved_error < 0) return false;
  dup2(log, STDOUT_FILENO);
  dup2(log, STDERR_FILENO);
  guard.log = log;
  return true;
}

uint64_t ct_guard_take_signals(void) {
  return atomic_exchange(&noted, 0);
}

void ct_guard_stop_job(void) {
  struct sigaction ours, standard = {.sa_handler = SIG_DFL};
  sigaction(SIGTSTP, &standard, &ours);
  kill(0, SIGTSTP);
  sigaction(SIGTSTP, &ours, NULL);
  // The shell may have changed the settings; what it has set now is what it wants back.
  tcgetattr(guard.tty, &guard.before);
}
