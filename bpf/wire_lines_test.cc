// SPDX-License-Identifier: Apache-2.0
//
// No false sharing in bpf/wire.h: words that different parties write lie on different cache lines,
// in every structure of the shared memory. Emulated machines have no caches, so nothing else here
// would notice.
//
// Each structure is described field by field with its writer; the description has to cover every
// byte, so a new field cannot be forgotten.

#include <cstddef>
#include <string>
#include <vector>

#include "bpf/wire.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Who writes a field while schedulers run. Fields of one writer may share a line.
enum class Writer {
  kNobody,     // fixed before the attach, or padding
  kThisCpu,    // BPF on the entry's own CPU
  kAnyCpu,     // BPF on any CPU, often: claims and requests
  kPark,       // BPF, as the agent comes and goes
  kHousehold,  // BPF: slots and lease
  kWakers,
  kIdleCpus,  // BPF, as CPUs go idle and come back
  kQueue,     // BPF, where the kernel schedules by itself
  kTimer,     // BPF's timer
  kAgent,     // the process
  kFlag,      // the pending flag: BPF sets, the agent clears
  kKicks,     // the agent asks, BPF takes
  kChanges,   // BPF sets, the agent takes
  kTask,      // BPF, under the lock of the task's run queue
  kExits,     // BPF, where a task exits
  kLives,     // BPF, where tasks begin and exit
};

struct Field {
  std::string name;
  size_t offset;
  size_t size;
  Writer writer;
};

#define FIELD(type, field, writer) \
  Field { #type "." #field, offsetof(type, field), sizeof(type::field), writer }

// What is wrong with a structure of `size` bytes.
std::vector<std::string> Faults(size_t size, const std::vector<Field>& fields) {
  std::vector<std::string> faults;
  size_t end = 0;
  for (const Field& field : fields) {
    if (field.offset != end) faults.push_back("a byte before " + field.name + " is not described");
    end = field.offset + field.size;
  }
  if (end != size) faults.push_back("the last bytes are not described");
  for (const Field& a : fields) {
    for (const Field& b : fields) {
      const size_t last_of_a = (a.offset + a.size - 1) / SCXX_CACHELINE;
      const bool share = a.offset < b.offset && last_of_a >= b.offset / SCXX_CACHELINE;
      if (share && a.writer != b.writer) faults.push_back(a.name + " shares a line with " + b.name);
    }
  }
  return faults;
}

// Padding belongs to whoever writes the rest of its line.
TEST(WireLinesTest, Cpu) {
  const std::vector<Field> fields = {FIELD(scxx_cpu, event_tail, Writer::kThisCpu),
                                     FIELD(scxx_cpu, last_dispatch, Writer::kThisCpu),
                                     FIELD(scxx_cpu, owner_since, Writer::kThisCpu),
                                     FIELD(scxx_cpu, owner_pid, Writer::kThisCpu),
                                     FIELD(scxx_cpu, owner_slot, Writer::kThisCpu),
                                     FIELD(scxx_cpu, yielded_pid, Writer::kThisCpu),
                                     FIELD(scxx_cpu, run_limit, Writer::kThisCpu),
                                     FIELD(scxx_cpu, owner_key, Writer::kThisCpu),
                                     FIELD(scxx_cpu, owner_pace, Writer::kThisCpu),
                                     FIELD(scxx_cpu, ran_kernel, Writer::kThisCpu),
                                     FIELD(scxx_cpu, kernel_credit, Writer::kThisCpu),
                                     FIELD(scxx_cpu, dispatch_head, Writer::kAnyCpu),
                                     FIELD(scxx_cpu, want_agent, Writer::kAnyCpu),
                                     FIELD(scxx_cpu, kthread_used, Writer::kAnyCpu),
                                     FIELD(scxx_cpu, kthread_at, Writer::kAnyCpu),
                                     FIELD(scxx_cpu, policy_weight, Writer::kAnyCpu),
                                     FIELD(scxx_cpu, higher_runs, Writer::kAnyCpu),
                                     FIELD(scxx_cpu, clock_lead, Writer::kAnyCpu),
                                     FIELD(scxx_cpu, reenqueued_at, Writer::kAnyCpu),
                                     FIELD(scxx_cpu, credited_at, Writer::kAnyCpu),
                                     FIELD(scxx_cpu, kernel, Writer::kQueue),
                                     FIELD(scxx_cpu, counters, Writer::kThisCpu),
                                     FIELD(scxx_cpu, inserted_after, Writer::kThisCpu)};
  EXPECT_THAT(Faults(sizeof(scxx_cpu), fields), IsEmpty());
}

TEST(WireLinesTest, Agent) {
  const std::vector<Field> fields = {FIELD(scxx_agent, pending, Writer::kFlag),
                                     FIELD(scxx_agent, pad0, Writer::kFlag),
                                     FIELD(scxx_agent, nr_queued, Writer::kAgent),
                                     FIELD(scxx_agent, nr_scheduled, Writer::kAgent),
                                     FIELD(scxx_agent, gone_head, Writer::kAgent),
                                     FIELD(scxx_agent, wake_floor, Writer::kAgent),
                                     FIELD(scxx_agent, wake_margin, Writer::kAgent),
                                     FIELD(scxx_agent, review_at, Writer::kAgent),
                                     FIELD(scxx_agent, pad1, Writer::kAgent),
                                     FIELD(scxx_agent, kick_idle, Writer::kKicks),
                                     FIELD(scxx_agent, kick_preempt, Writer::kKicks),
                                     FIELD(scxx_agent, event_head, Writer::kAgent),
                                     FIELD(scxx_agent, changed, Writer::kChanges)};
  EXPECT_THAT(Faults(sizeof(scxx_agent), fields), IsEmpty());
}

// Every enqueue on every CPU reads who the agent is.
TEST(WireLinesTest, Global) {
  const std::vector<Field> fields = {FIELD(scxx_global, parked, Writer::kPark),
                                     FIELD(scxx_global, must_run, Writer::kPark),
                                     FIELD(scxx_global, agent_queue, Writer::kPark),
                                     FIELD(scxx_global, yielded, Writer::kPark),
                                     FIELD(scxx_global, fallback, Writer::kPark),
                                     FIELD(scxx_global, epoch, Writer::kPark),
                                     FIELD(scxx_global, pending_since, Writer::kPark),
                                     FIELD(scxx_global, last_park, Writer::kPark),
                                     FIELD(scxx_global, active_since, Writer::kPark),
                                     FIELD(scxx_global, wire_version, Writer::kNobody),
                                     FIELD(scxx_global, agent_pid, Writer::kNobody),
                                     FIELD(scxx_global, agent_tgid, Writer::kNobody),
                                     FIELD(scxx_global, taken, Writer::kNobody),
                                     FIELD(scxx_global, agent_bound, Writer::kNobody),
                                     FIELD(scxx_global, agent_at, Writer::kNobody),
                                     FIELD(scxx_global, nap, Writer::kNobody),
                                     FIELD(scxx_global, pad0, Writer::kNobody),
                                     FIELD(scxx_global, next_slot, Writer::kHousehold),
                                     FIELD(scxx_global, walk_cursor, Writer::kHousehold),
                                     FIELD(scxx_global, overdue, Writer::kHousehold),
                                     FIELD(scxx_global, hold_cursor, Writer::kHousehold),
                                     FIELD(scxx_global, queue_cursor, Writer::kHousehold),
                                     FIELD(scxx_global, late_runs, Writer::kHousehold),
                                     FIELD(scxx_global, timer_queued, Writer::kHousehold),
                                     FIELD(scxx_global, hungry, Writer::kHousehold),
                                     FIELD(scxx_global, waking_key, Writer::kWakers),
                                     FIELD(scxx_global, timer_at, Writer::kWakers),
                                     FIELD(scxx_global, timer_set, Writer::kWakers),
                                     FIELD(scxx_global, crowded, Writer::kWakers),
                                     FIELD(scxx_global, pad1, Writer::kWakers),
                                     FIELD(scxx_global, kernel, Writer::kQueue),
                                     FIELD(scxx_global, idle_mask, Writer::kIdleCpus),
                                     FIELD(scxx_global, taken_mask, Writer::kTimer),
                                     FIELD(scxx_global, core_mask, Writer::kIdleCpus),
                                     FIELD(scxx_global, slots_taken, Writer::kLives),
                                     FIELD(scxx_global, slotless, Writer::kLives),
                                     FIELD(scxx_global, pad2, Writer::kLives)};
  EXPECT_THAT(Faults(sizeof(scxx_global), fields), IsEmpty());
}

TEST(WireLinesTest, Rings) {
  const std::vector<Field> dispatch = {FIELD(scxx_dispatch_ring, tail, Writer::kAgent),
                                       FIELD(scxx_dispatch_ring, pad, Writer::kAgent),
                                       FIELD(scxx_dispatch_ring, records, Writer::kAgent)};
  EXPECT_THAT(Faults(sizeof(scxx_dispatch_ring), dispatch), IsEmpty());
  const std::vector<Field> gone = {FIELD(scxx_gone_ring, tail, Writer::kExits),
                                   FIELD(scxx_gone_ring, pad, Writer::kExits),
                                   FIELD(scxx_gone_ring, entries, Writer::kExits)};
  EXPECT_THAT(Faults(sizeof(scxx_gone_ring), gone), IsEmpty());
}

// Entries of an array have writers of their own: the maps begin at a page, so it takes a size of
// whole lines. Not so scxx_affinity, which is written when an affinity changes, that is, rarely.
TEST(WireLinesTest, EntriesOfArrays) {
  EXPECT_EQ(sizeof(scxx_task) % SCXX_CACHELINE, 0u);
  EXPECT_EQ(sizeof(scxx_cpu) % SCXX_CACHELINE, 0u);
  EXPECT_EQ(sizeof(scxx_dispatch_ring) % SCXX_CACHELINE, 0u);
  EXPECT_EQ(SCXX_CACHELINE % sizeof(scxx_event), 0u);  // event rings are a power of two of them
  EXPECT_EQ(SCXX_CACHELINE % sizeof(scxx_record), 0u) << "no record lies across two lines";
}

// The checker can fail.
struct Mixed {
  scxx_u64 agents;
  scxx_u64 kernels;
  scxx_u64 far_away[16];
};

TEST(WireLinesTest, FindsALineOfTwoWriters) {
  const std::vector<Field> fields = {FIELD(Mixed, agents, Writer::kAgent),
                                     FIELD(Mixed, kernels, Writer::kAnyCpu),
                                     FIELD(Mixed, far_away, Writer::kAnyCpu)};
  EXPECT_THAT(Faults(sizeof(Mixed), fields),
              ElementsAre("Mixed.agents shares a line with Mixed.kernels",
                          "Mixed.agents shares a line with Mixed.far_away"));
}

TEST(WireLinesTest, FindsAForgottenField) {
  const std::vector<Field> fields = {FIELD(Mixed, agents, Writer::kAgent),
                                     FIELD(Mixed, far_away, Writer::kAgent)};
  EXPECT_THAT(Faults(sizeof(Mixed), fields), ElementsAre(HasSubstr("before Mixed.far_away")));
  EXPECT_THAT(Faults(sizeof(Mixed) + 8, {FIELD(Mixed, agents, Writer::kAgent)}),
              ElementsAre("the last bytes are not described"));
}

}  // namespace
}  // namespace scxx
