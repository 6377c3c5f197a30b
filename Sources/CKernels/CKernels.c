#include "CKernels.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#if defined(__x86_64__) && defined(__linux__)
#define CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CLONES
#endif
#define INLINE static inline __attribute__((always_inline))

INLINE float from_bits(uint32_t bits) {
  float value;
  memcpy(&value, &bits, 4);
  return value;
}

INLINE uint32_t to_bits(float value) {
  uint32_t bits;
  memcpy(&bits, &value, 4);
  return bits;
}

CLONES void pt_to_bfloat16(const float *x, uint16_t *y, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i++) {
    uint32_t bits = to_bits(x[i]);
    // Rounding must not turn a NaN into an infinity.
    uint32_t rounded = bits + 0x7fffu + (bits >> 16 & 1u);
    // Rounding must not turn a NaN into an infinity.
    y[i] = (uint16_t)(((bits & 0x7fffffffu) > 0x7f800000u ? bits | 0x00400000u : rounded) >> 16);
  }
}

// exp(x) = 2^k · exp(r), |r| ≤ ln 2 / 2, by a polynomial of degree 7; relative error below
// 2e-7; 0 below −87.7.
INLINE float fast_exp(float x) {
  x = x < 88.3762626647950f ? x : 88.3762626647950f;
  x = x > -88.1f ? x : -88.1f;
  // Adding 1.5 · 2^23 rounds to the nearest whole number, which then stands in the low bits.
  float shifted = x * 1.44269504088896341f + 12582912.0f;
  float k = shifted - 12582912.0f;
  float r = x - k * 0.693359375f;
  r = r + k * 2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * (r * r) + r + 1.0f;
  return p * from_bits((to_bits(shifted) << 23) + 0x3f800000u);
}

// log(x) for x > 0 by the Cephes polynomial on [sqrt(1/2), sqrt(2)); −inf for 0.
INLINE float fast_log(float x) {
  float lowest = x > 1.17549435e-38f ? x : 1.17549435e-38f;
  uint32_t bits = to_bits(lowest);
  uint32_t offset = bits - 0x3f3504f3u;
  int32_t exponent = (int32_t)offset >> 23;
  float m = from_bits(bits - ((uint32_t)exponent << 23)) - 1.0f;
  float e = (float)exponent;
  float z = m * m;
  float p = 7.0376836292e-2f;
  p = p * m - 1.1514610310e-1f;
  p = p * m + 1.1676998740e-1f;
  p = p * m - 1.2420140846e-1f;
  p = p * m + 1.4249322787e-1f;
  p = p * m - 1.6668057665e-1f;
  p = p * m + 2.0000714765e-1f;
  p = p * m - 2.4999993993e-1f;
  p = p * m + 3.3333331174e-1f;
  float y = m * z * p - 2.12194440e-4f * e - 0.5f * z;
  float result = m + y + 0.693359375f * e;
  return x > 0 ? result : (x == 0 ? -INFINITY : NAN);
}

INLINE float fast_sigmoid(float x) { return 1.0f / (1.0f + fast_exp(-x)); }

CLONES void pt_exp(const float *x, float *y, ptrdiff_t count) {
#pragma clang loop vectorize(assume_safety)
  for (ptrdiff_t i = 0; i < count; i++) y[i] = fast_exp(x[i]);
}

CLONES void pt_log(const float *x, float *y, ptrdiff_t count) {
#pragma clang loop vectorize(assume_safety)
  for (ptrdiff_t i = 0; i < count; i++) y[i] = fast_log(x[i]);
}

CLONES void pt_sigmoid(const float *x, float *y, ptrdiff_t count) {
#pragma clang loop vectorize(assume_safety)
  for (ptrdiff_t i = 0; i < count; i++) y[i] = fast_sigmoid(x[i]);
}

CLONES void pt_silu(const float *x, float *y, ptrdiff_t count) {
#pragma clang loop vectorize(assume_safety)
  for (ptrdiff_t i = 0; i < count; i++) y[i] = x[i] * fast_sigmoid(x[i]);
}

CLONES void pt_silu_backward(const float *x, const float *gradient, float *y, ptrdiff_t count) {
#pragma clang loop vectorize(assume_safety)
  for (ptrdiff_t i = 0; i < count; i++) {
    float s = fast_sigmoid(x[i]);
    y[i] = gradient[i] * s * (1.0f + x[i] * (1.0f - s));
  }
}

INLINE float dot(const float *x, const float *y, ptrdiff_t count) {
#pragma clang fp reassociate(on) contract(fast)
  float sum = 0;
  for (ptrdiff_t i = 0; i < count; i++) sum += x[i] * y[i];
  return sum;
}

INLINE float sum_of(const float *x, ptrdiff_t count) {
#pragma clang fp reassociate(on)
  float sum = 0;
  for (ptrdiff_t i = 0; i < count; i++) sum += x[i];
  return sum;
}

CLONES void pt_rms_forward(
    const float *x, const float *gain, float *y, float *inverse, ptrdiff_t rows,
    ptrdiff_t channels, float epsilon, int silu) {
  for (ptrdiff_t row = 0; row < rows; row++) {
    const float *xs = x + row * channels;
    float *ys = y + row * channels;
    float r = 1.0f / sqrtf(dot(xs, xs, channels) / (float)channels + epsilon);
    inverse[row] = r;
    if (gain) {
#pragma clang loop vectorize(assume_safety)
      for (ptrdiff_t i = 0; i < channels; i++) ys[i] = xs[i] * r * gain[i];
    } else {
#pragma clang loop vectorize(assume_safety)
      for (ptrdiff_t i = 0; i < channels; i++) ys[i] = xs[i] * r;
    }
    if (silu) {
#pragma clang loop vectorize(assume_safety)
      for (ptrdiff_t i = 0; i < channels; i++) ys[i] = ys[i] * fast_sigmoid(ys[i]);
    }
  }
}

CLONES void pt_rms_backward(
    const float *x, const float *gain, const float *inverse, const float *gradient, float *dx,
    float *dgain, float *scratch, ptrdiff_t rows, ptrdiff_t channels, int silu, int accumulate) {
#pragma clang fp contract(fast)
  for (ptrdiff_t row = 0; row < rows; row++) {
    const float *xs = x + row * channels;
    const float *gs = gradient + row * channels;
    float *ds = dx + row * channels;
    float r = inverse[row];
    // scratch: the gradient before the activation, then times the gain.
    if (silu) {
#pragma clang loop vectorize(assume_safety)
      for (ptrdiff_t i = 0; i < channels; i++) {
        float n = xs[i] * r * (gain ? gain[i] : 1.0f);
        float s = fast_sigmoid(n);
        scratch[i] = gs[i] * s * (1.0f + n * (1.0f - s));
      }
    } else {
      memcpy(scratch, gs, (size_t)channels * sizeof(float));
    }
    if (dgain) {
#pragma clang loop vectorize(assume_safety)
      for (ptrdiff_t i = 0; i < channels; i++) dgain[i] += scratch[i] * xs[i] * r;
    }
    if (gain) {
#pragma clang loop vectorize(assume_safety)
      for (ptrdiff_t i = 0; i < channels; i++) scratch[i] *= gain[i];
    }
    float k = dot(scratch, xs, channels) * r * r / (float)channels;
    if (accumulate) {
#pragma clang loop vectorize(assume_safety)
      for (ptrdiff_t i = 0; i < channels; i++) ds[i] += r * (scratch[i] - k * xs[i]);
    } else {
#pragma clang loop vectorize(assume_safety)
      for (ptrdiff_t i = 0; i < channels; i++) ds[i] = r * (scratch[i] - k * xs[i]);
    }
  }
}

INLINE float largest(const float *x, ptrdiff_t count) {
#pragma clang fp reassociate(on)
  float best = -INFINITY;
  for (ptrdiff_t i = 0; i < count; i++) best = x[i] > best ? x[i] : best;
  return best;
}

INLINE void softmax_row(
    const float *xs, const float *keep, float *ys, ptrdiff_t width, float scale) {
  if (keep) {
#pragma clang loop vectorize(assume_safety)
    for (ptrdiff_t i = 0; i < width; i++) ys[i] = keep[i] != 0 ? xs[i] * scale : -1e30f;
  } else {
#pragma clang loop vectorize(assume_safety)
    for (ptrdiff_t i = 0; i < width; i++) ys[i] = xs[i] * scale;
  }
  float top = largest(ys, width);
#pragma clang loop vectorize(assume_safety)
  for (ptrdiff_t i = 0; i < width; i++) {
    ys[i] = ys[i] > -1e29f ? fast_exp(ys[i] - top) : 0.0f;
  }
  float sum = sum_of(ys, width);
  float factor = sum > 0 ? 1.0f / sum : 0.0f;
#pragma clang loop vectorize(assume_safety)
  for (ptrdiff_t i = 0; i < width; i++) ys[i] *= factor;
}

CLONES void pt_softmax(
    const float *x, const float *keep, float *y, ptrdiff_t rows, ptrdiff_t width, float scale) {
  for (ptrdiff_t row = 0; row < rows; row++) {
    softmax_row(x + row * width, keep, y + row * width, width, scale);
  }
}

CLONES void pt_softmax_causal(
    const float *x, const float *keep, float *y, ptrdiff_t rows, ptrdiff_t width, ptrdiff_t first,
    float scale) {
  for (ptrdiff_t row = 0; row < rows; row++) {
    ptrdiff_t seen = first + row + 1;
    softmax_row(x + row * width, keep, y + row * width, seen, scale);
    memset(y + row * width + seen, 0, (size_t)(width - seen) * sizeof(float));
  }
}

CLONES void pt_softmax_backward(
    const float *y, const float *gradient, float *dx, ptrdiff_t rows, ptrdiff_t width,
    float scale) {
  for (ptrdiff_t row = 0; row < rows; row++) {
    const float *ys = y + row * width;
    const float *gs = gradient + row * width;
    float *ds = dx + row * width;
    float sum = dot(ys, gs, width);
#pragma clang loop vectorize(assume_safety)
    for (ptrdiff_t i = 0; i < width; i++) ds[i] = scale * ys[i] * (gs[i] - sum);
  }
}

CLONES void pt_softmax_causal_backward(
    const float *y, const float *gradient, float *dx, ptrdiff_t rows, ptrdiff_t width,
    ptrdiff_t first, float scale) {
  for (ptrdiff_t row = 0; row < rows; row++) {
    const float *ys = y + row * width;
    const float *gs = gradient + row * width;
    float *ds = dx + row * width;
    ptrdiff_t seen = first + row + 1;
    float sum = dot(ys, gs, seen);
#pragma clang loop vectorize(assume_safety)
    for (ptrdiff_t i = 0; i < seen; i++) ds[i] = scale * ys[i] * (gs[i] - sum);
    memset(ds + seen, 0, (size_t)(width - seen) * sizeof(float));
  }
}

CLONES void pt_log_softmax(const float *x, float *y, ptrdiff_t rows, ptrdiff_t width) {
  for (ptrdiff_t row = 0; row < rows; row++) {
    const float *xs = x + row * width;
    float *ys = y + row * width;
    float top = largest(xs, width);
    float sum = 0;
    {
#pragma clang fp reassociate(on)
      for (ptrdiff_t i = 0; i < width; i++) sum += fast_exp(xs[i] - top);
    }
    float shift = top + logf(sum);
#pragma clang loop vectorize(assume_safety)
    for (ptrdiff_t i = 0; i < width; i++) ys[i] = xs[i] - shift;
  }
}

CLONES void pt_log_softmax_backward(
    const float *y, const float *gradient, float *dx, ptrdiff_t rows, ptrdiff_t width) {
  for (ptrdiff_t row = 0; row < rows; row++) {
    const float *ys = y + row * width;
    const float *gs = gradient + row * width;
    float *ds = dx + row * width;
    float sum = sum_of(gs, width);
#pragma clang loop vectorize(assume_safety)
    for (ptrdiff_t i = 0; i < width; i++) ds[i] = gs[i] - fast_exp(ys[i]) * sum;
  }
}

CLONES void pt_correlate(
    const float *x, float *y, ptrdiff_t count, const float *taps, ptrdiff_t window,
    ptrdiff_t stride) {
#pragma clang fp contract(fast)
  enum { block = 64 };
  ptrdiff_t i = 0;
  for (; i + block <= count; i += block) {
    float sums[block] = {0};
    for (ptrdiff_t k = 0; k < window; k++) {
      const float *source = x + i + k * stride;
      for (int lane = 0; lane < block; lane++) sums[lane] += taps[k] * source[lane];
    }
    memcpy(y + i, sums, sizeof sums);
  }
  for (; i < count; i++) {
    float sum = 0;
    for (ptrdiff_t k = 0; k < window; k++) sum += taps[k] * x[i + k * stride];
    y[i] = sum;
  }
}

CLONES void pt_spread(
    const float *x, float *y, ptrdiff_t count, const float *taps, ptrdiff_t window,
    ptrdiff_t stride) {
#pragma clang fp contract(fast)
  for (ptrdiff_t k = 0; k < window; k++) {
    float tap = taps[k];
    float *target = y + k * stride;
#pragma clang loop vectorize(assume_safety)
    for (ptrdiff_t i = 0; i < count; i++) target[i] += tap * x[i];
  }
}

// Ten independent chains of eight lanes hide the latency and fit sixteen registers.
CLONES float pt_fma_loop(ptrdiff_t rounds) {
#pragma clang fp contract(fast)
  typedef float lanes __attribute__((ext_vector_type(8)));
  lanes a = 0, b = 1, c = 2, d = 3, e = 4, f = 5, g = 6, h = 7, i = 8, j = 9;
  const lanes factor = 0.999999f, addend = 1e-6f;
  for (ptrdiff_t round = 0; round < rounds; round++) {
    a = a * factor + addend;
    b = b * factor + addend;
    c = c * factor + addend;
    d = d * factor + addend;
    e = e * factor + addend;
    f = f * factor + addend;
    g = g * factor + addend;
    h = h * factor + addend;
    i = i * factor + addend;
    j = j * factor + addend;
  }
  lanes sum = a + b + c + d + e + f + g + h + i + j;
  return sum[0] + sum[1] + sum[2] + sum[3] + sum[4] + sum[5] + sum[6] + sum[7];
}
