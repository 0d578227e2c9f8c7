// SPDX-License-Identifier: Apache-2.0
//
// Session: a scheduler's life on machines. Loads one, attaches, runs the engine until it is stopped
// or the machine is lost, detaches; and again where the machine asks for a restart, as a kernel
// does after CPU hotplug.
//
//   Session session({.make_machine = [&] { return MakeKernelMachine(options); },
//                    .make_runner = [&](Machine& m) { return MakeFifoRunner(m); }});
//   const Session::Outcome outcome = session.Run();
//
// It prints nothing and starts no thread: an observer does, as framework/app's. The same session
// runs on a kernel and in the simulator. Threading: one thread, which becomes the agent; see Life
// for the exception. Ownership: owns machines and runners; the observer must outlive it.

#ifndef SCXX_FRAMEWORK_ENGINE_SESSION_H_
#define SCXX_FRAMEWORK_ENGINE_SESSION_H_

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "framework/engine/engine.h"
#include "framework/machine/exit_report.h"
#include "framework/machine/machine.h"
#include "framework/policy/policy.h"
#include "framework/stats/figures.h"

namespace scxx {

// An engine with its policy, the type of which does not matter here.
class Runner {
 public:
  virtual ~Runner() = default;
  // Until `stop`, or until the machine is lost.
  virtual void Run(const std::atomic<bool>& stop) = 0;
  // May be read from any thread.
  virtual const EngineStats& stats() const = 0;
  // More lines to go with the figures. Called where these are read.
  virtual std::vector<std::string> Lines() { return {}; }
};

template <Policy P>
class EngineRunner final : public Runner {
 public:
  EngineRunner(P policy, Backend& backend) : engine_(std::move(policy), backend, {}) {}

  void Run(const std::atomic<bool>& stop) override { engine_.Run(stop); }
  const EngineStats& stats() const override { return engine_.stats(); }

 private:
  Engine<P> engine_;
};

enum class Ending {
  kStopped,  // as it was asked to
  kRestart,  // the machine wants to be attached again
  kFailed,   // ejected, or detached by somebody else
};

// One attach. RequestStop and Figures: from any thread, as far as the machine allows it.
class Life {
 public:
  Life(std::unique_ptr<Machine> machine, std::unique_ptr<Runner> runner)
      : machine_(std::move(machine)), runner_(std::move(runner)) {}

  Machine& machine() { return *machine_; }
  Runner& runner() { return *runner_; }

  void RequestStop() {
    stop_.store(true, std::memory_order_relaxed);
    machine_->RequestStop();
  }
  // The machine's and the engine's.
  Readings Figures() const;

 private:
  friend class Session;

  std::unique_ptr<Machine> machine_;
  std::unique_ptr<Runner> runner_;  // destroyed before the machine
  std::atomic<bool> stop_ = false;
};

class SessionObserver {
 public:
  virtual ~SessionObserver() = default;
  // Everything is made; nothing is attached. An error is the end of the session, without an attach
  // and without a word more to the observer.
  virtual absl::Status BeforeAttach(Life&) { return absl::OkStatus(); }
  virtual void Attached(Life&) {}
  // The engine has ended. Nobody schedules any more, so be quick.
  virtual void BeforeDetach(Life&) {}
  // Returns whether somebody has asked for the end, who is not heard any more from here on.
  virtual bool Detached(Life&) { return false; }
  virtual void Ended(Life&, const ExitReport&, Ending) {}
  // Between two lives, and between two attempts to attach. Waits as long as seems wise. Returns
  // whether there shall be another one.
  virtual bool BeforeAnother() { return true; }
};

class Session {
 public:
  struct Parts {
    // Loads, and does not attach.
    std::function<absl::StatusOr<std::unique_ptr<Machine>>()> make_machine;
    // The runner may keep the machine, which outlives it.
    std::function<absl::StatusOr<std::unique_ptr<Runner>>(Machine&)> make_runner;
  };

  struct Outcome {
    // Not OK: it could not be loaded or attached (again), or the observer was not ready.
    absl::Status status = absl::OkStatus();
    Ending ending = Ending::kFailed;  // of the last attach
    bool attached = false;            // at least once
  };

  explicit Session(Parts parts, SessionObserver* observer = nullptr);

  Outcome Run();

 private:
  absl::StatusOr<std::unique_ptr<Life>> Prepare() const;
  absl::StatusOr<Ending> RunOnce(Life& life);

  const Parts parts_;
  SessionObserver nobody_;
  SessionObserver& observer_;
  bool attached_ = false;
};

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_ENGINE_SESSION_H_
