/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
// port_explored.h: port_sim.h with every access to shared memory, and every DSQ, turned into a
// step of an Explorer. Include it instead of port_sim.h, before any header of the dispatcher.
//
// The core as far as it matters here: what ops.enqueue inserts is in its DSQ only after the
// callback (Finish), and a kick is delivered after it as well. A DSQ is a word that counts its
// tasks.
#ifndef SCXX_BPF_TESTING_PORT_EXPLORED_H_
#define SCXX_BPF_TESTING_PORT_EXPLORED_H_

#include <cstdint>
#include <vector>

#include "bpf/testing/explorer.h"
#include "framework/sim/core/port_sim.h"

namespace scxx {

// What the core knows. Words: to be read and written through the explorer.
struct ExploredCore {
  // How many tasks are there: the machine's, the agent's, or a CPU's.
  uint64_t& length(uint64_t dsq) { return dsq < CPU_DSQ ? dsqs[dsq] : dsqs[dsq - CPU_DSQ + 2]; }

  uint64_t dsqs[3 + 64] = {};
  uint64_t kicked[64] = {};  // by CPU
  uint64_t timer = 0;        // when it runs
};

// One callback on a CPU.
class ExploredCallback {
 public:
  explicit ExploredCallback(ExploredCore* core) : core_(core) { current_ = this; }
  ExploredCallback(const ExploredCallback&) = delete;
  ExploredCallback& operator=(const ExploredCallback&) = delete;

  static ExploredCallback& current() { return *current_; }

  void Insert(uint64_t dsq) { inserts_.push_back(dsq); }
  void Cancel() { inserts_.pop_back(); }
  bool Consume(uint64_t dsq) {
    const uint64_t before =
        Explorer::Modify(&core_->length(dsq), [](uint64_t n) { return n - (n > 0); });
    consumed_ |= before > 0;
    return before > 0;
  }
  bool Waiting(uint64_t dsq) const {
    return dsq == SCX_DSQ_LOCAL ? false : Explorer::Read(&core_->length(dsq)) > 0;
  }
  void Kick(uint32_t cpu) { kicks_.push_back(cpu); }
  void SetTimer(uint64_t at) {
    Explorer::Modify(&core_->timer, [at](uint64_t) { return at; });
  }

  // What the core does when the callback has returned. True: it moved a task to this CPU.
  bool Finish() {
    for (uint64_t dsq : inserts_) {
      if (dsq == SCX_DSQ_LOCAL) {
        consumed_ = true;
      } else {
        Explorer::Modify(&core_->length(dsq), [](uint64_t n) { return n + 1; });
      }
    }
    for (uint32_t cpu : kicks_) Explorer::Modify(&core_->kicked[cpu], [](uint64_t) { return 1; });
    return consumed_;
  }

 private:
  static inline ExploredCallback* current_ = nullptr;
  ExploredCore* const core_;
  std::vector<uint64_t> inserts_;
  std::vector<uint32_t> kicks_;
  bool consumed_ = false;
};

}  // namespace scxx

#undef sx_read
#undef sx_read_acquire
#undef sx_write
#undef sx_swap
#undef sx_add
#undef sx_or
#undef sx_and
#define sx_read(word) scxx::Explorer::Read(word)
#define sx_read_acquire(word) sx_read(word) /* its memory keeps the order of loads */
#define sx_write(word, value) scxx::Explorer::Write(word, value)
#define sx_swap(word, value) \
  scxx::Explorer::Modify(word, [new_value = (value)](auto) { return new_value; })
#define sx_add(word, value) \
  scxx::Explorer::Modify(word, [added = (value)](auto old) { return old + added; })
#define sx_or(word, value) \
  scxx::Explorer::Modify(word, [bits = (value)](auto old) { return old | bits; })
#define sx_and(word, value) \
  scxx::Explorer::Modify(word, [bits = (value)](auto old) { return old & bits; })
#define sx_cas(word, from, to)                                        \
  scxx::Explorer::Modify(word, [is = (from), then = (to)](auto old) { \
    return old == static_cast<decltype(old)>(is) ? then : old;        \
  })

static inline void explored_insert(task_struct*, scxx_u64 dsq, scxx_u64, scxx_u64) {
  scxx::ExploredCallback::current().Insert(dsq);
}
static inline void explored_cancel() { scxx::ExploredCallback::current().Cancel(); }
static inline bool explored_consume(scxx_u64 dsq) {
  return scxx::ExploredCallback::current().Consume(dsq);
}
static inline bool explored_dsq_waiting(scxx_u64 dsq) {
  return scxx::ExploredCallback::current().Waiting(dsq);
}
static inline scxx_u64 explored_dsq_length(scxx_u64 dsq) {
  return scxx::ExploredCallback::current().Waiting(dsq);
}
static inline void explored_first(scxx_u64, scxx_first* first) { *first = {}; }
static inline void explored_shorten_first(scxx_u64) {}
static inline void explored_kick(scxx_u32 cpu, scxx_u64) {
  scxx::ExploredCallback::current().Kick(cpu);
}

static inline void explored_timer_in(scxx_u64 ns) {
  scxx::ExploredCallback::current().SetTimer(kx_now() + ns);
}

#define kx_insert explored_insert
#define kx_insert_vtime explored_insert
#define kx_cancel explored_cancel
#define kx_consume explored_consume
#define kx_dsq_waiting explored_dsq_waiting
#define kx_dsq_length explored_dsq_length
#define kx_first explored_first
#define kx_shorten_first explored_shorten_first
#define kx_kick explored_kick
#define kx_timer_in explored_timer_in

#endif  // SCXX_BPF_TESTING_PORT_EXPLORED_H_
