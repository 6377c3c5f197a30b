#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// What a terminal program needs from Linux and Swift's Glibc module does not show.

/// An anonymous file in memory, closed on exec; -1 on failure.
int ct_memory_file(const char *name);
/// A counter that wakes a poll, non-blocking, closed on exec; -1 on failure.
int ct_wake_open(void);
/// Makes the counter readable. Callable from any thread and from signal handlers.
void ct_wake_signal(int fd);
/// Makes the counter unreadable again.
void ct_wake_clear(int fd);

/// Columns and rows of a terminal; false if it does not say.
bool ct_window_size(int fd, int *columns, int *rows);
void ct_set_window_size(int fd, int columns, int rows);
/// Bytes that the terminal has not taken yet.
int ct_output_queue(int fd);
/// Seconds of a clock that never goes back.
double ct_monotonic(void);
/// Asks Linux (6.12 and later) to let this thread run soon after it wakes: it is to take short turns.
void ct_answer_soon(void);
/// A private duplicate of a descriptor, closed on exec; -1 on failure.
int ct_duplicate(int fd);

// The guard: whatever ends the process, the terminal is as it was before.

/// Remembers the terminal's settings and how to undo ours, and installs the signal handlers.
///
/// INT, TERM, HUP, TSTP, CONT and WINCH are noted and wake `wake`; a process that does not answer
/// one of the first three within three seconds is ended. QUIT, SEGV, BUS, ILL, TRAP, ABRT and FPE
/// restore at once, print where it happened, and end the process; where SWIFT_BACKTRACE is set they
/// go on to the handler that was there before instead. `exit` restores as well.
bool ct_guard_install(int tty, int wake, const char *restore, size_t length);
/// Switches the terminal to raw input; from now on the guard has something to undo.
bool ct_guard_enter(void);
/// Undoes `ct_guard_enter`; does nothing if there is nothing to undo.
void ct_guard_leave(void);
/// Sends stdout and stderr to a file in memory until `ct_guard_leave` prints it to stderr.
bool ct_guard_capture(void);
/// Signals noted since the last call, as bits 1 << number.
uint64_t ct_guard_take_signals(void);
/// Stops the whole job as ^Z does; returns when it goes on.
void ct_guard_stop_job(void);
/// Puts back the signal handlers from before, but for crashes, which may come to the very end.
void ct_guard_remove(void);

// Pseudo-terminals, for tests.

/// Opens a pair of descriptors; the slave's path goes to `path` (64 bytes).
bool ct_pty_open(int columns, int rows, int *master, int *slave, char *path);
/// Starts a program in a session of its own with the slave as its terminal; -1 on failure.
pid_t ct_pty_spawn(const char *path, char *const arguments[], char *const environment[],
                   const char *slave);
