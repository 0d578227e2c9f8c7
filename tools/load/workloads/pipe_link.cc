// SPDX-License-Identifier: Apache-2.0
#include "tools/load/workloads/pipe_link.h"

#include <memory>
#include <vector>

#include "framework/base/units.h"
#include "tools/load/pipe.h"

namespace scxx::load {
namespace {

constexpr char kGoOn = 1;
constexpr char kQuit = 2;

struct Link {
  std::shared_ptr<Pipe> there;
  std::shared_ptr<Pipe> back;
};

// Counts operations one by one and stamps the time only now and then.
class Stamper {
 public:
  Stamper(Task& task, int every, bool count) : task_(task), every_(every), count_(count) {}
  ~Stamper() { task_.Count(Ops()); }

  void Tick() {
    if (++pending_ < every_) return;
    task_.Progress(Ops());
    pending_ = 0;
  }

 private:
  int Ops() const { return count_ ? pending_ : 0; }

  Task& task_;
  const int every_;
  const bool count_;
  int pending_ = 0;
};

// Ends the ponger; a ponger that is gone already needs no telling.
void Quit(const Link& link, int message_bytes) {
  link.there->Write(std::vector<char>(message_bytes, kQuit));
}

bool RoundTrip(const Link& link, std::vector<char>& message) {
  return link.there->Write(message) && link.back->Read(message);
}

void Ping(Task& task, const PingPongPlan& plan, const Link& link) {
  std::vector<char> message(plan.message_bytes, kGoOn);
  Stamper stamper(task, plan.stamp_every, /*count=*/true);
  for (int64_t trip = 0; plan.round_trips == 0 || trip < plan.round_trips; ++trip) {
    if (task.stopping() || !RoundTrip(link, message)) break;
    stamper.Tick();
  }
  Quit(link, plan.message_bytes);
}

void TimedPing(Task& task, const PingPongPlan& plan, const Link& link) {
  std::vector<char> message(plan.message_bytes, kGoOn);
  Instant sent = task.start();
  for (int64_t trip = 0; plan.round_trips == 0 || trip < plan.round_trips; ++trip) {
    if (task.stopping() || !RoundTrip(link, message)) break;
    const Instant now = task.Progress();
    task.RecordLatency(now - sent);
    sent = now;
  }
  Quit(link, plan.message_bytes);
}

void Pong(Task& task, const PingPongPlan& plan, const Link& link) {
  std::vector<char> message(plan.message_bytes);
  Stamper stamper(task, plan.stamp_every, /*count=*/!plan.timed);
  while (link.there->Read(message) && message[0] != kQuit) {
    stamper.Tick();
    if (!link.back->Write(message)) return;
  }
}

}  // namespace

absl::Status AddPingPong(const PingPongPlan& plan, Crew& crew) {
  auto there = Pipe::Create();
  if (!there.ok()) return there.status();
  auto back = Pipe::Create();
  if (!back.ok()) return back.status();
  const Link link = {*there, *back};
  const auto ping = plan.timed ? TimedPing : Ping;
  crew.Add("pinger", [=](Task& task) { ping(task, plan, link); });
  // A ponger that does not count is in the background: the pinger's end is the end of the run.
  const Crew::Role pong_role = plan.timed ? Crew::Role::kBackground : Crew::Role::kForeground;
  crew.Add("ponger", [=](Task& task) { Pong(task, plan, link); }, pong_role);
  return absl::OkStatus();
}

}  // namespace scxx::load
