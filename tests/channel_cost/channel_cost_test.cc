// SPDX-License-Identifier: Apache-2.0
//
// What the channel alone costs: a record up to the process and one down to the kernel, without a
// task switch, through our shared memory and through BPF's RINGBUF and USER_RINGBUF maps, in one
// boot.
//
//   bazel test //tests/channel_cost:channel_cost_test --test_output=all
//
// The machine's clock counts instructions (kernel_test's `exact`), so a figure is instructions a
// record and the same on any host. Run by hand as root, the program prints nanoseconds.

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <time.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "bpf/wire.h"
#include "framework/base/check.h"
#include "framework/channel/channel.h"
#include "framework/channel/shared_memory.h"
#include "framework/kernel/program/mapped_map.h"
#include "gtest/gtest.h"
#include "tests/channel_cost/channel_cost.h"
#include "tests/channel_cost/channel_cost.skel.h"

namespace scxx {
namespace {

constexpr int kRounds = 101;

uint64_t Now() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return uint64_t(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

// The programs, loaded.
class Programs {
 public:
  Programs() : skeleton_(channel_cost__open_and_load(), &channel_cost__destroy) {
    SCXX_CHECK(skeleton_ != nullptr, "the kernel does not load the programs");
  }
  channel_cost& operator*() { return *skeleton_; }
  channel_cost* operator->() { return skeleton_.get(); }

  static void Run(const bpf_program* program, channel_run run) {
    bpf_test_run_opts options = {};
    options.sz = sizeof(options);
    options.ctx_in = &run;
    options.ctx_size_in = sizeof(run);
    SCXX_CHECK_EQ(bpf_prog_test_run_opts(bpf_program__fd(program), &options), 0);
  }

 private:
  std::unique_ptr<channel_cost, decltype(&channel_cost__destroy)> skeleton_;
};

// A way to move records; each call moves `run.records`. Returns the sum of what the process read.
class Way {
 public:
  virtual ~Way() = default;
  virtual uint64_t Up(channel_run run) = 0;
  virtual void Down(channel_run run) = 0;
};

scxx_record Decision(uint32_t slot, uint32_t count) {
  return {.slot = slot, .enq_cnt = count, .slice = 5'000'000, .vtime = 0, .flags = 0};
}

// Through the framework's own agent end.
class SharedWay : public Way {
 public:
  SharedWay(Programs& programs, bool with_task)
      : programs_(programs),
        with_task_(with_task),
        maps_{Map(programs->maps.events), Map(programs->maps.dispatch), Map(programs->maps.cpus),
              Map(programs->maps.agent), Map(programs->maps.tasks)},
        memory_{.tasks = Split(maps_[4], CHANNEL_SLOTS, sizeof(scxx_task)),
                .events = Split(maps_[0], CHANNEL_EVENT_RING, sizeof(scxx_event)),
                .dispatch = maps_[1].view(),
                .cpus = maps_[2].view(),
                .agent = maps_[3].view()},
        channel_(memory_, Config()) {}

  uint64_t Up(channel_run run) override {
    Programs::Run(with_task_ ? programs_->progs.shared_task_up : programs_->progs.shared_up, run);
    channel_.BeginCycle();
    const size_t n = channel_.ReadEvents(absl::MakeSpan(events_));
    uint64_t sum = 0;
    for (size_t i = 0; i < n; ++i) sum += Read(events_[i]);
    return sum;
  }
  void Down(channel_run run) override {
    for (uint32_t i = 0; i < run.records; ++i) {
      SCXX_CHECK(channel_.Place(Decision(i, run.count), /*ring=*/0));
    }
    Programs::Run(programs_->progs.shared_down, run);
  }

 private:
  static MappedMap Map(const bpf_map* map) {
    absl::StatusOr<MappedMap> mapped = MappedMap::Map(map, MappedMap::kReadWrite);
    SCXX_CHECK(mapped.ok());
    return *std::move(mapped);
  }
  static MapView Split(const MappedMap& map, size_t entries, size_t stride) {
    MapView view = map.view();
    return MapView(&view.at<char>(0), entries, stride);
  }
  static scxx_config Config() {
    scxx_config config = {};
    config.nr_cpus = config.nr_online = config.online_end = config.online[0] = 1;
    config.max_tasks = CHANNEL_SLOTS;
    config.event_mask = CHANNEL_EVENT_RING - 1;
    return config;
  }
  uint64_t Read(const ChannelEvent& event) {
    if (!with_task_) return event.slot + event.enqueue;
    TaskSnapshot snapshot;
    SCXX_CHECK(channel_.ReadTask(event, &snapshot));
    return snapshot.id.slot + snapshot.task.sum_exec - snapshot.task.nvcsw;
  }

  Programs& programs_;
  const bool with_task_;
  MappedMap maps_[5];
  SharedMemory memory_;
  Channel channel_;
  std::vector<ChannelEvent> events_ = std::vector<ChannelEvent>(256);
};

// Through libbpf's ends of the maps.
class RingbufWay : public Way {
 public:
  RingbufWay(Programs& programs, bool with_task, uint64_t flags)
      : programs_(programs),
        with_task_(with_task),
        flags_(flags),
        up_(ring_buffer__new(bpf_map__fd(programs->maps.up), with_task ? &OnTask : &OnEvent, this,
                             nullptr)),
        down_(user_ring_buffer__new(bpf_map__fd(programs->maps.down), nullptr)) {
    SCXX_CHECK(up_ != nullptr && down_ != nullptr);
  }
  ~RingbufWay() override {
    ring_buffer__free(up_);
    user_ring_buffer__free(down_);
  }

  uint64_t Up(channel_run run) override {
    run.flags = flags_;
    Programs::Run(with_task_ ? programs_->progs.ringbuf_task_up : programs_->progs.ringbuf_up, run);
    sum_ = 0;
    ring_buffer__consume(up_);
    return sum_;
  }
  void Down(channel_run run) override {
    for (uint32_t i = 0; i < run.records; ++i) {
      void* record = user_ring_buffer__reserve(down_, sizeof(scxx_record));
      SCXX_CHECK(record != nullptr);
      *static_cast<scxx_record*>(record) = Decision(i, run.count);
      user_ring_buffer__submit(down_, record);
    }
    Programs::Run(programs_->progs.ringbuf_down, run);
  }

 private:
  static int OnEvent(void* self, void* data, size_t) {
    const scxx_event event = *static_cast<const scxx_event*>(data);
    static_cast<RingbufWay*>(self)->sum_ += (event.slot_kind & 0xffffff) + event.enq_cnt;
    return 0;
  }
  static int OnTask(void* self, void* data, size_t) {
    const channel_task record = *static_cast<const channel_task*>(data);
    static_cast<RingbufWay*>(self)->sum_ +=
        (record.event.slot_kind & 0xffffff) + record.task.sum_exec - record.task.nvcsw;
    return 0;
  }

  Programs& programs_;
  const bool with_task_;
  const uint64_t flags_;  // of bpf_ringbuf_submit
  ring_buffer* up_;
  user_ring_buffer* down_;
  uint64_t sum_ = 0;
};

// Instructions a record.
struct Cost {
  double up = 0;
  double down = 0;
  double both() const { return up + down; }
};

double Median(std::vector<uint64_t> times, uint32_t records) {
  std::nth_element(times.begin(), times.begin() + times.size() / 2, times.end());
  return double(times[times.size() / 2]) / records;
}

template <typename F>
double Time(const F& move, uint32_t records) {
  std::vector<uint64_t> times;
  for (int round = 0; round < kRounds; ++round) {
    const uint64_t start = Now();
    move(channel_run{.records = records, .count = static_cast<uint32_t>(round) + 1});
    times.push_back(Now() - start);
  }
  return Median(std::move(times), records);
}

Cost Measure(Programs& programs, Way& way, uint32_t records) {
  const double call =
      Time([&](channel_run run) { programs.Run(programs->progs.nothing, run); }, records);
  Cost cost;
  cost.up = Time(
                [&](channel_run run) {
                  const uint64_t expected =
                      uint64_t{records} * (records - 1) / 2 + uint64_t{records} * run.count;
                  SCXX_CHECK_EQ(way.Up(run), expected);
                },
                records) -
            call;
  const uint64_t before = programs->bss->received;
  cost.down = Time([&](channel_run run) { way.Down(run); }, records) - call;
  const uint64_t each = uint64_t{records} * (records - 1) / 2 + records * uint64_t{5'000'000};
  SCXX_CHECK_EQ(programs->bss->received - before, each * kRounds);
  return cost;
}

void Print(const char* what, uint32_t batch, const Cost& cost, const Cost& ours) {
  printf("%-28s %2u in a batch: %7.1f up %7.1f down %7.1f both, %.2fx\n", what, batch, cost.up,
         cost.down, cost.both(), cost.both() / ours.both());
}

class ChannelCostTest : public testing::TestWithParam<uint32_t> {
 protected:
  void Compare(bool with_task) {
    Programs programs;
    SharedWay shared(programs, with_task);
    RingbufWay polled(programs, with_task, BPF_RB_NO_WAKEUP);
    RingbufWay notified(programs, with_task, /*flags=*/0);
    const uint32_t batch = GetParam();
    const Cost ours = Measure(programs, shared, batch);
    const Cost without = Measure(programs, polled, batch);
    const Cost with = Measure(programs, notified, batch);
    Print("shared memory", batch, ours, ours);
    Print("ring buffers, no wakeup", batch, without, ours);
    Print("ring buffers, default flags", batch, with, ours);
    EXPECT_LT(ours.both(), with.both());
    // A cycle asks which CPUs have changed, so that a large machine need not look at each of them:
    // a lone task in a ring that wakes nobody costs less.
    if (batch == 1 && with_task) return;
    EXPECT_LT(ours.both(), without.both());
  }
};

// 16 bytes up and 32 down, in each way.
TEST_P(ChannelCostTest, EventAndRecord) { Compare(/*with_task=*/false); }

// The event and the task's 128 bytes: ours leaves them in the slot and copies them once.
TEST_P(ChannelCostTest, EventWithItsTask) { Compare(/*with_task=*/true); }

INSTANTIATE_TEST_SUITE_P(Batches, ChannelCostTest, testing::Values(1, 4, 16, 64));

}  // namespace
}  // namespace scxx
