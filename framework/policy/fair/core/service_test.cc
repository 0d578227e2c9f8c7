// SPDX-License-Identifier: Apache-2.0

#include "framework/policy/fair/core/fair_core.h"

#include <cstdint>

#include "framework/base/units.h"
#include "framework/base/weight.h"
#include "gtest/gtest.h"

namespace scxx {
namespace {

static_assert(sizeof(Service) == 16, "its header says so");

TEST(Service, ChargesExactly) {
  const struct {
    uint32_t load;
    uint64_t v;
    uint32_t rem;
  } cases[] = {
      {1024, 3'000'000, 0}, {335, 9'170'149, 85},   {110, 27'927'272, 80},
      {15, 204'800'000, 0}, {88761, 34'609, 70551},
  };
  for (const auto& c : cases) {
    Service service;
    service.Charge(Millis(3), Weight::FromLoad(c.load));
    EXPECT_EQ(service.v(), Vtime(c.v)) << c.load;
    EXPECT_EQ(service.rem(), c.rem) << c.load;
  }
}

TEST(Service, CarriesTheFractionFromRunToRun) {
  const struct {
    uint64_t v;
    uint32_t rem;
  } after[] = {{3'056'716, 140}, {6'113'432, 280}, {9'170'149, 85}};
  Service service;
  for (const auto& expected : after) {
    service.Charge(Millis(1), Weight::FromLoad(335));
    EXPECT_EQ(service.v(), Vtime(expected.v));
    EXPECT_EQ(service.rem(), expected.rem);
  }
}

TEST(Service, DoesNotDrift) {
  Service often, once;
  for (int i = 0; i < 100'000; ++i) often.Charge(Nanos(1), Weight::FromLoad(88761));
  once.Charge(Micros(100), Weight::FromLoad(88761));
  EXPECT_EQ(often.v(), once.v());
  EXPECT_EQ(often.rem(), once.rem());
}

TEST(Service, ChargesAnyLengthAndWrapsAround) {
  Service service(Vtime(UINT64_MAX));
  service.Charge(Nanos::Max(), Weight());
  EXPECT_EQ(service.v(), Vtime(UINT64_MAX) + Nanos::Max());
  service.Charge(Nanos(1), Weight());
  EXPECT_EQ(service.v(), Vtime(UINT64_MAX) + Nanos::Max() + Nanos(1));
}

TEST(Service, IgnoresNegativeTimes) {
  Service service(Vtime(7));
  service.Charge(Nanos(-5), Weight());
  EXPECT_EQ(service.v(), Vtime(7));
}

TEST(Service, ForgetsTheFractionWhenMoved) {
  Service service;
  service.Charge(Millis(1), Weight::FromLoad(335));
  service.MoveTo(service.v());
  EXPECT_EQ(service.rem(), 0u);
}

}  // namespace
}  // namespace scxx
