// SPDX-License-Identifier: Apache-2.0
//
// CpuSet is a set of up to kMaxCpus CPUs in 128 bytes: no allocation, cheap to copy, iterates in
// ascending order.
//
//   CpuSet set = CpuSet::FirstN(4);
//   set.Remove(CpuId(2));
//   for (CpuId cpu : set) ...              // 0, 1, 3
//   CpuId first_free = (set & idle).First();   // CpuId::None() if there is none
//
// Adding a CPU that is not one (CpuId::Any(), or beyond kMaxCpus) breaks a CHECK.

#ifndef SCXX_FRAMEWORK_BASE_CPU_SET_H_
#define SCXX_FRAMEWORK_BASE_CPU_SET_H_

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <ostream>

#include "framework/base/check.h"
#include "framework/base/cpu.h"

namespace scxx {

class CpuSet {
 public:
  class Iterator;

  constexpr CpuSet() = default;

  // CPUs 0..n-1.
  static constexpr CpuSet FirstN(int n) {
    CpuSet set;
    for (int i = 0; i < n; ++i) set.Add(CpuId(i));
    return set;
  }

  // That CPU and no other.
  static constexpr CpuSet Only(CpuId cpu) {
    CpuSet set;
    set.Add(cpu);
    return set;
  }

  constexpr void Add(CpuId cpu) { Word(cpu) |= Bit(cpu); }
  constexpr void Remove(CpuId cpu) { Word(cpu) &= ~Bit(cpu); }
  constexpr void Clear() { words_ = {}; }

  // False for anything that is not a CPU.
  constexpr bool Contains(CpuId cpu) const {
    return InRange(cpu) && (words_[cpu.value() / 64] & Bit(cpu)) != 0;
  }

  constexpr bool empty() const { return !First().IsCpu(); }
  constexpr int size() const {
    int n = 0;
    for (uint64_t word : words_) n += std::popcount(word);
    return n;
  }

  // Whether some CPU is in both.
  constexpr bool Intersects(const CpuSet& other) const {
    for (size_t i = 0; i < kWords; ++i) {
      if ((words_[i] & other.words_[i]) != 0) return true;
    }
    return false;
  }

  // The lowest CPU of the set, and the lowest above `cpu`; None() if there is none.
  constexpr CpuId First() const { return AtOrAbove(0); }
  constexpr CpuId After(CpuId cpu) const { return AtOrAbove(cpu.value() + 1); }

  constexpr CpuSet& operator&=(const CpuSet& other) {
    for (size_t i = 0; i < kWords; ++i) words_[i] &= other.words_[i];
    return *this;
  }
  constexpr CpuSet& operator|=(const CpuSet& other) {
    for (size_t i = 0; i < kWords; ++i) words_[i] |= other.words_[i];
    return *this;
  }
  friend constexpr CpuSet operator&(CpuSet a, const CpuSet& b) { return a &= b; }
  friend constexpr CpuSet operator|(CpuSet a, const CpuSet& b) { return a |= b; }
  friend constexpr bool operator==(const CpuSet&, const CpuSet&) = default;

  Iterator begin() const;
  Iterator end() const;
  // Calls `visit(cpu)` for each CPU that is also in `other`, in ascending order. Looks at no word
  // beyond CPU `end`, which on small machines is most of the work.
  template <typename Visit>
  constexpr void ForEachCommon(const CpuSet& other, int end, Visit visit) const {
    for (int first = 0; first < end; first += 64) {
      uint64_t rest = words_[first / 64] & other.words_[first / 64];
      for (; rest != 0; rest &= rest - 1) visit(CpuId(first + std::countr_zero(rest)));
    }
  }

  // The 64 CPUs from 64 * index on; lets a mask from the kernel be copied word by word.
  static constexpr size_t kWords = kMaxCpus / 64;
  constexpr uint64_t word(size_t index) const { return words_[index]; }
  constexpr void set_word(size_t index, uint64_t bits) { words_[index] = bits; }

 private:
  static constexpr bool InRange(CpuId cpu) { return cpu.IsCpu() && cpu.value() < kMaxCpus; }
  static constexpr uint64_t Bit(CpuId cpu) {
    // Evaluated before Word() refuses what is no CPU, so it must bear a negative value.
    return uint64_t{1} << (static_cast<unsigned>(cpu.value()) % 64);
  }
  constexpr uint64_t& Word(CpuId cpu) {
    SCXX_CHECK(InRange(cpu));
    return words_[cpu.value() / 64];
  }
  constexpr CpuId AtOrAbove(int cpu) const {
    for (size_t i = cpu / 64; i < kWords; ++i, cpu = static_cast<int>(i) * 64) {
      uint64_t rest = words_[i] >> (cpu % 64);
      if (rest != 0) return CpuId(cpu + std::countr_zero(rest));
    }
    return CpuId::None();
  }

  std::array<uint64_t, kWords> words_ = {};
};

class CpuSet::Iterator {
 public:
  using iterator_category = std::forward_iterator_tag;
  using value_type = CpuId;
  using difference_type = std::ptrdiff_t;
  using pointer = const CpuId*;
  using reference = CpuId;

  Iterator() = default;
  Iterator(const CpuSet* set, CpuId at) : set_(set), at_(at) {}

  CpuId operator*() const { return at_; }
  Iterator& operator++() {
    at_ = set_->After(at_);
    return *this;
  }
  Iterator operator++(int) {
    Iterator before = *this;
    ++*this;
    return before;
  }
  friend bool operator==(const Iterator&, const Iterator&) = default;

 private:
  const CpuSet* set_ = nullptr;
  CpuId at_;
};

inline CpuSet::Iterator CpuSet::begin() const { return Iterator(this, First()); }
inline CpuSet::Iterator CpuSet::end() const { return Iterator(this, CpuId::None()); }

// Prints the kernel's list format: "0-3,8".
std::ostream& operator<<(std::ostream& os, const CpuSet& set);

}  // namespace scxx

#endif  // SCXX_FRAMEWORK_BASE_CPU_SET_H_
