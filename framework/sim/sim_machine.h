// SPDX-License-Identifier: Apache-2.0
//
// SimMachine: a Machine whose computer is simulated. The computer outlives it and goes on from
// where the last scheduler left it, as a real one does.
//
//   Computer computer(topology, workload, options);
//   Session session({.make_machine = [&] { return SimMachine::Load(computer, {}); },
//                    .make_runner = ...});
//   session.Run();       // with a restart for each CPU that goes or comes
//
// It KeepsTime(): simulated time passes only while the agent runs the backend, so ticks come on the
// agent's thread. RequestStop may come from any thread, everything else is the agent's.

#ifndef SCXX_FRAMEWORK_SIM_SIM_MACHINE_H_
#define SCXX_FRAMEWORK_SIM_SIM_MACHINE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "framework/machine/machine.h"
#include "framework/sim/computer.h"
#include "framework/sim/sim_backend.h"

namespace scxx::sim {

class SimMachine final : public scxx::Machine {
 public:
  // Cancelled if the computer's run is over.
  static absl::StatusOr<std::unique_ptr<Machine>> Load(Computer& computer, const AgentCosts& costs);
  ~SimMachine() override;

  // Machine
  std::string Description() const override;
  Backend& backend() override { return backend_; }
  const TaskNames& names() const override { return names_; }
  bool KeepsTime(const Timetable& timetable) override;
  absl::Status Attach() override;
  void RequestStop() override { stop_.store(true, std::memory_order_relaxed); }
  ExitReport Detach() override;
  Readings Figures() const override;

 private:
  class Names final : public TaskNames {
   public:
    explicit Names(const Population& population) : population_(population) {}
    std::vector<int32_t> ThreadsNamed(absl::string_view comm, size_t most) const override;
    std::string NameOf(int32_t pid) const override;

   private:
    const Population& population_;
  };

  SimMachine(Computer& computer, const AgentCosts& costs);

  void ScheduleTimes();
  void ScheduleIn(Nanos time, uint32_t what);
  void OnTime(uint32_t target);
  ExitReport Report() const;

  Computer& computer_;
  std::atomic<bool> stop_ = false;
  SimBackend backend_;
  const Names names_;
  Timetable timetable_;
  bool keeps_time_ = false;
  bool attached_ = false;
  uint64_t life_ = 0;                 // how often the computer had been attached before
  std::optional<ExitReport> report_;  // once it has ended
};

}  // namespace scxx::sim

#endif  // SCXX_FRAMEWORK_SIM_SIM_MACHINE_H_
