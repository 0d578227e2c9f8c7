// SPDX-License-Identifier: Apache-2.0
// The tasks of one load: forked, held at a gate, released together, stopped, and never left behind.
//
//   Crew crew;
//   crew.Add("hog", [](Task& task) { while (!task.stopping()) { Burn(1000); task.Progress(); } });
//   absl::Status status = crew.Start(/*seed=*/1, deadline);   // Forks; all wait at the gate.
//   crew.Open();
//   crew.AwaitForeground(end);
//   crew.Stop();
//   crew.AwaitAll(deadline);
#ifndef SCXX_TOOLS_LOAD_CREW_H_
#define SCXX_TOOLS_LOAD_CREW_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "framework/base/process/process.h"
#include "tools/load/shared.h"
#include "tools/load/task.h"

namespace scxx::load {

// Threading: used by one thread, which must outlive the crew (its children die with it).
// Ownership: the destructor kills and reaps every child.
class Crew {
 public:
  using Body = std::function<void(Task&)>;

  // Foreground tasks end by themselves or at the stop; the run is over when all have. Background
  // tasks run until the stop. A body that blocks must be woken by other bodies once they see the
  // stop.
  enum class Role { kForeground, kBackground };

  struct Member {
    std::string task_class;
    Body body;
    Role role = Role::kForeground;
  };

  Crew() = default;
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;
  ~Crew();

  // Adds a process of one task, or of one thread a member. Before Start only.
  void Add(std::string task_class, Body body, Role role = Role::kForeground);
  void AddProcess(std::vector<Member> threads);

  // Forks all processes; returns when every task waits at the gate. On error the crew is of no use.
  absl::Status Start(uint64_t seed, Instant deadline);

  Instant Open();  // Releases all; returns the time.
  void Stop();     // Asks all to end.

  // False when the deadline came first.
  bool AwaitForeground(Instant deadline) const;
  bool AwaitAll(Instant deadline) const;

  size_t size() const { return members_.size(); }
  const Member& member(size_t task) const { return members_[task]; }
  const TaskSlot& slot(size_t task) const { return slots_[task]; }
  size_t num_foreground() const;

 private:
  struct Shared {
    StartGate gate;
    FutexWord stop;
    FutexWord foreground_done;
    FutexWord all_done;
  };

  absl::Status ForkProcesses();
  void RunProcess(size_t process);
  void RunTask(size_t task);
  int IndexInClass(size_t task) const;

  std::vector<Member> members_;
  std::vector<size_t> first_of_process_;  // Index of each process's first member.
  uint64_t seed_ = 0;
  SharedArray<Shared> shared_;
  SharedArray<TaskSlot> slots_;
  std::vector<Process> children_;
};

}  // namespace scxx::load

#endif  // SCXX_TOOLS_LOAD_CREW_H_
