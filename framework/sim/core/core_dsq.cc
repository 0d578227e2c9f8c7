// SPDX-License-Identifier: Apache-2.0
// The part of Core that is about DSQs, inserts, moves and kicks: what callbacks may call.

#include <algorithm>
#include <vector>

#include "framework/base/check.h"
#include "framework/sim/core/core.h"

namespace scxx::sim {
namespace {

bool IsLocalOn(uint64_t dsq) { return (dsq & SCX_DSQ_LOCAL_ON) == SCX_DSQ_LOCAL_ON; }
int CpuOfLocalOn(uint64_t dsq) { return static_cast<int>(dsq & SCX_DSQ_LOCAL_CPU_MASK); }

}  // namespace

void Core::CreateDsq(uint64_t dsq) {
  user_dsqs_.push_back({dsq, std::make_unique<Dsq>(/*terminal=*/false)});
  std::sort(user_dsqs_.begin(), user_dsqs_.end(),
            [](const UserDsq& a, const UserDsq& b) { return a.id < b.id; });
}

Dsq* Core::FindUserDsq(uint64_t dsq) {
  const auto at = std::lower_bound(user_dsqs_.begin(), user_dsqs_.end(), dsq,
                                   [](const UserDsq& user, uint64_t id) { return user.id < id; });
  return at != user_dsqs_.end() && at->id == dsq ? at->dsq.get() : nullptr;
}

// ---- custody ----

void Core::EnterCustody(task_struct& p) {
  p.in_custody = true;
  Touch(p);
}

// Once for each time in custody; on 6.12 only for a change (statement S14).
void Core::LeaveCustody(task_struct& p, uint64_t deq_flags) {
  if (!p.in_custody) return;
  p.in_custody = false;
  Touch(p);
  if (model_ == KernelModel::k7_3) Record(TraceKind::kDequeue, &p, deq_flags);
}

// ---- inserting ----

void Core::Insert(task_struct* p, uint64_t dsq, uint64_t slice, uint64_t flags,
                  std::optional<uint64_t> vtime) {
  const InsertRequest request = {
      .p = p, .qseq = p->qseq, .dsq = dsq, .slice = slice, .flags = flags, .vtime = vtime};
  switch (context_) {
    case Context::kDispatch:
      if (buffer_.size() >= flags_.dispatch_max_batch) return Abort("dispatch buffer overflow");
      buffer_.push_back(request);
      return;
    case Context::kSelectCpu:
    case Context::kEnqueue:
      if (p != subject_) return Abort("direct dispatch of another task");
      if (direct_.has_value()) return Abort("a second direct dispatch");
      direct_ = request;
      return;
    case Context::kNone:
      return Abort("an insert from a callback that may not");
  }
}

void Core::Cancel() {
  if (context_ != Context::kDispatch) return Abort("a cancel outside of ops.dispatch");
  if (buffer_.empty()) return Abort("dispatch buffer underflow");
  buffer_.pop_back();
}

void Core::Flush() {
  for (const InsertRequest& request : buffer_) FlushOne(request);
  moved_ += static_cast<int>(buffer_.size());
  buffer_.clear();
}

// Statement S5: dropped without a word unless the task still waits as it did at the insert.
void Core::FlushOne(const InsertRequest& request) {
  task_struct& p = *request.p;
  Touch(p);
  if (p.ops_state != task_struct::OpsState::kQueued || p.qseq != request.qseq) return;
  p.ops_state = task_struct::OpsState::kNone;
  Place(request, here_);
}

// `cpu`: whose local DSQ SCX_DSQ_LOCAL is.
void Core::Place(const InsertRequest& request, int cpu) {
  task_struct& p = *request.p;
  p.scx.slice = request.slice != 0 ? request.slice : std::max<uint64_t>(p.scx.slice, 1);
  if (request.dsq == SCX_DSQ_LOCAL || IsLocalOn(request.dsq)) {
    return PlaceOnLocalOf(request, IsLocalOn(request.dsq) ? CpuOfLocalOn(request.dsq) : cpu);
  }
  if (request.dsq == SCX_DSQ_GLOBAL) {
    LeaveCustody(p, 0);
    return global_.PushBack(p);
  }
  Dsq* const dsq = FindUserDsq(request.dsq);
  if (dsq == nullptr) {
    Abort("an insert into a DSQ that does not exist");
    return global_.PushBack(p);
  }
  if (!dsq->empty() && dsq->by_vtime() != request.vtime.has_value()) {
    Abort("a DSQ holds FIFO and vtime inserts");
  }
  EnterCustody(p);
  if (request.vtime.has_value()) {
    p.scx.dsq_vtime = *request.vtime;
    dsq->InsertByVtime(p);
  } else if (request.flags & (kEnqHead | kEnqPreempt)) {
    dsq->PushFront(p);
  } else {
    dsq->PushBack(p);
  }
}

void Core::PlaceOnLocalOf(const InsertRequest& request, int cpu) {
  task_struct& p = *request.p;
  if (request.vtime.has_value()) Abort("a vtime insert into a local DSQ");
  if (cpu < 0 || cpu >= nr_cpus() || !MayMoveTo(p, cpu)) {
    Abort("an insert to a CPU that the task may not use");
    LeaveCustody(p, 0);
    return global_.PushBack(p);
  }
  ChangeRunQueue(p, cpu);
  LeaveCustody(p, 0);
  PlaceLocal(p, cpu, request.flags);
}

// Statement S6; an idle CPU, or one that is to be interrupted, looks at once.
void Core::PlaceLocal(task_struct& p, int cpu, uint64_t flags) {
  Cpu& c = cpus_[cpu];
  if (flags & (kEnqHead | kEnqPreempt)) {
    c.local.PushFront(p);
  } else {
    c.local.PushBack(p);
  }
  if (c.in_dispatch) return;
  if (idle(cpu)) return Reschedule(cpu, kResched);
  if ((flags & kEnqPreempt) && !c.higher && c.curr != nullptr && c.curr != &p) {
    Charge(cpu);
    c.curr->scx.slice = 0;
    Reschedule(cpu, kResched);
  }
}

// ---- moving ----

bool Core::MayMoveTo(const task_struct& p, int cpu) const {
  if (p.cpu == cpu) return true;
  return p.migration_disabled == 0 && p.Allowed(cpu) && IsOnline(cpu);
}

bool Core::MoveToLocal(uint64_t dsq_id) {
  if (context_ != Context::kDispatch) {
    Abort("a move outside of ops.dispatch");
    return false;
  }
  Flush();
  Dsq* const dsq = FindUserDsq(dsq_id);
  if (dsq == nullptr) {
    Abort("a move from a DSQ that does not exist");
    return false;
  }
  for (task_struct* p = dsq->front(); p != nullptr; p = p->dsq_next) {
    if (!MayMoveTo(*p, here_)) continue;
    dsq->Remove(*p);
    ChangeRunQueue(*p, here_);
    LeaveCustody(*p, 0);
    PlaceLocal(*p, here_, 0);
    ++moved_;
    return true;
  }
  return false;
}

size_t Core::NrQueued(uint64_t dsq_id) {
  if (dsq_id == SCX_DSQ_LOCAL) return cpus_[here_].local.size();
  if (IsLocalOn(dsq_id)) return cpus_[CpuOfLocalOn(dsq_id)].local.size();
  const Dsq* const dsq = FindUserDsq(dsq_id);
  return dsq == nullptr ? 0 : dsq->size();
}

task_struct* Core::First(uint64_t dsq_id) {
  const Dsq* const dsq = FindUserDsq(dsq_id);
  return dsq == nullptr ? nullptr : dsq->front();
}

// scx_bpf_dsq_reenq: of a local DSQ by that CPU, else by this one, soon.
void Core::Reenqueue(uint64_t dsq) {
  if (IsLocalOn(dsq)) return Reschedule(CpuOfLocalOn(dsq), kReenqueue);
  reenqueue_.push_back(dsq);
  Reschedule(here_, kReenqueue);
}

void Core::ReenqueueNow(int cpu) {
  On here(*this, cpu);
  std::vector<task_struct*> tasks;
  while (task_struct* const p = cpus_[cpu].local.PopFront()) tasks.push_back(p);
  for (const uint64_t dsq : std::exchange(reenqueue_, {})) {
    Dsq* const from = FindUserDsq(dsq);
    while (task_struct* const p = from == nullptr ? nullptr : from->PopFront()) tasks.push_back(p);
  }
  for (task_struct* const p : tasks) Enqueue(*p, kEnqReenq);
}

// ---- kicks and idle CPUs ----

void Core::Kick(int cpu, uint64_t flags) {
  if (cpu < 0 || cpu >= nr_cpus()) return Abort("a kick of a CPU that does not exist");
  if (bypassing()) return;
  Record(TraceKind::kKick, nullptr, static_cast<uint64_t>(cpu) << 8 | flags);
  Reschedule(cpu, flags == 0 ? kResched : flags);
}

void Core::SetTimer(Nanos delay) {
  ++timer_generation_;
  ArmTimer(delay, here_);
}

int Core::SelectIdle(const task_struct& p, int prev_cpu, bool* idle) {
  const CpuId cpu = idle_.Select(p.allowed.cpus, CpuId(prev_cpu));
  *idle = cpu.IsCpu();
  return *idle ? cpu.value() : -1;
}

}  // namespace scxx::sim
