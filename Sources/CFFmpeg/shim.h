#pragma once
#include <libavcodec/avcodec.h>
#include <libavfilter/avfilter.h>
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
#include <libavformat/avformat.h>
#include <libavutil/avutil.h>
#include <libavutil/display.h>
#include <libavutil/imgutils.h>
#include <libavutil/mastering_display_metadata.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>

// Macros that Swift cannot see.
static const int64_t cff_no_timestamp = AV_NOPTS_VALUE;
static const int cff_error_eof = AVERROR_EOF;
static const int cff_error_again = AVERROR(EAGAIN);
static const int cff_error_invalid_data = AVERROR_INVALIDDATA;
static const int cff_error_exit = AVERROR_EXIT;
static const int cff_error_io = AVERROR(EIO);
static const int cff_error_no_memory = AVERROR(ENOMEM);

// C arrays arrive in Swift as tuples; these take an index.
static inline uint8_t *cff_plane(const AVFrame *frame, int plane) { return frame->data[plane]; }
static inline int cff_line_size(const AVFrame *frame, int plane) { return frame->linesize[plane]; }

static inline const char *cff_version(void) { return av_version_info(); }

// The configuration line of libavcodec; tells whether this build falls under the GPL.
static inline const char *cff_configuration(void) { return avcodec_configuration(); }
