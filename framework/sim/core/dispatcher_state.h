// SPDX-License-Identifier: Apache-2.0
//
// DispatcherState: what the BPF program has when it is loaded: its configuration, its maps, and
// from which task a slot is. port_sim.h reaches it, and the core, through Current().

#ifndef SCXX_FRAMEWORK_SIM_CORE_DISPATCHER_STATE_H_
#define SCXX_FRAMEWORK_SIM_CORE_DISPATCHER_STATE_H_

#include <cstdint>
#include <deque>
#include <vector>

#include "bpf/native/native_maps.h"
#include "bpf/wire.h"
#include "framework/base/check.h"
#include "framework/channel/shared_memory.h"
#include "framework/sim/core/core.h"
#include "framework/sim/core/kernel_types.h"

namespace scxx::sim {

class DispatcherState {
 public:
  // The agent is the process `agent_pid`, of one thread.
  DispatcherState(Core& core, const scxx_config& config, int agent_pid)
      : core_(core), config_(config), maps_(config), slot_tasks_(config.max_tasks) {
    global().agent_pid = agent_pid;
    global().agent_tgid = agent_pid;
    memory_ = {.tasks = ViewOf(maps_.tasks),
               .affinity = ViewOf(maps_.affinity),
               .events = ViewOf(maps_.events),
               .gone = ViewOf(maps_.gone),
               .dispatch = ViewOf(maps_.dispatch),
               .cpus = ViewOf(maps_.cpus),
               .agent = ViewOf(maps_.agent),
               .global = ViewOf(maps_.global)};
  }
  DispatcherState(const DispatcherState&) = delete;
  DispatcherState& operator=(const DispatcherState&) = delete;

  Core& core() const { return core_; }
  const scxx_config& config() const { return config_; }
  const NativeMaps& maps() const { return maps_; }
  scxx_global& global() const { return *maps_.global.Find<scxx_global>(0); }
  // What the agent maps.
  SharedMemory& memory() { return memory_; }

  // ---- slots ----

  int PopFreeSlot() {
    if (free_slots_.empty()) return -1;
    const int slot = static_cast<int>(free_slots_.front());
    free_slots_.pop_front();
    return slot;
  }
  void PushFreeSlot(uint32_t slot) { free_slots_.push_back(slot); }
  const std::deque<uint32_t>& free_slots() const { return free_slots_; }
  void Bind(task_struct& p, uint32_t slot) {
    p.slot = static_cast<int>(slot);
    slot_tasks_[slot] = &p;
  }
  void Unbind(task_struct& p, uint32_t slot) {
    p.slot = -1;
    slot_tasks_[slot] = nullptr;
  }
  task_struct* SlotTask(uint32_t slot) const {
    return slot < slot_tasks_.size() ? slot_tasks_[slot] : nullptr;
  }

  scxx_u32* UserSlots(uint32_t user) { return &user_slots_[user % SCXX_USERS]; }

  // A signal waits for the agent.
  void SetSignalPending(bool pending) { signal_pending_ = pending; }
  bool signal_pending() const { return signal_pending_; }

  // ---- the one whose callback is being executed on this thread ----

  static DispatcherState& Current() { return *current_; }
  class Scope {
   public:
    explicit Scope(DispatcherState& state) : outer_(current_) { current_ = &state; }
    ~Scope() { current_ = outer_; }

   private:
    DispatcherState* const outer_;
  };

 private:
  static MapView ViewOf(const NativeMap& map) {
    return MapView(map.data(), map.entries(), map.stride());
  }

  static inline thread_local constinit DispatcherState* current_ = nullptr;

  Core& core_;
  const scxx_config config_;
  const NativeMaps maps_;
  SharedMemory memory_;
  std::vector<task_struct*> slot_tasks_;
  std::deque<uint32_t> free_slots_;
  std::vector<scxx_u32> user_slots_ = std::vector<scxx_u32>(SCXX_USERS);
  bool signal_pending_ = false;
};

}  // namespace scxx::sim

#endif  // SCXX_FRAMEWORK_SIM_CORE_DISPATCHER_STATE_H_
