// SPDX-License-Identifier: Apache-2.0
//
// The low-level API on a real kernel: its FIFO, each of its calls, and an agent that writes
// nonsense.

#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "framework/kernel/program/bpf_program.h"
#include "framework/kernel/sysfs/sched_ext_sysfs.h"
#include "framework/lowlevel/bpf_scheduler.h"
#include "framework/topology/topology.h"
#include "gtest/gtest.h"
#include "tests/kernel/kernel_matchers.h"
#include "tests/kernel/low_level_fifo.h"
#include "tools/load/runner.h"
#include "tools/load/workloads/demo.h"

namespace scxx {
namespace {

// Runs `body` in a child until the load, run by this process, is over; then detaches by killing it.
class Child {
 public:
  explicit Child(const std::function<int()>& body) : pid_(fork()) {
    if (pid_ == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      _exit(body());
    }
  }
  bool WaitUntilAttached() const {
    const absl::Time deadline = absl::Now() + absl::Seconds(30);
    while (SchedExtSysfs().State() != "enabled" && absl::Now() < deadline) {
      usleep(10'000);  // lint: allow banned-call: sysfs cannot be waited for
    }
    return SchedExtSysfs().State() == "enabled";
  }
  int Wait() const {
    int status = 0;
    waitpid(pid_, &status, 0);
    return status;
  }
  void Kill() const {
    kill(pid_, SIGKILL);
    Wait();
  }

 private:
  pid_t pid_;
};

load::LoadResult RunDemo() {
  load::Demo demo({.duration = absl::Seconds(2)});
  absl::StatusOr<load::LoadResult> result = load::RunLoad(demo);
  EXPECT_TRUE(result.ok()) << result.status();
  return result.ok() ? *std::move(result) : load::LoadResult();
}

TEST(LowLevelTest, FifoOfTheHeaderSchedulesTheMachine) {
  Child child([] { return RunLowLevelFifo().ok() ? 0 : 1; });
  ASSERT_TRUE(child.WaitUntilAttached());
  EXPECT_EQ(SchedExtSysfs().OpsName(), "mine");
  const load::LoadResult result = RunDemo();
  EXPECT_FALSE(result.stalled);
  EXPECT_FALSE(result.sched_ext_changed());
  child.Kill();
  EXPECT_EQ(SchedExtSysfs().State(), "disabled");
}

// Every answer that a call can give, from inside the agent. 0 if all is as it should be.
int CheckCalls() {
  auto created = BpfScheduler::Create({.name = "calls"});
  if (!created.ok()) return 10;
  BpfScheduler& bpf = **created;
  int seen = 0;
  bool bad = false;
  std::thread sleeper([&] {
    absl::SleepFor(absl::Seconds(2));  // lint: allow banned-call: how long the load is watched
    bpf.RequestStop();
  });
  while (!bpf.exited()) {
    while (std::optional<QueuedTask> task = bpf.DequeueTask()) {
      ++seen;
      bad |= task->pid <= 0 || task->tgid <= 0 || task->comm.empty() || task->weight == 0 ||
             task->nr_cpus_allowed == 0 || task->sum_exec_runtime < task->exec_runtime ||
             !task->cpu.IsCpu() || task->enqueued_at.nanos() <= 0;
      const CpuId idle = bpf.SelectCpu(*task, task->cpu);
      bad |= idle.IsCpu() && !bpf.AllowedCpus(*task).Contains(idle);
      DispatchedTask decision(*task);
      ++decision.enq_cnt;  // a waiting period that is not this one
      bad |= bpf.DispatchTask(decision) != BpfScheduler::DispatchResult::kStale;
      --decision.enq_cnt;
      decision.cpu = idle.IsCpu() ? idle : kCpuAny;
      bad |= bpf.DispatchTask(decision) != BpfScheduler::DispatchResult::kDispatched;
    }
    bpf.NotifyComplete(0);
  }
  sleeper.join();
  const ExitReport report = bpf.ShutdownAndReport();
  if (report.IsEjection() || bpf.should_restart()) return 11;
  if (seen == 0) return 12;
  if (bpf.Stats()[SCXX_CNT_DISPATCHED] == 0) return 13;
  return bad ? 14 : 0;
}

TEST(LowLevelTest, EveryCallAnswers) {
  Child child(CheckCalls);
  ASSERT_TRUE(child.WaitUntilAttached());
  EXPECT_FALSE(RunDemo().stalled);
  EXPECT_EQ(child.Wait(), 0) << "exit status << 8; see CheckCalls";
}

// Writes nonsense into all it can write, for a while, and never decides anything.
int WriteNonsense() {
  const auto topology = Topology::FromSysfs();
  if (!topology.ok()) return 10;
  auto loaded = LoadProgram({.name = "hostile"}, *topology);
  if (!loaded.ok() || !LockAndAttach(**loaded).ok()) return 10;
  BpfProgram& program = **loaded;
  SharedMemory& memory = program.memory();
  const uint32_t nr_cpus = program.config().nr_cpus;
  std::mt19937_64 random(1);
  auto& agent = memory.agent.at<scxx_agent>(0);
  while (!program.exited()) {
    for (int i = 0; i < 64; ++i) {
      auto& ring = memory.dispatch.at<scxx_dispatch_ring>(random() % (nr_cpus + 1));
      auto& record = ring.records[random() % SCXX_DISPATCH_RING];
      record = {.slot = static_cast<uint32_t>(random() % 4 ? random() % 64 : random()),
                .enq_cnt = static_cast<uint32_t>(random() % 64),
                .slice = static_cast<uint32_t>(random() % 2 ? random() % 1'000'000 : random()),
                .pace = static_cast<uint32_t>(random()),
                .vtime = random(),
                .flags = static_cast<uint32_t>(random()),
                .lead = static_cast<int32_t>(random())};
      const uint64_t step = random() % 16 ? random() % 8 : random();
      __atomic_store_n(&ring.tail, ring.tail + step, __ATOMIC_SEQ_CST);
    }
    agent.pending = random() % 2;
    agent.nr_queued = random();
    agent.wake_floor = random();
    agent.wake_margin = random();
    agent.gone_head = random();
    agent.kick_idle[random() % SCXX_MASK_WORDS] = random();
    agent.kick_preempt[random() % SCXX_MASK_WORDS] = random();
    agent.event_head[random() % SCXX_MAX_CPUS] = random() % 2 ? random() : 0;
    sched_yield();
  }
  return 0;
}

TEST(LowLevelTest, HostileAgentCannotTakeTheMachineDown) {
  Child child(WriteNonsense);
  ASSERT_TRUE(child.WaitUntilAttached());
  const load::LoadResult result = RunDemo();
  EXPECT_FALSE(result.stalled);
  EXPECT_FALSE(result.sched_ext_changed());
  EXPECT_EQ(SchedExtSysfs().State(), "enabled");
  child.Kill();
  EXPECT_EQ(SchedExtSysfs().State(), "disabled");
}

}  // namespace
}  // namespace scxx
