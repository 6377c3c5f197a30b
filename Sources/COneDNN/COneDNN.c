#include "COneDNN.h"

#include <dlfcn.h>
#include <oneapi/dnnl/dnnl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Version 3 made memory descriptors opaque and dropped the operation descriptors.
#if DNNL_VERSION_MAJOR >= 3
typedef const_dnnl_memory_desc_t layout_ref;
#define MEMORY_FUNCTIONS(F) F(dnnl_memory_desc_create_with_tag) F(dnnl_memory_desc_destroy) \
  F(dnnl_convolution_forward_primitive_desc_create) \
  F(dnnl_convolution_backward_data_primitive_desc_create) \
  F(dnnl_convolution_backward_weights_primitive_desc_create)
#define LIBRARY "libdnnl.so.3"
#else
typedef const dnnl_memory_desc_t *layout_ref;
#define MEMORY_FUNCTIONS(F) F(dnnl_memory_desc_init_by_tag) F(dnnl_primitive_desc_create) \
  F(dnnl_convolution_forward_desc_init) F(dnnl_convolution_backward_data_desc_init) \
  F(dnnl_convolution_backward_weights_desc_init)
#define LIBRARY "libdnnl.so.2"
#endif
#if defined(__APPLE__)
#undef LIBRARY
#define LIBRARY "libdnnl.dylib"
#endif

#define FUNCTIONS(F) MEMORY_FUNCTIONS(F) F(dnnl_version) F(dnnl_engine_create) \
  F(dnnl_stream_create) F(dnnl_stream_destroy) F(dnnl_stream_wait) F(dnnl_memory_create) \
  F(dnnl_memory_destroy) F(dnnl_memory_desc_get_size) F(dnnl_memory_desc_equal) \
  F(dnnl_primitive_attr_create) F(dnnl_primitive_attr_destroy) \
  F(dnnl_primitive_attr_set_scratchpad_mode) \
  F(dnnl_primitive_desc_destroy) F(dnnl_primitive_desc_query_md) F(dnnl_primitive_desc_query) \
  F(dnnl_primitive_create) F(dnnl_primitive_destroy) F(dnnl_primitive_execute) \
  F(dnnl_reorder_primitive_desc_create)

static struct {
#define DECLARE(name) __typeof__(name) *name;
  FUNCTIONS(DECLARE)
  void (*omp_set_num_threads)(int);
  int (*omp_get_thread_num)(void);
  int (*omp_get_num_threads)(void);
  int (*omp_get_num_procs)(void);
  void (*GOMP_parallel)(void (*)(void *), void *, unsigned, unsigned);
  dnnl_engine_t engine;
} lib;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static char failure[256], version[32];

static void no_work(void *data) { (void)data; }

static void *hold_idle_team(void *data) {
  (void)data;
  lib.GOMP_parallel(no_work, NULL, (unsigned)lib.omp_get_num_procs() + 1, 0);
  for (;;) pause();
}

// libgomp's idle threads spin for milliseconds where its environment did not forbid it, unless it
// has more threads than there are processors: then they soon sleep. A team that never works again
// makes it so.
static void stop_spinning(void) {
  if (!lib.GOMP_parallel || !lib.omp_get_num_procs) return;
  sigset_t all, before;
  pthread_t holder;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  if (pthread_create(&holder, NULL, hold_idle_team, NULL) == 0) pthread_detach(holder);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void load(void) {
  // Idle OpenMP threads sleep instead of spinning; libgomp reads this when it is loaded, which
  // another library may have caused already.
  void *early = dlopen("libgomp.so.1", RTLD_NOLOAD | RTLD_LAZY);
  int was_told = getenv("OMP_WAIT_POLICY") || getenv("GOMP_SPINCOUNT");
  setenv("OMP_WAIT_POLICY", "passive", 0);
  setenv("GOMP_SPINCOUNT", "0", 0);
  void *handle = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
  if (!handle) {
    snprintf(failure, sizeof failure, "%s", dlerror());
    return;
  }
#define RESOLVE(name) \
  if (!(lib.name = (__typeof__(lib.name))dlsym(handle, #name))) { \
    snprintf(failure, sizeof failure, "%s has no %s", LIBRARY, #name); \
    return; \
  }
  FUNCTIONS(RESOLVE)
  lib.omp_set_num_threads = (__typeof__(lib.omp_set_num_threads))dlsym(handle, "omp_set_num_threads");
  lib.omp_get_thread_num = (__typeof__(lib.omp_get_thread_num))dlsym(handle, "omp_get_thread_num");
  lib.omp_get_num_threads = (__typeof__(lib.omp_get_num_threads))dlsym(handle, "omp_get_num_threads");
  lib.omp_get_num_procs = (__typeof__(lib.omp_get_num_procs))dlsym(handle, "omp_get_num_procs");
  lib.GOMP_parallel = (__typeof__(lib.GOMP_parallel))dlsym(handle, "GOMP_parallel");
  if (lib.dnnl_version()->major != DNNL_VERSION_MAJOR) {
    snprintf(failure, sizeof failure, "%s is version %d, built for %d", LIBRARY,
             lib.dnnl_version()->major, DNNL_VERSION_MAJOR);
    return;
  }
  snprintf(version, sizeof version, "%d.%d.%d", lib.dnnl_version()->major,
           lib.dnnl_version()->minor, lib.dnnl_version()->patch);
  if (lib.dnnl_engine_create(&lib.engine, dnnl_cpu, 0) != dnnl_success)
    snprintf(failure, sizeof failure, "oneDNN offers no CPU engine");
  if (early && !was_told) stop_spinning();
}

const char *pt_dnn_load(void) {
  pthread_once(&once, load);
  return failure[0] ? failure : NULL;
}

const char *pt_dnn_version(void) { return version; }

void pt_dnn_set_threads(int count) {
  if (lib.omp_set_num_threads) lib.omp_set_num_threads(count);
}

typedef struct {
  void (*body)(void *, int);
  void *context;
  int count;
} team_work;

static void team_member(void *data) {
  team_work *work = data;
  int step = lib.omp_get_num_threads();
  for (int i = lib.omp_get_thread_num(); i < work->count; i += step) work->body(work->context, i);
}

int pt_dnn_has_team(void) {
  // The thread sanitizer does not understand how these threads wait for each other.
  return lib.GOMP_parallel && lib.omp_get_thread_num && lib.omp_get_num_threads &&
         !dlsym(RTLD_DEFAULT, "__tsan_init");
}

void pt_dnn_parallel(int threads, int count, void (*body)(void *, int), void *context) {
  team_work work = {body, context, count};
  lib.GOMP_parallel(team_member, &work, (unsigned)threads, 0);
}

struct pt_dnn_convolution {
  pt_dnn_kind kind;
  int has_bias, layout;
  dnnl_primitive_desc_t description;
  dnnl_primitive_t primitive;
  layout_ref input, weights, bias, output, scratch;
  dnnl_primitive_t pack, unpack;
  dnnl_memory_desc_t plain;
};

static layout_ref plain_of(const pt_dnn_convolution *c) {
#if DNNL_VERSION_MAJOR >= 3
  return c->plain;
#else
  return &c->plain;
#endif
}

#if DNNL_VERSION_MAJOR >= 3
#define MAKE_LAYOUT(variable, rank, dims, type, tag) \
  lib.dnnl_memory_desc_create_with_tag(&variable, rank, dims, type, tag)
#define DROP_LAYOUT(variable) \
  if (variable) lib.dnnl_memory_desc_destroy(variable)
#else
#define MAKE_LAYOUT(variable, rank, dims, type, tag) \
  lib.dnnl_memory_desc_init_by_tag(&variable, rank, dims, type, tag)
#define DROP_LAYOUT(variable) (void)(variable)
#endif

static int describe(
    pt_dnn_convolution *c, const pt_dnn_shape *s, const dnnl_memory_desc_t *mds,
    dnnl_primitive_attr_t attributes) {
  dnnl_memory_desc_t in = mds[0], weights = mds[1], bias = mds[2], out = mds[3];
#if DNNL_VERSION_MAJOR >= 3
  dnnl_dims_t dilation = {0};
  dnnl_memory_desc_t b = s->has_bias ? bias : NULL;
  switch (c->kind) {
  case PT_DNN_FORWARD:
    return lib.dnnl_convolution_forward_primitive_desc_create(
        &c->description, lib.engine, dnnl_forward_inference, dnnl_convolution_direct, in, weights,
        b, out, s->stride, dilation, s->front, s->back, attributes);
  case PT_DNN_INPUT_GRADIENT:
    return lib.dnnl_convolution_backward_data_primitive_desc_create(
        &c->description, lib.engine, dnnl_convolution_direct, in, weights, out, s->stride,
        dilation, s->front, s->back, NULL, attributes);
  default:
    return lib.dnnl_convolution_backward_weights_primitive_desc_create(
        &c->description, lib.engine, dnnl_convolution_direct, in, weights, b, out, s->stride,
        dilation, s->front, s->back, NULL, attributes);
  }
#else
  dnnl_convolution_desc_t operation;
  const dnnl_memory_desc_t *b = s->has_bias ? &bias : NULL;
  dnnl_status_t status;
  switch (c->kind) {
  case PT_DNN_FORWARD:
    status = lib.dnnl_convolution_forward_desc_init(
        &operation, dnnl_forward_inference, dnnl_convolution_direct, &in, &weights, b, &out,
        s->stride, s->front, s->back);
    break;
  case PT_DNN_INPUT_GRADIENT:
    status = lib.dnnl_convolution_backward_data_desc_init(
        &operation, dnnl_convolution_direct, &in, &weights, &out, s->stride, s->front, s->back);
    break;
  default:
    status = lib.dnnl_convolution_backward_weights_desc_init(
        &operation, dnnl_convolution_direct, &in, &weights, b, &out, s->stride, s->front, s->back);
  }
  if (status != dnnl_success) return status;
  return lib.dnnl_primitive_desc_create(&c->description, &operation, attributes, lib.engine, NULL);
#endif
}

static dnnl_primitive_t make_reorder(layout_ref from, layout_ref to) {
  dnnl_primitive_desc_t description = NULL;
  dnnl_primitive_t primitive = NULL;
  if (lib.dnnl_reorder_primitive_desc_create(
          &description, from, lib.engine, to, lib.engine, NULL) == dnnl_success) {
    lib.dnnl_primitive_create(&primitive, description);
    lib.dnnl_primitive_desc_destroy(description);
  }
  return primitive;
}

// Distinct weight orders met so far, by index. Kept for good: there are few.
static pthread_mutex_t layouts_lock = PTHREAD_MUTEX_INITIALIZER;
static pt_dnn_convolution *layouts[1024];
static int layout_count;

static int find_layout(pt_dnn_convolution *c) {
  if (lib.dnnl_memory_desc_equal(plain_of(c), c->weights)) return -1;
  for (int i = 0; i < layout_count; i++)
    if (lib.dnnl_memory_desc_equal(layouts[i]->weights, c->weights)) return i;
  if (layout_count == (int)(sizeof layouts / sizeof *layouts)) return -2;
  layouts[layout_count] = c;
  return layout_count++;
}

pt_dnn_convolution *pt_dnn_create(pt_dnn_kind kind, const pt_dnn_shape *s) {
  pt_dnn_convolution *c = calloc(1, sizeof *c);
  if (!c) return NULL;
  c->kind = kind;
  c->has_bias = s->has_bias;
  int rank = s->rank + 2;
  dnnl_dims_t in = {s->clips, s->input_channels}, out = {s->clips, s->output_channels};
  dnnl_dims_t weights = {s->output_channels, s->input_channels}, bias = {s->output_channels};
  for (int axis = 0; axis < s->rank; axis++) {
    in[axis + 2] = s->input[axis];
    out[axis + 2] = s->output[axis];
    weights[axis + 2] = s->kernel[axis];
  }
  dnnl_format_tag_t channels_last = s->rank == 3 ? dnnl_ndhwc : dnnl_nhwc;
  dnnl_memory_desc_t mds[4];
  memset(mds, 0, sizeof mds);
  // What is read may be bfloat16, what is written is float.
  dnnl_data_type_t factor = s->bfloat16 ? dnnl_bf16 : dnnl_f32;
  MAKE_LAYOUT(mds[0], rank, in, kind == PT_DNN_INPUT_GRADIENT ? dnnl_f32 : factor, channels_last);
  MAKE_LAYOUT(
      mds[1], rank, weights, kind == PT_DNN_WEIGHT_GRADIENTS ? dnnl_f32 : factor,
      dnnl_format_tag_any);
  MAKE_LAYOUT(mds[2], 1, bias, dnnl_f32, dnnl_x);
  MAKE_LAYOUT(mds[3], rank, out, kind == PT_DNN_FORWARD ? dnnl_f32 : factor, channels_last);
  MAKE_LAYOUT(c->plain, rank, weights, dnnl_f32, s->rank == 3 ? dnnl_oidhw : dnnl_oihw);
  dnnl_primitive_attr_t attributes = NULL;
  lib.dnnl_primitive_attr_create(&attributes);
  lib.dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user);
  int status = describe(c, s, mds, attributes);
  lib.dnnl_primitive_attr_destroy(attributes);
  for (int i = 0; i < 4; i++) DROP_LAYOUT(mds[i]);
  if (status != dnnl_success ||
      lib.dnnl_primitive_create(&c->primitive, c->description) != dnnl_success) {
    pt_dnn_destroy(c);
    return NULL;
  }
  int gradient_of_input = kind == PT_DNN_INPUT_GRADIENT;
  int gradient_of_weights = kind == PT_DNN_WEIGHT_GRADIENTS;
#define QUERY(what) lib.dnnl_primitive_desc_query_md(c->description, what, 0)
  c->input = QUERY(gradient_of_input ? dnnl_query_diff_src_md : dnnl_query_src_md);
  c->weights = QUERY(gradient_of_weights ? dnnl_query_diff_weights_md : dnnl_query_weights_md);
  c->output = QUERY(kind == PT_DNN_FORWARD ? dnnl_query_dst_md : dnnl_query_diff_dst_md);
  c->scratch = QUERY(dnnl_query_scratchpad_md);
  if (s->has_bias)
    c->bias = lib.dnnl_primitive_desc_query_md(
        c->description, gradient_of_weights ? dnnl_query_diff_weights_md : dnnl_query_weights_md,
        1);
  c->pack = make_reorder(plain_of(c), c->weights);
  c->unpack = make_reorder(c->weights, plain_of(c));
  pthread_mutex_lock(&layouts_lock);
  c->layout = find_layout(c);
  pthread_mutex_unlock(&layouts_lock);
  if (!c->pack || !c->unpack || c->layout == -2) {
    pt_dnn_destroy(c);
    return NULL;
  }
  return c;
}

void pt_dnn_destroy(pt_dnn_convolution *c) {
  if (!c) return;
  // A convolution that stands for a weight order is needed to recognise that order.
  int is_kept = 0;
  pthread_mutex_lock(&layouts_lock);
  for (int i = 0; i < layout_count; i++) is_kept |= layouts[i] == c;
  pthread_mutex_unlock(&layouts_lock);
  if (is_kept) return;
  if (c->primitive) lib.dnnl_primitive_destroy(c->primitive);
  if (c->pack) lib.dnnl_primitive_destroy(c->pack);
  if (c->unpack) lib.dnnl_primitive_destroy(c->unpack);
  if (c->description) lib.dnnl_primitive_desc_destroy(c->description);
  DROP_LAYOUT(c->plain);
  free(c);
}

const char *pt_dnn_implementation(const pt_dnn_convolution *c) {
  const char *name = "";
  lib.dnnl_primitive_desc_query(c->description, dnnl_query_impl_info_str, 0, &name);
  return name;
}

size_t pt_dnn_scratch_bytes(const pt_dnn_convolution *c) {
  return c->scratch ? lib.dnnl_memory_desc_get_size(c->scratch) : 0;
}

size_t pt_dnn_packed_bytes(const pt_dnn_convolution *c) {
  return lib.dnnl_memory_desc_get_size(c->weights);
}

int pt_dnn_layout(const pt_dnn_convolution *c) { return c->layout; }

static int execute(dnnl_primitive_t primitive, int count, dnnl_exec_arg_t *arguments) {
  dnnl_stream_t stream = NULL;
  int status = lib.dnnl_stream_create(&stream, lib.engine, dnnl_stream_default_flags);
  for (int i = 0; i < count && status == dnnl_success; i++)
    if (!arguments[i].memory) status = dnnl_out_of_memory;
  if (status == dnnl_success) status = lib.dnnl_primitive_execute(primitive, stream, count, arguments);
  if (status == dnnl_success) status = lib.dnnl_stream_wait(stream);
  for (int i = 0; i < count; i++)
    if (arguments[i].memory) lib.dnnl_memory_destroy(arguments[i].memory);
  if (stream) lib.dnnl_stream_destroy(stream);
  return status;
}

static dnnl_exec_arg_t argument(int index, layout_ref layout, const void *data) {
  dnnl_exec_arg_t result = {index, NULL};
  lib.dnnl_memory_create(&result.memory, layout, lib.engine, (void *)data);
  return result;
}

int pt_dnn_pack(const pt_dnn_convolution *c, const float *plain, float *packed) {
  dnnl_exec_arg_t arguments[] = {
      argument(DNNL_ARG_FROM, plain_of(c), plain), argument(DNNL_ARG_TO, c->weights, packed)};
  return execute(c->pack, 2, arguments);
}

int pt_dnn_unpack(const pt_dnn_convolution *c, const float *packed, float *plain) {
  dnnl_exec_arg_t arguments[] = {
      argument(DNNL_ARG_FROM, c->weights, packed), argument(DNNL_ARG_TO, plain_of(c), plain)};
  return execute(c->unpack, 2, arguments);
}

int pt_dnn_run(
    const pt_dnn_convolution *c, const void *input, const void *weights, const float *bias,
    const void *output, void *scratch) {
  int in_gradient = c->kind == PT_DNN_INPUT_GRADIENT;
  int weight_gradients = c->kind == PT_DNN_WEIGHT_GRADIENTS;
  dnnl_exec_arg_t arguments[5];
  int count = 0;
  arguments[count++] = argument(in_gradient ? DNNL_ARG_DIFF_SRC : DNNL_ARG_SRC, c->input, input);
  arguments[count++] = argument(
      weight_gradients ? DNNL_ARG_DIFF_WEIGHTS : DNNL_ARG_WEIGHTS, c->weights, weights);
  arguments[count++] = argument(
      c->kind == PT_DNN_FORWARD ? DNNL_ARG_DST : DNNL_ARG_DIFF_DST, c->output, output);
  if (c->has_bias && c->bias)
    arguments[count++] =
        argument(weight_gradients ? DNNL_ARG_DIFF_BIAS : DNNL_ARG_BIAS, c->bias, bias);
  if (pt_dnn_scratch_bytes(c))
    arguments[count++] = argument(DNNL_ARG_SCRATCHPAD, c->scratch, scratch);
  return execute(c->primitive, count, arguments);
}
