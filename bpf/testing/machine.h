/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
// machine.h: what lies below the dispatcher when it runs natively: its maps, its tasks, DSQs with
// the kernel's rules, the per-CPU buffer of inserts, kicks, and a clock that the test sets.
//
//   Machine machine(TestConfig());
//   task_struct& p = machine.NewTask({.pid = 10});
//   {
//     OnCpu here(machine, 0);                     // this thread executes on CPU 0 from here on
//     machine.CallEnqueue(p, flags, on_enqueue);  // ops.enqueue(p), then what the core does next
//   }
//   EXPECT_THAT(machine.errors(), IsEmpty());     // nothing a kernel would eject a scheduler for
//
// Rules of the core that are kept, because the dispatcher depends on them: an insert of ops.enqueue
// takes effect after the callback; an insert of ops.dispatch is buffered with the task's sequence
// number of that moment and dropped without a word at the flush if the task was dequeued or
// enqueued again meanwhile; a DSQ holds either vtime or FIFO inserts; at most 64 inserts are
// buffered; a task goes to no CPU that it may not use.
//
// Threading: any number of threads, each on a CPU of its own (OnCpu). CallEnqueue and Dequeue want
// the task's rq_lock held. Not a model of scheduling: kernel.h is, on top of this.
#ifndef SCXX_BPF_TESTING_MACHINE_H_
#define SCXX_BPF_TESTING_MACHINE_H_

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "bpf/native/native_maps.h"
#include "bpf/testing/native_types.h"
#include "bpf/wire.h"

namespace scxx {

// A configuration with KernelOptions' defaults, small.
scxx_config TestConfig(uint32_t nr_cpus = 2, uint32_t max_tasks = 16);

// As sched_ext_ops.dispatch_max_batch of scxx.bpf.c.
inline constexpr size_t kDispatchMaxBatch = 64;

class Machine {
 public:
  explicit Machine(const scxx_config& config);

  struct TaskOptions {
    int pid = 0;
    int tgid = 0;  // 0: as pid
    unsigned int flags = 0;
    int cpu = 0;
    uint64_t allowed = ~0ull;  // CPUs 0 to 63; those beyond nr_cpus are ignored
  };
  // The machine owns its tasks; they live as long as it does.
  task_struct& NewTask(const TaskOptions& options);
  void SetAllowed(task_struct& p, uint64_t allowed) const;

  const scxx_config& config() const { return config_; }
  const NativeMaps& maps() const { return maps_; }
  scxx_global& global() const { return *maps_.global.Find<scxx_global>(0); }
  scxx_agent& agent() const { return *maps_.agent.Find<scxx_agent>(0); }
  scxx_cpu& cpu(uint32_t cpu) const { return *maps_.cpus.Find<scxx_cpu>(cpu); }
  scxx_dispatch_ring& ring(uint32_t cpu) const {
    return *maps_.dispatch.Find<scxx_dispatch_ring>(cpu);
  }
  scxx_task& slot(uint32_t slot) const { return *maps_.tasks.Find<scxx_task>(slot); }

  uint64_t now() const { return now_.load(); }
  void Advance(uint64_t ns) { now_ += ns; }

  // ---- callbacks, and what the core does around them ----

  // ops.select_cpu: a direct dispatch it asks for is kept for the CallEnqueue that follows.
  int CallSelectCpu(task_struct& p, const std::function<int()>& callback);
  // ops.enqueue, unless select_cpu has dispatched p. False: p is in custody, in no DSQ.
  bool CallEnqueue(task_struct& p, uint64_t flags,
                   const std::function<void(task_struct*, uint64_t)>& callback);
  // ops.dispatch and the flush. The number of inserts and moves it made, as the core counts them.
  int CallDispatch(const std::function<void()>& callback);
  // Puts p at the end, or the head, of its own CPU's local DSQ without asking ops.enqueue.
  void PutOnLocal(task_struct& p, bool at_head);
  // Takes p out of custody or its DSQ. False: it was in neither.
  bool Dequeue(task_struct& p);
  task_struct* PopLocal(uint32_t cpu);
  bool InCustody(const task_struct& p) const;
  // The DSQ that holds p, or 0.
  uint64_t DsqOf(const task_struct& p) const;
  std::vector<task_struct*> Contents(uint64_t dsq, uint32_t cpu = 0) const;

  // ---- kfuncs, called by port_native.h on the executing CPU ----

  void Insert(task_struct* p, uint64_t dsq, uint64_t slice, uint64_t flags,
              std::optional<uint64_t> vtime);
  void Cancel();
  bool Consume(uint64_t dsq);
  int NrQueued(uint64_t dsq) const;
  void Kick(uint32_t cpu, uint64_t flags);
  void SetTimer(uint64_t ns) { timer_at_ = now() + ns; }
  int SelectIdle(task_struct* p, int prev_cpu, bool* idle);

  int PopFreeSlot();
  void PushFreeSlot(uint32_t slot);
  bool Bind(task_struct* p, uint32_t slot);
  void Unbind(task_struct* p, uint32_t slot);
  task_struct* SlotTask(uint32_t slot) const;

  // ---- for tests ----

  struct SentKick {
    uint32_t from;
    uint32_t cpu;
    uint64_t flags;
    friend bool operator==(const SentKick&, const SentKick&) = default;
  };
  // The kicks sent since the last call, in order.
  std::vector<SentKick> TakeKicks();
  // When the timer is to run, if somebody has set it since the last call; 0: nobody.
  uint64_t TakeTimer() { return timer_at_.exchange(0); }

  // CPUs that the kernel's own idle mask has; SelectIdle claims from it.
  void SetKernelIdle(uint32_t cpu, bool idle);

  void SetSignalPending(int pid) { signalled_ = pid; }
  bool SignalPending(int pid) const { return signalled_ == pid; }

  // What a kernel would have ejected the scheduler for, or refused to verify.
  std::vector<std::string> errors() const;
  void Error(const std::string& what);

  // Sums over the CPUs, and the tasks whose custody word says USER.
  uint64_t Count(scxx_counter counter) const;
  uint64_t TasksInCustody() const;

 private:
  enum class Context { kNone, kSelectCpu, kEnqueue, kDispatch };

  struct InsertRequest {
    task_struct* p = nullptr;
    uint64_t sequence = 0;
    uint64_t dsq = 0;
    uint64_t slice = 0;
    uint64_t flags = 0;
    std::optional<uint64_t> vtime;
  };

  struct Dsq {
    std::list<task_struct*> tasks;
    bool by_vtime = false;
  };

  struct Cpu {
    Context context = Context::kNone;
    task_struct* subject = nullptr;
    std::optional<InsertRequest> direct;
    std::vector<InsertRequest> buffer;
    Dsq local;
    int moved = 0;
  };

  Cpu& Here();
  bool CanRunOn(const task_struct& p, uint32_t cpu) const;
  Dsq* FindDsq(uint64_t dsq, uint32_t cpu);
  void Place(const InsertRequest& request, uint32_t cpu);
  void PlaceByVtime(Dsq* dsq, const InsertRequest& request);
  void Flush();
  bool FlushOne(const InsertRequest& request, uint32_t cpu);
  void Forget(task_struct& p);

  const scxx_config config_;
  const NativeMaps maps_;
  std::atomic<uint64_t> now_ = 1'000'000'000;
  std::atomic<uint64_t> next_sequence_ = 1;
  std::atomic<int> signalled_ = -1;
  std::atomic<uint64_t> timer_at_ = 0;

  // Guards DSQs, where tasks are, and the records for tests. Never held across a callback.
  mutable std::mutex lock_;
  std::deque<task_struct> tasks_;
  std::vector<std::unique_ptr<Cpu>> cpus_;
  std::map<uint64_t, Dsq> dsqs_;
  std::vector<std::atomic<task_struct*>> slot_tasks_;
  std::deque<uint32_t> free_slots_;
  std::vector<SentKick> kicks_;
  std::vector<bool> kernel_idle_;

  mutable std::mutex errors_lock_;  // may be taken with lock_ held
  std::vector<std::string> errors_;
};

// The calling thread executes on a CPU of a machine for as long as this lives. Nests.
class OnCpu {
 public:
  OnCpu(Machine& machine, uint32_t cpu);
  ~OnCpu();
  OnCpu(const OnCpu&) = delete;
  OnCpu& operator=(const OnCpu&) = delete;

  static Machine& machine() { return *machine_; }
  static uint32_t cpu() { return cpu_; }

 private:
  static thread_local Machine* machine_;
  static thread_local uint32_t cpu_;
  Machine* const outer_machine_;
  const uint32_t outer_cpu_;
};

}  // namespace scxx

#endif  // SCXX_BPF_TESTING_MACHINE_H_
