#pragma once
#include <stddef.h>
#include <stdint.h>

// Passes over contiguous numbers that need the machine's widest vectors. Swift has no attribute
// that compiles one function for several instruction sets; C does. All arrays may be the same.

/// The upper halves of floats, rounded to nearest, ties to even; x and y differ.
void pt_to_bfloat16(const float *x, uint16_t *y, ptrdiff_t count);
void pt_exp(const float *x, float *y, ptrdiff_t count);
void pt_log(const float *x, float *y, ptrdiff_t count);
void pt_sigmoid(const float *x, float *y, ptrdiff_t count);
void pt_silu(const float *x, float *y, ptrdiff_t count);
/// y = gradient · silu′(x)
void pt_silu_backward(const float *x, const float *gradient, float *y, ptrdiff_t count);

/// y = act(x · r · gain), r = 1/sqrt(mean(x²) + epsilon) per row, written to `inverse`.
/// `gain` may be null; `silu` chooses act.
void pt_rms_forward(
    const float *x, const float *gain, float *y, float *inverse, ptrdiff_t rows,
    ptrdiff_t channels, float epsilon, int silu);

/// The gradient of the above: dx (added to if `accumulate`), and `dgain` += its share of the rows.
/// `scratch` holds `channels` numbers; `gain` and `dgain` may be null.
void pt_rms_backward(
    const float *x, const float *gain, const float *inverse, const float *gradient, float *dx,
    float *dgain, float *scratch, ptrdiff_t rows, ptrdiff_t channels, int silu, int accumulate);

/// Softmax of each row of `width` numbers, of scale · x where keep is nonzero (null: everywhere).
void pt_softmax(
    const float *x, const float *keep, float *y, ptrdiff_t rows, ptrdiff_t width, float scale);
/// dx = scale · y · (gradient − Σ y · gradient)
void pt_softmax_backward(
    const float *y, const float *gradient, float *dx, ptrdiff_t rows, ptrdiff_t width, float scale);
/// As `pt_softmax`, but row r sees its first `first` + r + 1 numbers only; the rest become 0.
void pt_softmax_causal(
    const float *x, const float *keep, float *y, ptrdiff_t rows, ptrdiff_t width, ptrdiff_t first,
    float scale);
/// As `pt_softmax_backward` for the above; gradients of what a row did not see are not read.
void pt_softmax_causal_backward(
    const float *y, const float *gradient, float *dx, ptrdiff_t rows, ptrdiff_t width,
    ptrdiff_t first, float scale);
void pt_log_softmax(const float *x, float *y, ptrdiff_t rows, ptrdiff_t width);
/// dx = gradient − exp(y) · Σ gradient
void pt_log_softmax_backward(
    const float *y, const float *gradient, float *dx, ptrdiff_t rows, ptrdiff_t width);

/// y[i] = Σ taps[k] · x[i + k · stride] for i < count; x and y differ.
void pt_correlate(
    const float *x, float *y, ptrdiff_t count, const float *taps, ptrdiff_t window,
    ptrdiff_t stride);
/// y[i + k · stride] += taps[k] · x[i]: the transpose of the above.
void pt_spread(
    const float *x, float *y, ptrdiff_t count, const float *taps, ptrdiff_t window,
    ptrdiff_t stride);

/// 160 operations (fused multiply-adds count two) per round, in registers; returns their sum.
float pt_fma_loop(ptrdiff_t rounds);
