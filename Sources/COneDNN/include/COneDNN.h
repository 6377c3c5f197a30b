#pragma once
#include <stddef.h>
#include <stdint.h>

// Convolutions by oneDNN, whose library is loaded when the first one is made: it takes longer to
// load than a first screen may. Functions that can fail return 0 on success.

enum { pt_dnn_axes = 3 };

typedef enum { PT_DNN_FORWARD, PT_DNN_INPUT_GRADIENT, PT_DNN_WEIGHT_GRADIENTS } pt_dnn_kind;

/// A convolution of `rank` (2 or 3) axes, channels last.
typedef struct {
  int rank;
  int64_t clips, input_channels, output_channels;
  int64_t input[pt_dnn_axes], output[pt_dnn_axes], kernel[pt_dnn_axes], stride[pt_dnn_axes];
  int64_t front[pt_dnn_axes], back[pt_dnn_axes];
  int has_bias;
  /// Whether the factors are bfloat16 numbers; weights on disk, the bias and the results stay float.
  int bfloat16;
} pt_dnn_shape;

typedef struct pt_dnn_convolution pt_dnn_convolution;

/// Loads the library once; null, or why it cannot be used.
const char *pt_dnn_load(void);
/// The version of the loaded library, such as 2.6.3.
const char *pt_dnn_version(void);
/// The threads that calls from this thread use from now on.
void pt_dnn_set_threads(int count);
/// Whether the library's own threads can do other work as well, so that no second pool is needed.
int pt_dnn_has_team(void);
/// Calls `body(context, index)` for each index below `count` on the library's own threads.
void pt_dnn_parallel(
    int threads, int count, void (*body)(void *context, int index), void *context);

pt_dnn_convolution *pt_dnn_create(pt_dnn_kind kind, const pt_dnn_shape *shape);
void pt_dnn_destroy(pt_dnn_convolution *convolution);
/// The library's name of the algorithm that it chose.
const char *pt_dnn_implementation(const pt_dnn_convolution *convolution);
size_t pt_dnn_scratch_bytes(const pt_dnn_convolution *convolution);
size_t pt_dnn_packed_bytes(const pt_dnn_convolution *convolution);
/// Equal for convolutions that want weights in the same order; −1 if [Cout, Cin, k…] itself will do.
int pt_dnn_layout(const pt_dnn_convolution *convolution);
/// [Cout, Cin, k…] → the order and type that the convolution wants.
int pt_dnn_pack(const pt_dnn_convolution *convolution, const float *plain, float *packed);
/// The way back, for weight gradients.
int pt_dnn_unpack(const pt_dnn_convolution *convolution, const float *packed, float *plain);
/// The arrays by their role in the forward convolution: which are read and written depends on the
/// kind, and so does which of them a bfloat16 convolution wants in that type: those it reads, but
/// for the bias. `bias` may be null, `scratch` holds `pt_dnn_scratch_bytes`.
int pt_dnn_run(
    const pt_dnn_convolution *convolution, const void *input, const void *weights,
    const float *bias, const void *output, void *scratch);
