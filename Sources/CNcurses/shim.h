#pragma once
// Without it <curses.h> declares nothing wide.
#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <term.h>
#include <locale.h>
#include <langinfo.h>
#include <stdio.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>
#include <string.h>
#include <wchar.h>

// Macros and mutable globals of <curses.h> cannot be seen from Swift 6; hence these few functions.

/// One cell as Swift lays it out; `pair` is a colour pair, `attributes` are bits of `Attributes`.
typedef struct {
  uint32_t scalar;
  uint32_t mark;
  int32_t pair;
  uint32_t attributes;
} nc_cell;

/// Opens a screen that writes to `output` and never reads; NULL if the terminal type is unknown.
static inline SCREEN *nc_open(const char *type, int output) {
  FILE *in = fopen("/dev/null", "r");
  FILE *out = fdopen(output, "w");
  if (in == NULL || out == NULL) return NULL;
  use_env(FALSE);  // the caller knows the size; LINES and COLUMNS may belong to another terminal
  SCREEN *screen = newterm((char *)type, out, in);
  if (screen == NULL) return NULL;
  typeahead(-1);
  if (has_colors()) {
    start_color();
    use_default_colors();
  }
  leaveok(stdscr, TRUE);
  idlok(stdscr, FALSE);
  idcok(stdscr, FALSE);
  return screen;
}

static inline int nc_colors(void) { return COLORS; }
static inline int nc_pairs(void) { return COLOR_PAIRS; }
static inline int nc_lines(void) { return LINES; }
static inline int nc_columns(void) { return COLS; }

/// Puts `count` cells on a row of the screen from its first column on.
static inline void nc_put_row(int y, const nc_cell *cells, int count, cchar_t *scratch) {
  for (int i = 0; i < count; i++) {
    cchar_t cell = {0};
    uint32_t bits = cells[i].attributes;
    cell.attr = (bits & 1 ? A_BOLD : 0) | (bits & 2 ? A_DIM : 0) | (bits & 4 ? A_REVERSE : 0)
        | (bits & 8 ? A_UNDERLINE : 0);
    // Pairs above 255 do not fit the attribute; ncurses reads them from ext_color.
    cell.attr |= (attr_t)COLOR_PAIR(cells[i].pair > 255 ? 255 : cells[i].pair);
    cell.chars[0] = (wchar_t)cells[i].scalar;
    cell.chars[1] = (wchar_t)cells[i].mark;
    cell.ext_color = cells[i].pair;
    scratch[i] = cell;
  }
  mvwadd_wchnstr(stdscr, y, 0, scratch, count);
}

/// Composes what changed; with a cursor (x ≥ 0) shows it there. The bytes go to `output`.
static inline void nc_update(int x, int y) {
  leaveok(stdscr, x < 0);
  if (x >= 0) wmove(stdscr, y, x);
  wnoutrefresh(stdscr);
  doupdate();
  curs_set(x >= 0);
}

/// The next update paints every cell.
static inline void nc_repaint(void) { clearok(curscr, TRUE); }

/// Columns that the C library gives a scalar; ncurses goes by them.
static inline int nc_columns_of(uint32_t scalar) { return wcwidth((wchar_t)scalar); }

/// Sets the locale from the environment, else C.UTF-8; false if no UTF-8 locale is to be had.
/// `fell_back` tells whether the environment's own locale was not UTF-8.
static inline bool nc_set_locale(bool *fell_back) {
  *fell_back = false;
  setlocale(LC_ALL, "");
  setlocale(LC_NUMERIC, "C");
  const char *codeset = nl_langinfo(CODESET);
  if (codeset != NULL && (strcmp(codeset, "UTF-8") == 0 || strcmp(codeset, "utf8") == 0)) {
    return true;
  }
  *fell_back = true;
  return setlocale(LC_CTYPE, "C.UTF-8") != NULL || setlocale(LC_CTYPE, "en_US.UTF-8") != NULL;
}

/// Loads a terminal's description without opening it; false if the type is unknown.
static inline bool nc_describe(const char *type, int fd) {
  int error = 0;
  return setupterm((char *)type, fd, &error) == OK;
}

/// A string capability; NULL if the terminal lacks it.
static inline const char *nc_string(const char *name) {
  char *value = tigetstr((char *)name);
  return value == (char *)-1 ? NULL : value;
}

static inline int nc_number(const char *name) { return tigetnum((char *)name); }
static inline bool nc_flag(const char *name) { return tigetflag((char *)name) > 0; }
